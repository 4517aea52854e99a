import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { importRatings } from '../activities/ratingFiles.js';
import { f1, r2, rmse } from '../models/metrics.js';
import { seededRandom } from '../models/random.js';
import { holdout } from '../models/splits.js';
import { boosting, type BoostingParams } from '../models/trees/boosting.js';
import { takeRows, type FeatureColumn } from '../models/trees/table.js';
import { table } from './table.js';

/**
 * `npm run leakage [folder]`: what means built from the target do to R² and F1 on MovieLens's ml-latest-small, by the
 * same boosted trees on the same split. Writes docs/leakage.md.
 */
const folder =
  process.argv[2] ?? fileURLToPath(new URL('../../shared/data/ml-latest-small', import.meta.url));
const PARAMS: BoostingParams = {
  loss: 'squared',
  trees: 100,
  learningRate: 0.1,
  maxLeaves: 31,
  maxDepth: 8,
  minLeaf: 20,
  lambda: 1,
  rowsPerTree: 1,
  featuresPerTree: 1,
  categorySmooth: 10,
  categoryLambda: 0,
  maxBins: 63,
};
const SEED = 1;
const TEST = 0.2;
/** Stars from which a rating, or a film's mean, counts as good. */
const GOOD = 4;
const GOOD_FILM = 3.5;

const { ratings, filmIds } = await importRatings(join(folder, 'ratings.csv.gz'));
const { userOf, itemOf, values, itemStart } = ratings;
const films = await readFilms(join(folder, 'movies.csv.gz'));

interface Sums {
  readonly sum: Float64Array;
  readonly count: Float64Array;
}

/** Sum and number of the ratings `at`, by person or by film. */
function sumsBy(of: Int32Array, groups: number, at: Iterable<number>): Sums {
  const sums = { sum: new Float64Array(groups), count: new Float64Array(groups) };
  for (const r of at) {
    sums.sum[of[r]!]! += values[r]!;
    sums.count[of[r]!]!++;
  }
  return sums;
}

/** Mean of a group; with `own`, without that rating. Unknown where nothing is left. */
const meanOf = ({ sum, count }: Sums, group: number, own = NaN): number =>
  Number.isNaN(own) ? sum[group]! / count[group]! : (sum[group]! - own) / (count[group]! - 1);

const number = (name: string, of: Float64Array): FeatureColumn => ({ name, kind: 'number', values: of });
const traits = (rows: Int32Array): FeatureColumn[] => {
  const genres = [...new Set(films.flatMap((film) => film.genres))].sort();
  return [
    number(
      'year',
      Float64Array.from(rows, (item) => films[item]!.year),
    ),
    ...genres.map((genre) =>
      number(
        genre,
        Float64Array.from(rows, (item) => (films[item]!.genres.includes(genre) ? 1 : 0)),
      ),
    ),
  ];
};

interface Judged {
  readonly name: string;
  readonly columns: readonly FeatureColumn[];
}

/** One line for the mean, one for each set of features: all on the same held-out rows. */
function judge(target: Float64Array, good: number, sets: readonly Judged[]): string {
  const { train, test } = holdout(target.length, TEST, seededRandom(`${SEED}/leakage`));
  const pick = (rows: Int32Array): Float64Array => Float64Array.from(rows, (row) => target[row]!);
  const [learned, actual] = [pick(train), pick(test)];
  const label = (of: Float64Array): Float64Array => of.map((value) => (value >= good ? 1 : 0));
  const line = (name: string, predicted: Float64Array): string[] => [
    name,
    r2(actual, predicted).toFixed(3),
    rmse(actual, predicted).toFixed(3),
    f1(label(actual), label(predicted)).toFixed(3),
  ];
  const mean = learned.reduce((a, b) => a + b, 0) / learned.length;
  const rows = [
    line(
      'nothing: the mean',
      actual.map(() => mean),
    ),
    [
      'nothing: all are good',
      '',
      '',
      f1(
        label(actual),
        actual.map(() => 1),
      ).toFixed(3),
    ],
  ];
  for (const { name, columns } of sets) {
    const whole = { rows: target.length, columns };
    const fit = boosting(PARAMS).fit({ table: takeRows(whole, train), values: learned }, SEED);
    rows.push(line(name, fit.predict(takeRows(whole, test))));
    process.stderr.write(`${rows.at(-1)!.join('  ')}\n`);
  }
  return table(['what the model sees', 'R²', 'RMSE', 'F1 of good'], rows);
}

/** Each rating, from its film's traits and from means of persons and films. */
function ratingTable(): string {
  const all = Int32Array.from(values.keys());
  const { train } = holdout(values.length, TEST, seededRandom(`${SEED}/leakage`));
  const learned = new Uint8Array(values.length);
  for (const row of train) learned[row] = 1;
  const of = (rows: Int32Array): { user: Sums; item: Sums } => ({
    user: sumsBy(userOf, ratings.users, rows),
    item: sumsBy(itemOf, ratings.items, rows),
  });
  const [whole, known] = [of(all), of(train)];
  const means = ({ user, item }: typeof whole, leaveOut: (row: number) => boolean): FeatureColumn[] => [
    number(
      'mean of the person',
      Float64Array.from(all, (r) => meanOf(user, userOf[r]!, leaveOut(r) ? values[r] : NaN)),
    ),
    number(
      'mean of the film',
      Float64Array.from(all, (r) => meanOf(item, itemOf[r]!, leaveOut(r) ? values[r] : NaN)),
    ),
  ];
  const base = traits(itemOf);
  return judge(values, GOOD, [
    { name: 'genres and year', columns: base },
    {
      name: 'and means of person and film over **all** ratings, the tested ones too',
      columns: [...base, ...means(whole, () => false)],
    },
    {
      name: 'and means over the training ratings, each in its own mean',
      columns: [...base, ...means(known, () => false)],
    },
    {
      name: 'and means over the training ratings, each left out of its own',
      columns: [...base, ...means(known, (row) => learned[row] === 1)],
    },
  ]);
}

