import { readTrends } from '../../activities/readTrends.js';
import { FILMS, SHARE } from '../../models/forecast/series.js';
import { openEngine } from '../../models/networks/backend.js';
import { spearman } from '../../models/metrics.js';
import type { Genre } from '../../tmdb/catalogues/genres.js';
import { plantedIndex } from '../../tmdb/catalogues/planted.js';
import { prepare } from '../prepared.js';
import { table } from '../table.js';
import { drawAgeCurve } from './age.js';
import { groupBy, holdOut, mean, scoreHeld, type HeldForecast } from './held.js';
import { realCatalogues } from './real.js';

/**
 * How the served genre forecast does on years that it never saw, of synthetic and of real catalogues.
 * `seeds=101-120`: the synthetic catalogues that are judged; development used 1 to 20.
 */
const words = process.argv.slice(2);
const short = words.includes('--short');
const given = /^seeds=(\d+)-(\d+)$/.exec(words.find((word) => word.startsWith('seeds=')) ?? '');
const [firstSeed, lastSeed] = [Number(given?.[1] ?? 101), Number(given?.[2] ?? (short ? 102 : 120))];
const LAST_YEAR = 2025;

const say = (text: string): boolean => process.stderr.write(`${text}\n`);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

console.log('## Genre forecasts');
const engine = await openEngine('wasm');
const there = await realCatalogues();
const synthetic: HeldForecast[] = [];
const planted: { readonly ceiling: number; readonly served: number; readonly naive: number }[] = [];
for (let seed = firstSeed; seed <= lastSeed; seed++) {
  const { trends } = await prepare(`synthetic:20000:${seed}`);
  const made = holdOut(await readTrends(trends), LAST_YEAR, `seed ${seed}`, engine);
  const truth = plantedIndex(seed);
  const against = (of: readonly HeldForecast[], which: (one: HeldForecast) => number): number =>
    spearman(
      of.map((one) => truth.index(one.genre as Genre, LAST_YEAR)),
      of.map(which),
    );
  const served = made.filter((one) => one.served);
  const naive = made.filter(({ model }) => model === 'naive');
  planted.push({
    ceiling: against(served, ({ actual }) => actual),
    served: against(served, ({ predicted }) => predicted),
    naive: against(naive, ({ predicted }) => predicted),
  });
  synthetic.push(...made);
  say(`seed ${seed}: ${served[0]?.model}, Spearman ${scoreHeld(served).spearman.toFixed(3)}`);
}
const seeds = lastSeed - firstSeed + 1;
console.log(`
### Next year's genres, synthetic films

\`synthetic:20000:<seed>\` for the ${seeds} seeds ${firstSeed} to ${lastSeed}, which development did not use (it used 1 to 20). The task
\`forecast\` gets the films of 1930–${LAST_YEAR - 1}, chooses the model to serve and its intervals from these alone, and is judged on the
measured index of ${LAST_YEAR}: ${seeds} × 19 genres. Spearman and top-5 hits are means over seeds; MASE is in units of a series' own
mean yearly change.

${heldTable(synthetic)}

What is judged is a mean over few films: about 600 films of ${LAST_YEAR} in 19 genres, 5 in the smallest. The planted index of that
very year, known to nobody before, ranks the measured index with a mean Spearman of ${mean(planted.map(({ ceiling }) => ceiling)).toFixed(3)}; no forecast can be expected
above it. Against the planted index itself the served forecast has ${mean(planted.map(({ served }) => served)).toFixed(3)}, the naive ${mean(planted.map(({ naive }) => naive)).toFixed(3)}.

### Next year's genres, real films

The same, for each of the last years in turn as the held-out one (${there.map(({ name, held }) => `${held} of ${name}`).join(', ')}).
`);
for (const { name, path, held } of there) {
  const { trends, dataYear } = await prepare(`file:${path}`);
  const cells = await readTrends(trends);
  if (!short && name === 'tmdb-10k') await drawAgeCurve(cells, name, dataYear!);
  const made = Array.from({ length: held }, (_, at) => holdOut(cells, dataYear! - at, name, engine)).flat();
  console.log(
    `**${name}**, ${dataYear! - held + 1}–${dataYear!}\n\n${made.length === 0 ? 'No year has three years before it to learn from.' : heldTable(made)}\n`,
  );
  say(`judged ${name}`);
}

console.log(`### Next year's share and number of films, real films

The same years again, for the percentage of a year's films that are of a genre, and for how many they are. Spearman and top-5
hits are of the genres' order by them.
`);
for (const { name, path, held } of there) {
  const { trends, dataYear } = await prepare(`file:${path}`);
  const cells = await readTrends(trends);
  for (const series of [SHARE, FILMS]) {
    const made = Array.from({ length: held }, (_, at) =>
      holdOut(cells, dataYear! - at, name, engine, series),
    ).flat();
    if (made.length > 0) console.log(`**${name}, ${series.name}**\n\n${heldTable(made)}\n`);
  }
}

/** Each model's score beside the naive forecast's, and what came of serving. */
function heldTable(forecasts: readonly HeldForecast[]): string {
  const models = groupBy(forecasts, ({ model }) => model);
  const base = scoreHeld(models.get('naive') ?? []).mase;
  const served = forecasts.filter((one) => one.served);
  const rankings = new Set(forecasts.map(({ ranking }) => ranking)).size;
  const times = (model: string): string =>
    String(new Set(served.filter((one) => one.model === model).map(({ ranking }) => ranking)).size);
  const line = (name: string, of: readonly HeldForecast[], chosen: string): string[] => {
    const score = scoreHeld(of);
    return [
      name,
      chosen,
      String(score.values),
      score.spearman.toFixed(3),
      score.top5.toFixed(2),
      score.mase.toFixed(3),
      percent(1 - score.mase / base),
      percent(score.covered80),
      percent(score.covered95),
    ];
  };
  return table(
    [
      'model',
      `served, of ${rankings}`,
      'values',
      'Spearman',
      'top-5 hits',
      'MASE',
      'below naive',
      'in 80 %',
      'in 95 %',
    ],
    [line('**served**', served, ''), ...[...models].map(([model, of]) => line(model, of, times(model)))],
  );
}
