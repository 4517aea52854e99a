import { MASKED, rightOf, runOf } from './flat.js';
import { childOf, MASK_WORDS, type Tree } from './tree.js';

/** The tree's answer averaged over its training rows. */
export function expectedValue(tree: Tree): number {
  let sum = 0;
  tree.feature.forEach((f, node) => {
    if (f < 0) sum += tree.cover[node]! * tree.value[node]!;
  });
  return tree.cover[0]! > 0 ? sum / tree.cover[0]! : tree.value[0]!;
}

/**
 * SHAP values of a sum of trees, path-dependent as TreeSHAP's (Lundberg et al. 2020), in time linear in the nodes
 * as Linear TreeSHAP (Yu et al. 2022). What depends on the trees alone is computed once, all memory is kept.
 *
 * A leaf counts for a set S of known features as value × Π o over S × Π z over the path's other features: o is 1
 * where the row takes the leaf's side at all splits by the feature, else 0; z is the share of training rows that
 * does. A feature's Shapley value in this is value × (o - z) × ∫₀¹ Π (t·o + (1-t)·z) dt over the path's *other*
 * features (the multilinear extension, Owen 1972): of a polynomial, so Gauss-Legendre quadrature is exact. The
 * product without a feature is the whole path's over the feature's factor, so sums over the leaves below a node
 * serve all features above it.
 */
export class Explainer {
  readonly #trees: readonly Tree[];
  /** Where each tree's nodes begin below: its root, then siblings side by side, the left one first. */
  readonly #starts: Int32Array;
  /** Per node: its place in its tree, its parent's place here, the feature that its parent splits by. */
  readonly #node: Int32Array;
  readonly #parent: Int32Array;
  readonly #feature: Int32Array;
  /** Which bins of it go left, as `runOf` says: a mask takes longer to read. */
  readonly #rule: Int16Array;
  /** The nearest node above whose parent splits by the same feature; the root, whose o and z are 1, if none does. */
  readonly #before: Int32Array;
  /** z of that feature, over all its splits above. */
  readonly #zero: Float64Array;
  /** Answer of a leaf; 0 of an inner node. */
  readonly #value: Float64Array;
  /** Points of the quadrature. */
  readonly #points: number;
  /**
   * By what the path's product changes at a node, and what its sum adds to the feature, at each point. Three of both,
   * by o of the node plus o of the one before: it decides both.
   */
  readonly #ratio: Float64Array;
  readonly #effect: Float64Array;
  /**
   * For the row and tree at hand: o of each node; per node and point the path's product, and its sum over the leaves
   * below. The next tree writes over them: so they stay in a core's nearest memory.
   */
  readonly #one: Uint8Array;
  readonly #product: Float64Array;
  readonly #sum: Float64Array;

  constructor(trees: readonly Tree[]) {
    const size = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
    this.#trees = trees;
    this.#starts = new Int32Array(trees.length + 1);
    this.#node = new Int32Array(size);
    this.#parent = new Int32Array(size);
    this.#feature = new Int32Array(size).fill(-1);
    this.#rule = new Int16Array(size);
    this.#before = new Int32Array(size);
    this.#zero = new Float64Array(size).fill(1);
    this.#value = new Float64Array(size);
    let [most, largest] = [1, 1];
    trees.forEach((tree, t) => {
      const from = this.#starts[t]!;
      this.#starts[t + 1] = from + tree.feature.length;
      most = Math.max(most, this.#lay(tree, from));
      largest = Math.max(largest, tree.feature.length);
    });
    // Of all features of a path but one: degree most - 1, and n points are exact to degree 2n - 1.
    const [points, weights] = gaussLegendre(Math.ceil(most / 2));
    this.#points = points.length;
    this.#ratio = new Float64Array(3 * size * points.length);
    this.#effect = new Float64Array(3 * size * points.length);
    for (let at = 0, cell = 0; at < size; at++) {
      const zero = this.#zero[at]!;
      const zeroBefore = this.#zero[this.#before[at]!]!;
      for (let ones = 0; ones < 3; ones++) {
        const one = ones === 2 ? 1 : 0;
        const oneBefore = ones > 0 ? 1 : 0;
        points.forEach((t, q) => {
          const factor = t * one + (1 - t) * zero;
          const before = inverse(t * oneBefore + (1 - t) * zeroBefore);
          this.#ratio[cell] = factor * before;
          this.#effect[cell++] =
            weights[q]! * ((one - zero) * inverse(factor) - (oneBefore - zeroBefore) * before);
        });
      }
    }
    this.#one = new Uint8Array(largest).fill(1);
    this.#product = new Float64Array(largest * points.length).fill(1);
    this.#sum = new Float64Array(largest * points.length);
  }

  /** The SHAP value of each feature for one row, given by its bins. */
  effects(bins: Uint8Array): Float64Array {
    const effects = new Float64Array(bins.length);
    this.#trees.forEach((tree, t) => {
      const [from, end] = [this.#starts[t]!, this.#starts[t + 1]!];
      this.#descend(tree, from, end, bins);
      this.#ascend(from, end, effects);
    });
    return effects;
  }

