import { seededRandom } from '../random.js';
import { applyBins, fitBins } from './bins.js';
import { logistic, TreeEnsemble, type Link, type Response } from './ensemble.js';
import { requireRows, type TreeEstimator } from './forest.js';
import { slotsOf, TreeGrower, type GrowRules } from './grow.js';
import { GrowSpace } from './space.js';
import { addPredictions, type Tree } from './tree.js';

export interface BoostingParams {
  readonly loss: 'squared' | 'logistic';
  readonly trees: number;
  readonly learningRate: number;
  readonly maxLeaves: number;
  readonly maxDepth: number;
  /** Least sum of second derivatives in a leaf: rows for squared loss, sum of p(1 - p) for logistic. */
  readonly minLeaf: number;
  /** Ridge penalty on a leaf's answer. */
  readonly lambda: number;
  /** Share of the rows, and of the features, that each tree sees. */
  readonly rowsPerTree: number;
  readonly featuresPerTree: number;
  /** How wary splits by categories are; see SplitRules. */
  readonly categorySmooth: number;
  readonly categoryLambda: number;
  readonly maxBins: number;
  /** Boostings of other random rows and features whose mean answers (bagging, Breiman 1996); 1 unless given. */
  readonly members?: number;
}

/**
 * Gradient boosting (Friedman 2001) with second-order leaves (Chen & Guestrin 2016), grown best leaf first over
 * histograms (Ke et al. 2017). The logistic loss takes a response of 0 or 1 and answers with a probability.
 */
export const boosting = (params: BoostingParams): TreeEstimator<BoostingParams> => ({
  name: 'boosting',
  params,
  read: (json) => TreeEnsemble.fromJSON(json),
  fit({ table, ...response }, seed, team) {
    requireRows(table, response);
    const bins = fitBins(table, params.maxBins);
    const binned = applyBins(bins, table);
    const members = params.members ?? 1;
    let random = seededRandom(`${seed}/boosting`);
    const link: Link = params.loss === 'logistic' ? 'logistic' : 'identity';
    const base = startValue(response, link);
    const sums = new Float64Array(table.rows).fill(base);
    const rules = growRules(params);
    const space = GrowSpace.of(binned, slotsOf(rules, bins.length), 1);
    const grower = new TreeGrower(space, rules, team?.helpers ?? 0);
    team?.start(() => ({ kind: 'steps', space: space.shared, rules }));
    const trees: Tree[] = [];
    try {
      for (let t = 0; t < params.trees * members; t++) {
        if (t > 0 && t % params.trees === 0) {
          sums.fill(base);
          random = seededRandom(`${seed}/boosting/${t / params.trees}`);
        }
        derive(response, sums, link, space.pairs);
        const rows = sample(table.rows, params.rowsPerTree, random);
        const features = sample(bins.length, params.featuresPerTree, random);
        space.order.set(rows);
        const draft = grower.grow(rows.length, features, random);
        const tree = draft.finish();
        trees.push(tree);
        // The tree's own rows lie in its leaves; only the others have to find theirs.
        draft.addLeaves(space.order, sums, params.learningRate);
        if (rows.length < table.rows)
          addPredictions(tree, binned, sums, params.learningRate, others(rows, table.rows));
      }
    } finally {
      grower.end();
      team?.collect();
    }
    return new TreeEnsemble(bins, trees, base, params.learningRate / members, link);
  },
});

function growRules(params: BoostingParams): GrowRules {
  const { minLeaf, maxDepth, maxLeaves, lambda, categorySmooth, categoryLambda } = params;
  return { minLeaf, maxDepth, maxLeaves, lambda, categorySmooth, categoryLambda, featuresPerSplit: 1 };
}

/** The constant with the least loss: the mean, or the log odds of class 1. */
function startValue({ values, weights }: Response, link: Link): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = weights?.[i] ?? 1;
    sum += weight * values[i]!;
    total += weight;
  }
  const mean = sum / total;
  if (link === 'identity') return mean;
  const p = Math.min(1 - 1e-6, Math.max(1e-6, mean));
  return Math.log(p / (1 - p));
}

/** G = minus the loss's first derivative, H = its second, both times the row's weight. */
function derive({ values, weights }: Response, sums: Float64Array, link: Link, pairs: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    const weight = weights === undefined ? 1 : weights[i]!;
    if (link === 'identity') {
      pairs[2 * i] = weight * (values[i]! - sums[i]!);
      pairs[2 * i + 1] = weight;
    } else {
      const p = logistic(sums[i]!);
      pairs[2 * i] = weight * (values[i]! - p);
      pairs[2 * i + 1] = weight * Math.max(1e-6, p * (1 - p));
    }
  }
}

/** What is missing of 0 .. count-1 in `rows`, which rise. */
function others(rows: Int32Array, count: number): Int32Array {
  const missing = new Int32Array(count - rows.length);
  for (let row = 0, at = 0, out = 0; row < count; row++) {
    if (rows[at] === row) at++;
    else missing[out++] = row;
  }
  return missing;
}

/** A random `share` of 0 .. count-1 in rising order, at least one (selection sampling, Knuth 3.4.2 S). */
function sample(count: number, share: number, random: () => number): Int32Array {
  const wanted = Math.min(count, Math.max(1, Math.round(count * share)));
  const chosen = new Int32Array(wanted);
  for (let i = 0, taken = 0; taken < wanted; i++) {
    if (wanted === count || (count - i) * random() < wanted - taken) chosen[taken++] = i;
  }
  return chosen;
}
