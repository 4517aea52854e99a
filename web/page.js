import { ask } from './page/api.js';
import { showDeadLetters } from './page/deadLetters.js';
import { showFilms } from './page/films.js';
import { showFindings } from './page/findings.js';
import { showForecast } from './page/forecast.js';
import { offerGenres } from './page/genreList.js';
import { showGenres } from './page/genres.js';
import { showModels } from './page/models.js';
import { showPeople } from './page/people.js';
import { showPredict } from './page/predict.js';
import { showRoi } from './page/roi.js';
import { showRuns } from './page/runs.js';
import { Section } from './page/section.js';
import { offerNewer, showSource } from './page/source.js';
import { showTrends } from './page/trends.js';

/** The page holds one snapshot until the reader takes a newer one; every part asks on its own and fails alone. */

const PARTS = ['findings', 'genres', 'trends', 'people', 'roi', 'forecast', 'films', 'predict', 'models'];
const LOOK_EVERY = 60_000;

let shown = null;

async function fill() {
  const snapshot = await showSource();
  shown = snapshot?.id ?? null;
  if (snapshot === null) {
    const state = document.getElementById('source').dataset.state;
    for (const id of PARTS) {
      new Section(id).empty(
        state === 'error' ? 'Without the snapshot this cannot be asked.' : 'There is no snapshot yet.',
      );
    }
    return;
  }
  document.title = `Marquee: ${snapshot.id}`;
  const films = showFilms(snapshot);
  // A select without genres still offers "any"; the genres section tells what failed.
  offerGenres(snapshot).catch(() => {});
  await Promise.all([
    showFindings(snapshot),
    showGenres(snapshot),
    showTrends(snapshot),
    showPeople(snapshot, films.ofPerson),
    showRoi(snapshot),
    showForecast(snapshot),
    films.done,
    showPredict(snapshot),
    showModels(snapshot),
    showDeadLetters(snapshot),
  ]);
}

async function look() {
  try {
    const { snapshot } = await ask('query Newest { snapshot { id } }');
    if (snapshot === null || snapshot.id === shown) return;
    if (shown === null) await fill();
    else offerNewer(snapshot.id, fill);
  } catch {
    // The next look may find it; what is on the page still holds.
  }
}

void showRuns({ onClosed: look });
void fill();
setInterval(() => {
  if (document.visibilityState === 'visible') void look();
}, LOOK_EVERY);
