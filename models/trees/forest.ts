import type { Estimator } from '../estimator.js';
import { seededRandom } from '../random.js';
import { applyBins, fitBins } from './bins.js';
import { collapse, type Cells } from './cells.js';
import { TreeEnsemble, type Response } from './ensemble.js';
import { TreeGrower, type GrowRules } from './grow.js';
import type { FeatureTable } from './table.js';
import type { Tree } from './tree.js';

export interface ForestParams {
  readonly trees: number;
  readonly maxDepth: number;
  /** Least weight (rows, where no weights are given) in a leaf. */
  readonly minLeaf: number;
  /** Share of the features tried at each split. */
  readonly featuresPerSplit: number;
  readonly maxBins: number;
}

/**
 * A random forest (Breiman 2001) for a number, or for the probability of class 1 when the response is 0 or 1:
 * there the squared-error split is the Gini split. Each row enters a tree a Poisson(1) number of times, which is
 * the bootstrap of a large sample and needs no knowledge of the other rows (as Spark MLlib's). Every tree has a
 * generator of its own, so a forest is the same in whatever order, or on however many threads, it is grown.
 */
export const forest: Estimator<ForestParams, FeatureTable, Response, TreeEnsemble> = {
  name: 'forest',
  fit(table, response, params, seed) {
    requireRows(table, response);
    const bins = fitBins(table, params.maxBins);
    const cells = collapse(applyBins(bins, table));
    const grower = new TreeGrower(cells.table, growRules(params));
    const trees = Array.from({ length: params.trees }, (_, t) =>
      growOne(grower, cells, response, seededRandom(`${seed}/tree/${t}`)),
    );
    return new TreeEnsemble(bins, trees, 0, 1 / params.trees, 'identity');
  },
};

function growOne(grower: TreeGrower, { table, cell }: Cells, response: Response, random: () => number): Tree {
  const g = new Float64Array(table.rows);
  const h = new Float64Array(table.rows);
  bootstrap(cell, response, random, g, h);
  const order = Int32Array.from({ length: table.rows }, (_, i) => i).filter((i) => h[i]! > 0);
  const features = Int32Array.from(table.columns, (_, f) => f);
  return grower.grow(g, h, order, features, random).finish();
}

/** Adds every row to its cell as often as it is drawn. One number makes two draws: there are many rows. */
function bootstrap(
  cell: Int32Array,
  { values, weights }: Response,
  random: () => number,
  g: Float64Array,
  h: Float64Array,
): void {
  let bits = 0;
  for (let row = 0; row < cell.length; row++) {
    bits = (row & 1) === 0 ? (random() * 4294967296) >>> 0 : bits >>> 16;
    const times = POISSON[bits & 65535]!;
    const weight = weights === undefined ? times : times * weights[row]!;
    const at = cell[row]!;
    g[at]! += weight * values[row]!;
    h[at]! += weight;
  }
}

function growRules(params: ForestParams): GrowRules {
  const { minLeaf, maxDepth, featuresPerSplit } = params;
  return { minLeaf, maxDepth, featuresPerSplit, maxLeaves: Infinity, lambda: 0, categorySmooth: 0 };
}

/** Quantile function of Poisson(1), at 2^16 evenly spaced probabilities. */
const POISSON = Uint8Array.from({ length: 65536 }, (_, i) => {
  const target = (i + 0.5) / 65536;
  let k = 0;
  for (let p = Math.exp(-1), sum = p; sum < target; sum += p) p /= ++k;
  return k;
});

export function requireRows(table: FeatureTable, response: Response): void {
  if (table.rows === 0 || response.values.length !== table.rows) {
    throw new Error(`Trees need one value per row: ${table.rows} rows, ${response.values.length} values.`);
  }
}