/** Each film's mean rating, from its traits and from what its own ratings give away. */
function filmTable(): string {
  const items = Int32Array.from({ length: ratings.items }, (_, item) => item);
  const mean = (rows: readonly number[]): number => rows.reduce((a, b) => a + b, 0) / rows.length;
  const of = (item: number): number[] =>
    Array.from(ratings.itemRatings.subarray(itemStart[item]!, itemStart[item + 1]!));
  const target = Float64Array.from(items, (item) => mean(of(item).map((r) => values[r]!)));
  const user = sumsBy(userOf, ratings.users, values.keys());
  const raters = (leaveOut: boolean): Float64Array =>
    Float64Array.from(items, (item) => {
      const means = of(item)
        .map((r) => meanOf(user, userOf[r]!, leaveOut ? values[r] : NaN))
        .filter((value) => Number.isFinite(value));
      return means.length === 0 ? NaN : mean(means);
    });
  const random = seededRandom(`${SEED}/halves`);
  const half = Float64Array.from(items, (item) => {
    const some = of(item).filter(() => random() < 0.5);
    return some.length === 0 ? NaN : mean(some.map((r) => values[r]!));
  });
  const base = traits(items);
  return judge(target, GOOD_FILM, [
    { name: 'genres and year', columns: base },
    {
      name: 'and the “average user rating”: the mean of all of the film’s ratings',
      columns: [...base, number('average user rating', target)],
    },
    {
      name: 'and the mean of a random half of the film’s ratings',
      columns: [...base, number('average user rating', half)],
    },
    {
      name: 'and how its raters rate on average, this film among their ratings',
      columns: [...base, number('mean of its raters', raters(false))],
    },
    {
      name: 'and how its raters rate other films',
      columns: [...base, number('mean of its raters', raters(true))],
    },
  ]);
}

async function readFilms(file: string): Promise<{ year: number; genres: string[] }[]> {
  const text = gunzipSync(await readFile(file)).toString();
  const known = new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const row = /^(\d+),(.*),([^,]*)$/.exec(line);
      if (row === null) return [];
      const year = /\((\d{4})\)\W*$/.exec(row[2]!)?.[1];
      const genres = row[3]!.split('|').filter((genre) => !genre.startsWith('('));
      return [[Number(row[1]), { year: year === undefined ? NaN : Number(year), genres }] as const];
    }),
  );
  return Array.from(filmIds, (id) => known.get(id) ?? { year: NaN, genres: [] });
}

const single = Array.from({ length: ratings.items }, (_, item) => itemStart[item + 1]! - itemStart[item]!);
const alone = single.filter((count) => count === 1).length;
const count = (value: number): string => value.toLocaleString('en-US');

await writeFile(
  fileURLToPath(new URL('../docs/leakage.md', import.meta.url)),
  `# Means built from the target

A model that predicts ratings must not see them. Means of ratings are ratings: a feature such as "the film's average user
rating" holds the answer. This page shows how much that inflates R² and F1, on MovieLens's \`ml-latest-small\`
(${count(values.length)} ratings of ${count(ratings.items)} films by ${count(ratings.users)} people), and what is left without it. Written by \`npm run leakage\`; all models
are the same boosted trees (${PARAMS.trees} trees, ${PARAMS.maxLeaves} leaves), on the same random fifth held out.

## A film's mean rating

Stars, good from ${GOOD_FILM}. This is the task behind figures such as "R² 0.89, F1 0.91".

${filmTable()}

The "average user rating" is the target: R² near 1 says that the model can copy. Half of the ratings give much of it away
already; ${count(alone)} of the ${count(ratings.items)} films have one rating only, so there the half is all or nothing. Neither exists for a film that
is not out yet. How the film's raters rate other films is not built from the target, but who will rate a film is known only
after its release as well. What is left before the release is the line of genres and year.

## One person's rating of one film

Stars, good from ${GOOD}.

${ratingTable()}

A mean over all ratings contains the tested one; for a film that was rated once it *is* the tested one. Means over the
training ratings still mislead while each training row is in its own mean: the trees learn to trust means of few ratings,
which say less of new rows. Leaving each training row out of its own means is the honest way: tested rows were in none.

## What Marquee does

- Film ratings: features are only what is known before the release. A track record counts earlier films alone, and the
  feature builder refuses votes, popularity and revenue (\`models/films/features.ts\`).
- Personal ratings: biases and vectors are learned from the training ratings of each fold (\`models/personal\`); a test
  changes the held-out ratings and expects the same model.
- Every report stands beside the mean and other baselines on the same rows.
`,
);
