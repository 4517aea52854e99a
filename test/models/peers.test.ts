import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { logLoss, rmse } from '../../models/metrics.js';
import { boosting, type BoostingParams } from '../../models/trees/boosting.js';
import { forest, type ForestParams, type TreeEstimator } from '../../models/trees/forest.js';
import type { FeatureTable } from '../../models/trees/table.js';

/**
 * What scikit-learn and LightGBM made of a fixed table, for ours to compare with. bench/trees/fixture.py wrote it; the
 * versions and parameters stand in trees.json.
 */
const read = (name: string): Promise<string> =>
  readFile(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
const columnsOf = (csv: string): Map<string, Float64Array> => {
  const [names, ...rows] = csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  return new Map(
    names!.map((name, c) => [name, Float64Array.from(rows, (row) => (row[c] === '' ? NaN : Number(row[c])))]),
  );
};
const columns = columnsOf(await read('trees.csv'));
const peers = columnsOf(await read('trees-peers.csv'));
const { train, categories, works } = JSON.parse(await read('trees.json')) as {
  readonly train: number;
  readonly categories: readonly string[];
  readonly works: Readonly<
    Record<
      string,
      {
        readonly columns: readonly string[];
        readonly params: Readonly<Record<string, number>>;
        /** The error on the rows that were learned from. */
        readonly known: number;
      }
    >
  >;
};

const tableOf = (names: readonly string[], from: number, to?: number): FeatureTable => {
  const values = names.map((name) => columns.get(name)!.subarray(from, to));
  return {
    rows: values[0]!.length,
    columns: names.map((name, f) =>
      categories.includes(name)
        ? { name, kind: 'category', values: Int32Array.from(values[f]!) }
        : { name, kind: 'number', values: values[f]! },
    ),
  };
};

interface Compared {
  /** One number for each row that nobody learned from. */
  readonly ours: Float64Array;
  readonly theirs: Float64Array;
  readonly actual: Float64Array;
  readonly error: (actual: Float64Array, predicted: Float64Array) => number;
  /** Our error on the rows that were learned from. */
  readonly known: number;
}

function compare(
  peer: string,
  estimator: (params: Readonly<Record<string, number>>) => TreeEstimator<BoostingParams | ForestParams>,
): Compared {
  const { columns: names, params } = works[peer]!;
  const classes = peer.includes('classes');
  const response = columns.get(classes ? 'class' : 'value')!;
  const error = classes ? logLoss : rmse;
  const data = { table: tableOf(names, 0, train), values: response.subarray(0, train) };
  const model = estimator(params).fit(data, 1);
  return {
    ours: model.predict(tableOf(names, train)),
    theirs: peers.get(peer)!,
    actual: response.subarray(train),
    error,
    known: error(data.values, model.predict(data.table)),
  };
}

const PLAIN = {
  loss: 'squared',
  maxDepth: 60,
  rowsPerTree: 1,
  featuresPerTree: 1,
  maxBins: 255,
} as const satisfies Partial<BoostingParams>;

/** One tree that fits the response itself. */
const scikitTree = ({ max_depth, min_samples_leaf }: Readonly<Record<string, number>>) =>
  boosting({
    ...PLAIN,
    trees: 1,
    learningRate: 1,
    maxDepth: max_depth!,
    maxLeaves: 2 ** max_depth!,
    minLeaf: min_samples_leaf!,
    lambda: 0,
    categorySmooth: 0,
    categoryLambda: 0,
  });

const lightgbm = (loss: BoostingParams['loss']) => (params: Readonly<Record<string, number>>) =>
  boosting({
    ...PLAIN,
    loss,
    trees: params['trees']!,
    learningRate: params['learning_rate']!,
    maxLeaves: params['num_leaves']!,
    // The sum of second derivatives, which for squared loss are the rows.
    minLeaf: params['min_sum_hessian_in_leaf'] ?? params['min_data_in_leaf']!,
    lambda: params['lambda_l2']!,
    categorySmooth: params['cat_smooth'] ?? 0,
    categoryLambda: params['cat_l2'] ?? 0,
  });

const scikitForest = (params: Readonly<Record<string, number>>): TreeEstimator<ForestParams> =>
  forest({
    trees: params['n_estimators']!,
    maxDepth: params['max_depth']!,
    minLeaf: params['min_samples_leaf']!,
    featuresPerSplit: params['max_features']!,
    maxBins: 255,
  });

/** Leaves are 32-bit floats. */
const ROUNDING = 1e-6;

const answeredOtherwise = ({ ours, theirs }: Compared): number =>
  ours.filter((value, row) => !(Math.abs(value - theirs[row]!) <= ROUNDING)).length;

describe.each([
  ['scikit-learn tree', scikitTree],
  ['scikit-learn tree with gaps', scikitTree],
  ['scikit-learn tree of classes', scikitTree],
  ['LightGBM tree', lightgbm('squared')],
  ['LightGBM tree with categories', lightgbm('squared')],
] as const)('%s', (peer, estimator) => {
  it('is cut as ours: every row has the same answer', () => {
    const compared = compare(peer, estimator);
    expect(new Set(compared.ours).size).toBeGreaterThan(6);
    expect(compared.known).toBeCloseTo(works[peer]!.known, 6);
    expect(answeredOtherwise(compared)).toBe(0);
  });
});

describe.each([
  ['LightGBM', lightgbm('squared')],
  ['LightGBM with categories', lightgbm('squared')],
  ['LightGBM of classes', lightgbm('logistic')],
] as const)('%s', (peer, estimator) => {
  it('grows the same trees one after the other, by the same rules', () => {
    const compared = compare(peer, estimator);
    expect(compared.known).toBeCloseTo(works[peer]!.known, 6);
    // A value that a node has not seen has no side of its own: each takes another.
    expect(answeredOtherwise(compared)).toBeLessThan(0.02 * compared.ours.length);
  });
});

describe.each([
  ['LightGBM by its defaults', lightgbm('squared'), 0.01],
  ['LightGBM of classes by its defaults', lightgbm('logistic'), 0.01],
  ['scikit-learn forest', scikitForest, 0.005],
  ['scikit-learn forest of classes', scikitForest, 0.005],
] as const)('%s', (peer, estimator, tolerance) => {
  it(`errs as ours on rows that nobody learned from, within ${100 * tolerance} %`, () => {
    const { ours, theirs, actual, error } = compare(peer, estimator);
    expect(Math.abs(error(actual, ours) / error(actual, theirs) - 1)).toBeLessThan(tolerance);
  });
});
