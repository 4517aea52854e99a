import type { BinnedTable } from './bins.js';
import { Draft } from './draft.js';
import { HistogramLayout } from './histogram.js';
import { emptySplit, splitCategory, splitNumber, type Split, type SplitRules } from './split.js';

export interface GrowRules extends SplitRules {
  readonly maxDepth: number;
  /** Best gain first up to this many leaves; Infinity grows every branch to its depth. */
  readonly maxLeaves: number;
  /** Share of the features that are tried at each split, 0-1. */
  readonly featuresPerSplit: number;
}

/** A node whose rows are `order[from .. to)`, with the best split that was found for it. */
interface Open {
  readonly node: number;
  readonly depth: number;
  readonly from: number;
  readonly to: number;
  /** Kept only where children can be had by subtraction. */
  readonly histogram: Float64Array | null;
  readonly split: Split;
}

/** Grows the trees of one table. Its buffers are used again for every tree. */
export class TreeGrower {
  readonly #table: BinnedTable;
  readonly #rules: GrowRules;
  readonly #layout: HistogramLayout;
  readonly #scratch: Int32Array;

  constructor(table: BinnedTable, rules: GrowRules) {
    this.#table = table;
    this.#rules = rules;
    this.#layout = new HistogramLayout(table);
    this.#scratch = new Int32Array(table.rows);
  }

  /**
   * One tree for the responses G (weight × response) and H (weight) of the rows in `order`, which is reordered
   * so that every node's rows lie together. Each split draws its features anew when the rules say so; then
   * nothing can be had by subtraction. `random` gives numbers in [0, 1).
   */
  grow(
    g: Float64Array,
    h: Float64Array,
    order: Int32Array,
    features: Int32Array,
    random: () => number,
  ): Draft {
    const rules = this.#rules;
    const layout = this.#layout;
    const draft = new Draft();
    const drawn = Math.max(1, Math.round(rules.featuresPerSplit * features.length));
    const subtracts = drawn === features.length;

    const open = (
      node: number,
      depth: number,
      from: number,
      to: number,
      known: Float64Array | null,
    ): Open => {
      const split = emptySplit();
      if (this.#closed(depth, to - from, draft.cover[node]!)) {
        if (known !== null) layout.release(known);
        return { node, depth, from, to, histogram: null, split };
      }
      const chosen = subtracts ? features : draw(features, drawn, random);
      const histogram = known ?? layout.fill(order, from, to, g, h, chosen);
      for (const f of chosen) this.#search(histogram, f, split);
      const kept = subtracts && split.feature >= 0 && depth + 1 < rules.maxDepth;
      if (!kept) layout.release(histogram);
      return { node, depth, from, to, histogram: kept ? histogram : null, split };
    };

    const root = addNode(draft, g, h, order, 0, order.length, rules.lambda);
    const frontier = [open(root, 0, 0, order.length, null)];
    let leaves = 1;
    while (frontier.length > 0 && leaves < rules.maxLeaves) {
      const at = rules.maxLeaves === Infinity ? frontier.length - 1 : bestOf(frontier);
      const { node, depth, from, to, histogram, split } = frontier.splice(at, 1)[0]!;
      if (split.feature < 0) continue;
      leaves++;
      const middle = this.#partition(split, order, from, to);
      const left = addNode(draft, g, h, order, from, middle, rules.lambda);
      const right = addNode(draft, g, h, order, middle, to, rules.lambda);
      draft.branch(node, split, left, right);
      let ofLeft: Float64Array | null = null;
      let ofRight: Float64Array | null = null;
      if (histogram !== null) {
        const leftSmaller = middle - from <= to - middle;
        const [start, end] = leftSmaller ? [from, middle] : [middle, to];
        const small = layout.fill(order, start, end, g, h, features);
        layout.subtract(histogram, small);
        [ofLeft, ofRight] = leftSmaller ? [small, histogram] : [histogram, small];
      }
      frontier.push(open(left, depth + 1, from, middle, ofLeft));
      frontier.push(open(right, depth + 1, middle, to, ofRight));
    }
    for (const { histogram } of frontier) if (histogram !== null) layout.release(histogram);
    return draft;
  }

  #closed(depth: number, rows: number, weight: number): boolean {
    return depth >= this.#rules.maxDepth || rows < 2 || weight < 2 * this.#rules.minLeaf;
  }

  #search(histogram: Float64Array, f: number, split: Split): void {
    const search = this.#table.categorical[f] ? splitCategory : splitNumber;
    search(histogram, this.#layout.offsets[f]!, this.#table.counts[f]!, f, this.#rules, split);
  }

  /** Stable: rows that go left first, both sides in their order. Returns where the right side starts. */
  #partition({ feature, mask }: Split, order: Int32Array, from: number, to: number): number {
    const column = this.#table.columns[feature]!;
    const scratch = this.#scratch;
    let left = from;
    let right = 0;
    for (let i = from; i < to; i++) {
      const row = order[i]!;
      const bin = column[row]!;
      if ((mask[bin >> 5]! >>> (bin & 31)) & 1) order[left++] = row;
      else scratch[right++] = row;
    }
    order.set(scratch.subarray(0, right), left);
    return left;
  }
}

/** `count` of the features without repetition, by a partial Fisher-Yates shuffle. */
function draw(features: Int32Array, count: number, random: () => number): Int32Array {
  const pool = features.slice();
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (pool.length - i));
    const kept = pool[i]!;
    pool[i] = pool[j]!;
    pool[j] = kept;
  }
  return pool.subarray(0, count);
}

function bestOf(frontier: readonly Open[]): number {
  let best = 0;
  for (let i = 1; i < frontier.length; i++) {
    if (frontier[i]!.split.gain > frontier[best]!.split.gain) best = i;
  }
  return best;
}

function addNode(
  draft: Draft,
  g: Float64Array,
  h: Float64Array,
  order: Int32Array,
  from: number,
  to: number,
  lambda: number,
): number {
  let sumG = 0;
  let sumH = 0;
  for (let i = from; i < to; i++) {
    sumG += g[order[i]!]!;
    sumH += h[order[i]!]!;
  }
  return draft.add(sumH + lambda > 0 ? sumG / (sumH + lambda) : 0, sumH, from, to);
}
