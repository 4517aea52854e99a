import { readFileSync } from 'node:fs';
import { rmse } from '../../models/metrics.js';
import { boosting } from '../../models/trees/boosting.js';
import { forest } from '../../models/trees/forest.js';
import type { FeatureTable } from '../../models/trees/table.js';
import type { TreeEnsemble } from '../../models/trees/ensemble.js';
import type { BenchTable } from './data.js';
import { startTeam, type Team } from '../../models/trees/team.js';
import type { Asked, Trained, Work } from './works.js';

/**
 * Trains our trees on the works given as JSON and prints a JSON line for each: seconds of the quickest of at most
 * `repeats` trainings, none begun after `patience` seconds, and the error on the test rows. Reading the table and
 * starting threads are not counted, binning is.
 */
const { works, repeats, patience } = JSON.parse(process.argv[2]!) as Asked;

for (const work of works) {
  const { train, test } = read(work.table);
  const seconds: number[] = [];
  const cpuSeconds: number[] = [];
  let model: TreeEnsemble | null = null;
  const team = await startTeam(work.threads);
  while (seconds.length < repeats && seconds.reduce((a, b) => a + b, 0) < patience) {
    const [from, used] = [performance.now(), process.cpuUsage()];
    model = fit(work, train.table, train.values, team);
    seconds.push((performance.now() - from) / 1000);
    const { user, system } = process.cpuUsage(used);
    cpuSeconds.push((user + system) / 1e6);
  }
  await team.close();
  const from = performance.now();
  const predicted = model!.predict(test.table);
  const result: Trained = {
    work: work.name,
    tool: 'Marquee',
    seconds: Math.min(...seconds),
    cpuSeconds: Math.min(...cpuSeconds),
    predictSeconds: (performance.now() - from) / 1000,
    rmse: rmse(test.values, predicted),
  };
  console.log(JSON.stringify(result));
}

function fit(
  { kind, trees, depth, share, leaves, rate, minLeaf }: Work,
  table: FeatureTable,
  values: Float64Array,
  team: Team,
) {
  if (kind === 'forest') {
    const params = { trees, maxDepth: depth, minLeaf, featuresPerSplit: share, maxBins: 255 };
    return forest(params).fit({ table, values }, 1, team);
  }
  return boosting({
    loss: 'squared',
    trees,
    learningRate: rate,
    maxLeaves: leaves,
    maxDepth: depth,
    minLeaf,
    lambda: 0,
    rowsPerTree: 1,
    featuresPerTree: 1,
    categorySmooth: 10,
    categoryLambda: 10,
    maxBins: 255,
  }).fit({ table, values }, 1, team);
}

function read({ path, train, test, columns }: BenchTable) {
  const bytes = readFileSync(path);
  const all = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
  const rows = train + test;
  const part = (from: number, count: number) => ({
    values: all.slice(columns.length * rows + from, columns.length * rows + from + count),
    table: {
      rows: count,
      columns: columns.map(({ name, categorical }, f) => {
        const values = all.slice(f * rows + from, f * rows + from + count);
        return categorical
          ? { name, kind: 'category' as const, values: Int32Array.from(values) }
          : { name, kind: 'number' as const, values };
      }),
    } satisfies FeatureTable,
  });
  return { train: part(0, train), test: part(train, test) };
}
