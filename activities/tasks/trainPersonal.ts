import pl from 'nodejs-polars';
import { z } from 'zod';
import type { ImportedRatings, Links } from '../../models/personal/movielens.js';
import { pairsOf, ratingsOf } from '../../models/personal/ratings.js';
import { none, trainPersonal, type PersonalTraining } from '../../models/personal/train.js';
import { seededRandom } from '../../models/random.js';
import { finishReports, metric, type Metric } from '../../models/report.js';
import { writeModel, writeReport, writeRows } from '../modelFiles.js';
import { joinFilms, type Join } from '../ratedFilms.js';
import { findRatingFiles, hasTmdbIds, importLinks, importRatings } from '../ratingFiles.js';
import type { Task, TaskOutput } from '../task.js';

const params = z.strictObject({
  /** Folder of ratings.csv and links.csv in MovieLens's format; null: MARQUEE_RATINGS, where that is set. */
  ratings: z.string().min(1).nullable().default(null),
  /** More ratings than this are cut to those of people drawn at random. */
  maxRatings: z.int().min(1000).default(2_000_000),
  /** With fewer ratings, or fewer films of the snapshot among them, nothing is trained. */
  minRatings: z.int().min(100).default(1000),
  minFilms: z.int().min(10).default(50),
});

const BACKTEST_COLUMNS = {
  model: pl.Utf8,
  userId: pl.Int32,
  filmId: pl.Int32,
  actual: pl.Float64,
  predicted: pl.Float64,
} as const;

/** What people would give a film, from the ratings of many. Everything that leaves it is 0-10: stars are doubled. */
export const task: Task<z.infer<typeof params>> = {
  params,
  async compute({ params: { ratings: folder, maxRatings, ...limits }, inputs, out, seed, run, progress }) {
    if (folder === null) {
      return write(out, none('no ratings are given: MARQUEE_RATINGS names no folder'), [], null);
    }
    if (!hasTmdbIds(run.catalogue))
      return write(
        out,
        none(`ratings are joined by TMDB id, which films of ${run.catalogue} lack`),
        [],
        null,
      );
    const files = await findRatingFiles(folder);
    const whole = await importRatings(files.ratings);
    const links = await importLinks(files.links);
    const imported = atMost(whole, maxRatings, seed);
    const join = await joinFilms(
      imported,
      links,
      inputs['films']!.tables['films']!,
      inputs['rating']?.tables['ratingModel'],
    );
    const training = trainPersonal(
      { ratings: imported.ratings, userIds: imported.userIds, films: join.films },
      { ...limits, seed, clock: () => performance.now(), progress },
    );
    return write(out, training, facts(whole, links, join), whole);
  },
};

async function write(
  out: string,
  { model, reports, backtest }: PersonalTraining,
  stated: readonly Metric[],
  imported: ImportedRatings | null,
): Promise<TaskOutput> {
  const drafts = reports.map((report) => ({ ...report, metrics: [...report.metrics, ...stated] }));
  const bad = imported === null ? 0 : badRows(imported);
  return {
    tables: [
      await writeModel(out, 'personalModel', model),
      writeRows(out, 'personalBacktest', BACKTEST_COLUMNS, backtest),
      await writeReport(out, 'personalReport', finishReports(drafts, 'personal', new Date())),
    ],
    summary: [
      model.trained ? `${model.rows.toLocaleString('en-US')} ratings` : `not trained: ${model.reason}`,
      ...(bad === 0 ? [] : [`${bad} bad rows, first ${imported!.firstBad ?? 'a duplicate'}`]),
    ].join('; '),
  };
}

/** What the import found, to stand in every report of the task. */
function facts(imported: ImportedRatings, links: Links, join: Join): Metric[] {
  return [
    metric('rows of ratings.csv', imported.rows),
    metric('bad rows of ratings.csv', badRows(imported)),
    ...Object.entries(imported.bad)
      .filter(([, count]) => count > 0)
      .map(([why, count]) => metric(`bad rows: ${why}`, count)),
    metric('people', imported.userIds.length),
    metric('bad rows of links.csv', links.bad),
    metric('ratings used', join.ratings),
    metric('rated films', join.ratedFilms),
    metric('share of rated films with a TMDB id', join.linkedFilms / join.ratedFilms),
    metric('share of rated films in the snapshot', join.films.ids.length / join.ratedFilms),
    metric('share of ratings of films in the snapshot', join.joinedRatings / join.ratings),
  ];
}

function badRows({ bad }: ImportedRatings): number {
  return Object.values(bad).reduce((sum, count) => sum + count, 0);
}

/** Whole people, drawn at random, until the next would be too many. Those left out keep no place. */
function atMost(imported: ImportedRatings, most: number, seed: number): ImportedRatings {
  const { ratings, userIds, filmIds } = imported;
  if (ratings.size <= most) return imported;
  const random = seededRandom(`${seed}/people`);
  const order = Array.from(userIds, (_, user) => ({ user, draw: random() })).sort((a, b) => a.draw - b.draw);
  const kept = new Uint8Array(userIds.length);
  let size = 0;
  for (const { user } of order) {
    size += ratings.userStart[user + 1]! - ratings.userStart[user]!;
    if (size > most) break;
    kept[user] = 1;
  }
  const place = new Int32Array(userIds.length);
  let people = 0;
  kept.forEach((one, user) => (place[user] = one === 1 ? people++ : -1));
  const all = pairsOf(ratings);
  const rows = Int32Array.from(all.user, (_, r) => r).filter((r) => kept[all.user[r]!] === 1);
  const pairs = { ...all, user: all.user.map((user) => place[user]!) };
  return {
    ...imported,
    ratings: ratingsOf(pairs, people, filmIds.length, rows),
    userIds: userIds.filter((_, user) => kept[user] === 1),
  };
}
