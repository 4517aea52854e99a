import { childOf, type Tree } from './tree.js';

/** The tree's answer averaged over its training rows. */
export function expectedValue(tree: Tree): number {
  let sum = 0;
  tree.feature.forEach((f, node) => {
    if (f < 0) sum += tree.cover[node]! * tree.value[node]!;
  });
  return tree.cover[0]! > 0 ? sum / tree.cover[0]! : tree.value[0]!;
}

/** The features met on a path: how often it is taken with the feature unknown (zero) and known (one). */
interface Path {
  readonly feature: number[];
  readonly zero: number[];
  readonly one: number[];
  readonly weight: number[];
}

/**
 * Adds the SHAP value of each feature for one row to `effects`: TreeSHAP, path-dependent (Lundberg et al. 2018,
 * "Consistent individualized feature attribution for tree ensembles", algorithm 2). `bins` is the row.
 */
export function addContributions(tree: Tree, bins: Uint8Array, effects: Float64Array): void {
  if (tree.feature[0]! < 0) return;
  visit(tree, bins, effects, 0, { feature: [], zero: [], one: [], weight: [] }, 1, 1, -1);
}

function visit(
  tree: Tree,
  bins: Uint8Array,
  effects: Float64Array,
  node: number,
  parent: Path,
  zero: number,
  one: number,
  feature: number,
): void {
  const path = extend(parent, zero, one, feature);
  const split = tree.feature[node]!;
  if (split < 0) {
    for (let i = 1; i < path.feature.length; i++) {
      const share = unwoundSum(path, i) * (path.one[i]! - path.zero[i]!);
      effects[path.feature[i]!]! += share * tree.value[node]!;
    }
    return;
  }
  const hot = childOf(tree, node, bins[split]!);
  const cold = hot === tree.left[node]! ? tree.right[node]! : tree.left[node]!;
  let below = path;
  let knownZero = 1;
  let knownOne = 1;
  const before = path.feature.indexOf(split, 1);
  if (before > 0) {
    knownZero = path.zero[before]!;
    knownOne = path.one[before]!;
    below = unwind(path, before);
  }
  const cover = tree.cover[node]!;
  visit(tree, bins, effects, hot, below, (knownZero * tree.cover[hot]!) / cover, knownOne, split);
  visit(tree, bins, effects, cold, below, (knownZero * tree.cover[cold]!) / cover, 0, split);
}

function extend(path: Path, zero: number, one: number, feature: number): Path {
  const length = path.feature.length;
  const weight = [...path.weight, length === 0 ? 1 : 0];
  for (let i = length - 1; i >= 0; i--) {
    weight[i + 1]! += (one * weight[i]! * (i + 1)) / (length + 1);
    weight[i] = (zero * weight[i]! * (length - i)) / (length + 1);
  }
  return {
    feature: [...path.feature, feature],
    zero: [...path.zero, zero],
    one: [...path.one, one],
    weight,
  };
}

function unwind(path: Path, at: number): Path {
  const last = path.feature.length - 1;
  const weight = path.weight.slice();
  const one = path.one[at]!;
  const zero = path.zero[at]!;
  let next = weight[last]!;
  for (let i = last - 1; i >= 0; i--) {
    if (one !== 0) {
      const kept = weight[i]!;
      weight[i] = (next * (last + 1)) / ((i + 1) * one);
      next = kept - (weight[i]! * zero * (last - i)) / (last + 1);
    } else {
      weight[i] = (weight[i]! * (last + 1)) / (zero * (last - i));
    }
  }
  const without = (values: readonly number[]) => values.filter((_, i) => i !== at);
  weight.pop();
  return { feature: without(path.feature), zero: without(path.zero), one: without(path.one), weight };
}

/** Sum of the weights of the path without its feature `at`. */
function unwoundSum(path: Path, at: number): number {
  const last = path.feature.length - 1;
  const one = path.one[at]!;
  const zero = path.zero[at]!;
  let next = path.weight[last]!;
  let total = 0;
  for (let i = last - 1; i >= 0; i--) {
    if (one !== 0) {
      const part = (next * (last + 1)) / ((i + 1) * one);
      total += part;
      next = path.weight[i]! - (part * zero * (last - i)) / (last + 1);
    } else {
      total += (path.weight[i]! * (last + 1)) / (zero * (last - i));
    }
  }
  return total;
}
