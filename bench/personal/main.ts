import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { BAYES_NAME } from '../../models/personal/bayes.js';
import { FAMILIES } from '../../models/personal/candidates.js';
import { round, table } from '../table.js';
import { FOLDS } from './data.js';
import type { FoldAnswer } from './fold.thread.js';
import { FoldPool } from './pool.js';
import { runSurprise } from './surprise.js';

/**
 * Personal ratings on the five published folds of MovieLens 100K beside Surprise, in one run. Options: `--short` for the
 * first fold alone; `data=<folder>` with u.data.gz and u1.test.gz … u5.test.gz.
 */
const words = process.argv.slice(2);
const folder =
  words.find((word) => word.startsWith('data='))?.slice('data='.length) ??
  fileURLToPath(new URL('../../../shared/data/ml-100k', import.meta.url));
const folds = words.includes('--short') ? FOLDS.slice(0, 1) : FOLDS;
const THREADS = 2;
await access(`${folder}/u.data.gz`).catch(() => {
  console.error(`There is no u.data.gz in ${folder}: name the folder of MovieLens 100K with data=<folder>.`);
  process.exit(2);
});

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const foldsOf = (values: readonly number[]): string => values.map((value) => value.toFixed(4)).join(' ');

interface Row {
  readonly name: string;
  readonly rmse: readonly number[];
  readonly mae: readonly number[];
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly search: { readonly seconds: number; readonly cpuSeconds: number } | null;
}

const pool = new FoldPool(folder, THREADS);
const chosen = new Map<string, readonly FoldAnswer[]>();
const rows: Row[] = [];
for (const { name, settings } of FAMILIES) {
  const search = await pool.run(
    folds.map((fold) => ({ fold, work: 'search', parts: [{ family: name, at: 0 }] })),
  );
  chosen.set(name, search.answers);
  await score(name, [name], settings.length > 1 ? search : null);
}
await score(`blend of ${BAYES_NAME}, film neighbours`, [BAYES_NAME, 'film neighbours'], null);
await pool.close();
const peers = await runSurprise(folder, folds);

const served = rows.find(({ name }) => name === BAYES_NAME)!;
const line = (
  name: string,
  row: Omit<Row, 'name' | 'search'>,
  search: Row['search'] = null,
): (string | number)[] => [
  name,
  mean(row.rmse).toFixed(4),
  mean(row.mae).toFixed(4),
  foldsOf(row.rmse),
  round(row.seconds, 1),
  round(row.cpuSeconds, 1),
  search === null ? '' : `${round(search.seconds, 1)} (${round(search.cpuSeconds, 1)})`,
];
console.log(`## Personal ratings

MovieLens 100K, its published folds: \`u<k>.test\` is fold k's test set, the rest of \`u.data\` its training set. Ratings alone: no timestamps, no films, no people's data; which pairs are tested is as unknown to training as their values. RMSE and MAE in stars (1-5), predictions kept inside the scale. Both sides run on two cores, one fold each at a time: Marquee on two threads, Surprise in two processes. Seconds are for all folds, trained and scored. Settings were chosen inside each fold's training set, on a random tenth of it that was held out; what that took stands in its own column. Wanted: a mean RMSE of at most 0.910 (stretch: 0.905) in under 30 s. Served is **${BAYES_NAME}**: ${mean(served.rmse).toFixed(4)} in ${round(served.seconds, 1)} s.

${table(
  ['model', 'mean RMSE', 'mean MAE', 'RMSE by fold', 'wall s', 'CPU s', 'search, wall s (CPU s)'],
  [
    ...rows.map((row) => line(`Marquee: ${row.name}`, row, row.search)),
    ...peers.map((peer) => line(`Surprise ${peer.version}: ${peer.name}`, peer)),
  ],
)}

Surprise runs with its defaults (KNNBaseline: films, \`pearson_baseline\`, k = 40). Marquee chose, fold by fold:

${table(
  ['model', 'setting'],
  FAMILIES.filter(({ settings }) => settings.length > 1).map(({ name }) => [
    name,
    chosen
      .get(name)!
      .map(({ label }) => label)
      .join('; '),
  ]),
)}

${BAYES_NAME} is SVD++ in both directions (a person's vector holds a shared vector of every film rated, a film's one of every person who rated it) with the priors of every factor learned by Gibbs sampling, averaged over the draws of one chain (Salakhutdinov & Mnih 2008; Rendle, Zhang & Koren 2019). The blend fits its parts twice, to learn its weights inside the training set.`);

async function score(name: string, families: readonly string[], search: Row['search']): Promise<void> {
  const { answers, seconds, cpuSeconds } = await pool.run(
    folds.map((fold, i) => ({
      fold,
      work: 'score',
      parts: families.map((family) => ({ family, at: chosen.get(family)![i]!.at })),
    })),
  );
  rows.push({
    name,
    rmse: answers.map((answer) => answer.rmse),
    mae: answers.map((answer) => answer.mae),
    seconds,
    cpuSeconds,
    search,
  });
  process.stderr.write(`${name}: ${mean(rows.at(-1)!.rmse).toFixed(4)} in ${seconds.toFixed(1)} s\n`);
}
