import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { BAYES_NAME } from '../../models/personal/bayes.js';
import { FAMILIES } from '../../models/personal/candidates.js';
import { round, table } from '../table.js';
import { FOLDS } from './data.js';
import type { FoldAnswer } from './fold.thread.js';
import { FoldPool } from './pool.js';
import { runSurprise } from './surprise.js';

/**
 * Personal ratings on the five published folds of MovieLens 100K beside Surprise, in one run:
 * `npx tsx bench/personal/main.ts [folder]`. Writes docs/benchmarks-personal.md.
 */
const folder = process.argv[2] ?? fileURLToPath(new URL('../../../shared/data/ml-100k', import.meta.url));
const THREADS = 2;

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const foldsOf = (values: readonly number[]): string => values.map((value) => value.toFixed(4)).join(' ');

interface Row {
  readonly name: string;
  readonly rmse: readonly number[];
  readonly mae: readonly number[];
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly search: number | null;
}

const pool = new FoldPool(folder, THREADS);
const load = loadavg()[0]!;
const chosen = new Map<string, readonly FoldAnswer[]>();
const rows: Row[] = [];
const score = async (name: string, families: readonly string[], search: number | null): Promise<void> => {
  const { answers, seconds, cpuSeconds } = await pool.run(
    FOLDS.map((fold, i) => ({
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
};
for (const { name } of FAMILIES) {
  const search = await pool.run(
    FOLDS.map((fold) => ({ fold, work: 'search', parts: [{ family: name, at: 0 }] })),
  );
  chosen.set(name, search.answers);
  await score(name, [name], search.answers.some(({ label }) => label !== '') ? search.seconds : null);
}
await score(`blend of ${BAYES_NAME}, film neighbours`, [BAYES_NAME, 'film neighbours'], null);
await pool.close();
const peers = await runSurprise(folder).catch((error: unknown) => {
  process.stderr.write(`Surprise does not run here: ${String(error)}\n`);
  return null;
});

const served = rows.find(({ name }) => name === BAYES_NAME)!;
const settings = FAMILIES.filter(({ settings: all }) => all.length > 1).map(({ name }) => [
  name,
  chosen
    .get(name)!
    .map(({ label }) => label)
    .join('; '),
]);
const text = `# Personal ratings beside Surprise

MovieLens 100K, its five published folds: \`u<k>.test\` is fold k's test set, the rest of \`u.data\` its training set. Ratings
alone: no timestamps, no films, no people's data. RMSE and MAE in stars (1-5), predictions kept inside the scale. Both
sides run in the same session on two threads (Marquee) or two processes (Surprise), one fold each at a time;
seconds are wall-clock for all five folds, trained and scored; CPU seconds are of all threads together, which is what a shared
machine does not distort. Made with \`npx tsx bench/personal/main.ts\` on ${cpus().length} cores (${cpus()[0]!.model}, load ${load.toFixed(1)} at the start), Node ${process.versions.node}.

${table(
  ['model', 'mean RMSE', 'mean MAE', 'RMSE of folds 1-5', 'seconds', 'CPU seconds', 'search, seconds'],
  [
    ...rows.map((row) => [
      `Marquee: ${row.name}`,
      mean(row.rmse).toFixed(4),
      mean(row.mae).toFixed(4),
      foldsOf(row.rmse),
      round(row.seconds, 1),
      round(row.cpuSeconds, 1),
      row.search === null ? '' : row.search.toFixed(1),
    ]),
    ...(peers ?? []).map((peer) => [
      `Surprise ${peer.version}: ${peer.name}`,
      mean(peer.rmse).toFixed(4),
      mean(peer.mae).toFixed(4),
      foldsOf(peer.rmse),
      round(peer.seconds, 1),
      round(peer.cpuSeconds, 1),
      '',
    ]),
  ],
)}
${peers === null ? '\nSurprise could not be installed here.\n' : ''}
Surprise runs with its defaults (KNNBaseline: films, \`pearson_baseline\`, k = 40). Marquee's settings were chosen inside each fold's
training set, on a random tenth of it that was held out; the search's time stands in its own column. Chosen, fold by fold:

${table(['model', 'setting'], settings)}

What is served is **${BAYES_NAME}**: ${mean(served.rmse).toFixed(4)} in ${served.seconds.toFixed(1)} s. It is SVD++ in both directions (a
person's vector holds a shared vector of every film rated, a film's one of every person who rated it) with the priors of every factor
learned by Gibbs sampling, averaged over the draws of one chain (Salakhutdinov & Mnih 2008; Rendle, Zhang & Koren 2019).
The blend's weights are learned inside the training set too; it has to fit its parts twice and adds nothing to speak of, so it is not served.
`;
await writeFile(fileURLToPath(new URL('../../docs/benchmarks-personal.md', import.meta.url)), text);
process.stdout.write(text);
