import type { Estimator } from '../estimator.js';
import { fillRandom, seededRandom } from '../random.js';
import { applyBins, fitBins } from './bins.js';
import { collapse, type Cells } from './cells.js';
import { TreeEnsemble, type EnsembleJson, type Response } from './ensemble.js';
import { slotsOf, TreeGrower, type GrowRules } from './grow.js';
import { GrowSpace, type SharedSpace } from './space.js';
import type { FeatureTable } from './table.js';
import type { Grown, Team } from './team.js';
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

/** Rows to learn from: their features and what they came to. */
export interface TreeData extends Response {
  readonly table: FeatureTable;
}

/** Trees that other threads may help to train, with the same result to the last bit. */
export interface TreeEstimator<Params extends object> extends Estimator<
  TreeData,
  FeatureTable,
  Float64Array,
  EnsembleJson
> {
  readonly params: Params;
  fit(data: TreeData, seed: number | string, team?: Team): TreeEnsemble;
}

/**
 * A random forest (Breiman 2001) for a number, or for the probability of class 1 when the response is 0 or 1:
 * there the squared-error split is the Gini split. Each row enters a tree a Poisson(1) number of times, which is
 * the bootstrap of a large sample and needs no knowledge of the other rows (as Spark MLlib's). Every tree has a
 * generator of its own, so a forest is the same in whatever order, or on however many threads, it is grown.
 */
export const forest = (params: ForestParams): TreeEstimator<ForestParams> => ({
  name: 'forest',
  params,
  read: (json) => TreeEnsemble.fromJSON(json),
  fit({ table, ...response }, seed, team) {
    requireRows(table, response);
    const bins = fitBins(table, params.maxBins);
    const cells = collapse(applyBins(bins, table));
    const regions = 1 + (team?.helpers ?? 0);
    const space = GrowSpace.of(cells.table, slotsOf(growRules(params), bins.length), regions);
    const next = new Int32Array(new SharedArrayBuffer(4));
    const job: ForestJob = { space: space.shared, rows: rowsOf(cells, response), params, seed, next };
    team?.start((helper) => ({ kind: 'forest', ...job, region: helper + 1 }));
    const grown = [growTrees(job, 0), ...(team?.collect() ?? [])].flat();
    const trees = grown.sort(([a], [b]) => a - b).map(([, tree]) => tree);
    return new TreeEnsemble(bins, trees, 0, 1 / params.trees, 'identity');
  },
});

/** What a thread needs to grow trees of a forest. */
export interface ForestJob {
  readonly space: SharedSpace;
  readonly rows: RowsByCell;
  readonly params: ForestParams;
  readonly seed: number | string;
  /** The next tree that no thread has taken. */
  readonly next: Int32Array;
}

/** Rows in the order of their cells, in memory that threads share: cell c's are [start[c], start[c + 1]). */
interface RowsByCell {
  readonly start: Int32Array;
  /** Weight × response. */
  readonly values: Float64Array;
  /** Null: all 1. */
  readonly weights: Float64Array | null;
}

/** Grows trees until none is left, in a region of the memory that is the thread's own. */
export function growTrees({ space, rows, params, seed, next }: ForestJob, region: number): Grown {
  const own = GrowSpace.open(space, region);
  const grower = new TreeGrower(own, growRules(params), 0);
  const times = new Uint8Array(rows.values.length);
  const features = Int32Array.from(own.columns, (_, f) => f);
  const grown: [number, Tree][] = [];
  for (let t = Atomics.add(next, 0, 1); t < params.trees; t = Atomics.add(next, 0, 1)) {
    drawTimes(times, `${seed}/times/${t}`);
    const cells = bootstrap(rows, times, own);
    grown.push([t, grower.grow(cells, features, seededRandom(`${seed}/tree/${t}`)).finish()]);
  }
  return grown;
}

/** Adds every row to its cell as often as it was drawn; the cells that were drawn at all become the tree's rows. */
function bootstrap({ start, values, weights }: RowsByCell, times: Uint8Array, space: GrowSpace): number {
  const { pairs, order } = space;
  let cells = 0;
  for (let cell = 0, row = 0; cell < start.length - 1; cell++) {
    const end = start[cell + 1]!;
    let g = 0;
    let h = 0;
    for (; row < end; row++) {
      const drawn = times[row]!;
      g += drawn * values[row]!;
      h += weights === null ? drawn : drawn * weights[row]!;
    }
    if (h === 0) continue;
    pairs[2 * cell] = g;
    pairs[2 * cell + 1] = h;
    order[cells++] = cell;
  }
  return cells;
}

/** How often each row is drawn: Poisson(1), three draws of ten bits from each random word. */
function drawTimes(times: Uint8Array, seed: string): void {
  const words = new Uint32Array(Math.ceil(times.length / 3));
  fillRandom(words, seed);
  for (let i = 0, row = 0; i < words.length; i++) {
    const word = words[i]!;
    times[row++] = POISSON[word & 1023]!;
    times[row++] = POISSON[(word >>> 10) & 1023]!;
    times[row++] = POISSON[(word >>> 20) & 1023]!;
  }
}

/** Quantile function of Poisson(1), at 2^10 evenly spaced probabilities. */
const POISSON = Uint8Array.from({ length: 1024 }, (_, i) => {
  const target = (i + 0.5) / 1024;
  let k = 0;
  for (let p = Math.exp(-1), sum = p; sum < target; sum += p) p /= ++k;
  return k;
});

/** Sorted by counting, rows of a cell in the order of the table. */
function rowsOf({ table, cell }: Cells, { values, weights }: Response): RowsByCell {
  const start = new Int32Array(new SharedArrayBuffer(4 * (table.rows + 1)));
  for (const at of cell) start[at + 1]!++;
  for (let c = 0; c < table.rows; c++) start[c + 1]! += start[c]!;
  const next = start.slice();
  const sorted = new Float64Array(new SharedArrayBuffer(8 * cell.length));
  const sortedWeights =
    weights === undefined ? null : new Float64Array(new SharedArrayBuffer(8 * cell.length));
  for (let row = 0; row < cell.length; row++) {
    const place = next[cell[row]!]!++;
    const weight = weights === undefined ? 1 : weights[row]!;
    sorted[place] = weight * values[row]!;
    if (sortedWeights !== null) sortedWeights[place] = weight;
  }
  return { start, values: sorted, weights: sortedWeights };
}

function growRules(params: ForestParams): GrowRules {
  const { minLeaf, maxDepth, featuresPerSplit } = params;
  const plain = { lambda: 0, categorySmooth: 0, categoryLambda: 0 };
  return { minLeaf, maxDepth, featuresPerSplit, maxLeaves: Infinity, ...plain };
}

export function requireRows(table: FeatureTable, response: Response): void {
  if (table.rows === 0 || response.values.length !== table.rows) {
    throw new Error(`Trees need one value per row: ${table.rows} rows, ${response.values.length} values.`);
  }
}