  /** Fills what depends on the tree alone. Returns the most features that a path has. */
  #lay(tree: Tree, from: number): number {
    const features = new Int32Array(tree.feature.length);
    this.#before[from] = from;
    let end = from + 1;
    for (let at = from; at < end; at++) {
      const node = this.#node[at]!;
      const split = tree.feature[node]!;
      if (split < 0) {
        this.#value[at] = tree.value[node]!;
        continue;
      }
      let above = at;
      while (above > from && this.#feature[above] !== split) above = this.#parent[above]!;
      const rule = runOf(tree.mask.subarray(node * MASK_WORDS, (node + 1) * MASK_WORDS));
      for (const child of [tree.left[node]!, tree.right[node]!]) {
        const share = tree.cover[node]! > 0 ? tree.cover[child]! / tree.cover[node]! : 0;
        this.#node[end] = child;
        this.#parent[end] = at;
        this.#feature[end] = split;
        this.#rule[end] = rule;
        this.#before[end] = above;
        this.#zero[end] = this.#zero[above]! * share;
        features[end - from] = features[at - from]! + (above === from ? 1 : 0);
        end++;
      }
    }
    return features.reduce((a, b) => Math.max(a, b), 0);
  }

  /** From the root down: o and the products of the paths. */
  #descend(tree: Tree, from: number, end: number, bins: Uint8Array): void {
    const points = this.#points;
    const one = this.#one;
    const product = this.#product;
    const ratio = this.#ratio;
    for (let at = from + 1; at < end; at += 2) {
      const parent = this.#parent[at]!;
      const before = one[this.#before[at]! - from]!;
      const rule = this.#rule[at]!;
      const bin = bins[this.#feature[at]!]!;
      const goesRight =
        rule === MASKED
          ? Number(childOf(tree, this.#node[parent]!, bin) !== this.#node[at]!)
          : rightOf(rule, bin);
      const right = before & goesRight;
      const left = before - right;
      one[at - from] = left;
      one[at + 1 - from] = right;
      const above = (parent - from) * points;
      const to = (at - from) * points;
      const fromLeft = (3 * at + left + before) * points;
      const fromRight = (3 * (at + 1) + right + before) * points;
      for (let q = 0; q < points; q++) {
        product[to + q] = product[above + q]! * ratio[fromLeft + q]!;
        product[to + points + q] = product[above + q]! * ratio[fromRight + q]!;
      }
    }
  }

  /** From the leaves up: the sums, and what each split adds beyond the one above it by the same feature. */
  #ascend(from: number, end: number, effects: Float64Array): void {
    const points = this.#points;
    const one = this.#one;
    const sum = this.#sum;
    const product = this.#product;
    const effect = this.#effect;
    sum.fill(0, 0, (end - from) * points);
    for (let at = end - 1; at > from; at--) {
      const value = this.#value[at]!;
      const above = (this.#parent[at]! - from) * points;
      const own = (at - from) * points;
      const cell = (3 * at + one[at - from]! + one[this.#before[at]! - from]!) * points;
      let gain = 0;
      for (let q = 0; q < points; q++) {
        const total = sum[own + q]! + value * product[own + q]!;
        sum[above + q]! += total;
        gain += total * effect[cell + q]!;
      }
      effects[this.#feature[at]!]! += gain;
    }
  }
}

/** 0 for 0: what no training row takes counts for nothing. */
function inverse(value: number): number {
  return value === 0 ? 0 : 1 / value;
}

/** Points and weights of Gauss-Legendre quadrature on [0, 1]: roots of Legendre's polynomial, by Newton's method. */
function gaussLegendre(count: number): [Float64Array, Float64Array] {
  const points = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 1;
    for (let step = 0; step < 20; step++) {
      let [before, value] = [1, x];
      for (let n = 2; n <= count; n++)
        [before, value] = [value, ((2 * n - 1) * x * value - (n - 1) * before) / n];
      slope = (count * (x * value - before)) / (x * x - 1);
      x -= value / slope;
    }
    points[i] = (1 + x) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
  return [points, weights];
}
