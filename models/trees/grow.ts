import { Draft } from './draft.js';
import type { GrowSpace } from './space.js';
import { emptySplit, type Split, type SplitRules } from './split.js';
import { Steps } from './steps.js';

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
  /** Sums of G and H. */
  readonly g: number;
  readonly h: number;
  readonly split: Split;
  /** Its histogram's; -1 where there is none, or none that its children could be had from. */
  slot: number;
}

/** Histograms that are kept at once: of the leaves that may yet be split, and of those being made. */
export function slotsOf(rules: GrowRules, features: number): number {
  if (drawnOf(rules, features) < features) return 1;
  return 2 + (rules.maxLeaves === Infinity ? rules.maxDepth + 1 : rules.maxLeaves);
}

function drawnOf({ featuresPerSplit }: GrowRules, features: number): number {
  return Math.max(1, Math.round(featuresPerSplit * features));
}

/** Grows the trees of one table in its region of the memory, one after the other. */
export class TreeGrower {
  readonly #space: GrowSpace;
  readonly #rules: GrowRules;
  readonly #steps: Steps;
  readonly #free: number[];

  /** `helpers`: how many other threads do steps of the same space. */
  constructor(space: GrowSpace, rules: GrowRules, helpers: number) {
    this.#space = space;
    this.#rules = rules;
    this.#steps = new Steps(space, rules, helpers);
    this.#free = Array.from({ length: space.shared.slots }, (_, slot) => slot);
  }

  /**
   * One tree for the responses G (weight × response) and H (weight) in `space.pairs`, of the first `rows` of
   * `space.order`, which is reordered so that every node's rows lie together. Each split draws its features anew
   * when the rules say so; then nothing can be had by subtraction. `random` gives numbers in [0, 1).
   */
  grow(rows: number, features: Int32Array, random: () => number): Draft {
    const { maxDepth, maxLeaves } = this.#rules;
    const draft = new Draft();
    const drawn = drawnOf(this.#rules, features.length);
    const subtracts = drawn === features.length;
    const search = (open: Open): void => {
      if (this.#closed(open)) return;
      this.#search(open, subtracts ? features : draw(features, drawn, random));
      if (!subtracts) this.#release(open);
    };

    const root = this.#root(draft, rows);
    const frontier = [root];
    search(root);
    let leaves = 1;
    while (frontier.length > 0 && leaves < maxLeaves) {
      const at = maxLeaves === Infinity ? frontier.length - 1 : bestOf(frontier);
      const parent = frontier.splice(at, 1)[0]!;
      if (parent.split.feature < 0) continue;
      leaves++;
      const [left, right] = this.#part(draft, parent);
      const searched = leaves < maxLeaves && parent.depth + 1 < maxDepth;
      if (searched && subtracts) this.#searchBoth(parent, left, right, features);
      else {
        this.#release(parent);
        if (searched) for (const child of [left, right]) search(child);
      }
      frontier.push(left, right);
    }
    for (const open of frontier) this.#release(open);
    return draft;
  }

  /** Lets the helpers go. */
  end(): void {
    this.#steps.end();
  }

  #root(draft: Draft, rows: number): Open {
    const { order, pairs } = this.#space;
    let g = 0;
    let h = 0;
    for (let i = 0; i < rows; i++) {
      g += pairs[2 * order[i]!]!;
      h += pairs[2 * order[i]! + 1]!;
    }
    return this.#add(draft, this.#rules.lambda, 0, 0, rows, g, h);
  }

  #add(draft: Draft, lambda: number, depth: number, from: number, to: number, g: number, h: number): Open {
    const weight = h + lambda;
    const node = draft.add(weight > 0 ? g / weight : 0, h, from, to);
    return { node, depth, from, to, g, h, split: emptySplit(), slot: -1 };
  }

  #part(draft: Draft, { node, depth, from, to, g, h, split }: Open): [Open, Open] {
    const middle = this.#space.partition(split.feature, split.mask, from, to);
    const { lambda, categoryLambda } = this.#rules;
    const penalty = this.#space.shared.categorical[split.feature] ? lambda + categoryLambda : lambda;
    const left = this.#add(draft, penalty, depth + 1, from, middle, split.g, split.h);
    const right = this.#add(draft, penalty, depth + 1, middle, to, g - split.g, h - split.h);
    draft.branch(node, split, left.node, right.node);
    return [left, right];
  }

  #closed({ depth, from, to, h }: Open): boolean {
    return depth >= this.#rules.maxDepth || to - from < 2 || h < 2 * this.#rules.minLeaf;
  }

  #search(open: Open, features: Int32Array): void {
    open.slot = this.#free.pop()!;
    const { from, to, g, h, slot, split } = open;
    this.#steps.run({ from, to, fill: slot, rest: -1, g, h, restG: 0, restH: 0 }, features, split, split);
    if (split.feature < 0) this.#release(open);
  }

  /** The smaller child is added up, the other one's histogram is what is left of the parent's. */
  #searchBoth(parent: Open, left: Open, right: Open, features: Int32Array): void {
    const [small, large] = left.to - left.from <= right.to - right.from ? [left, right] : [right, left];
    if (this.#closed(large)) {
      // Then the smaller one is, too, or has the weight with the fewer rows.
      this.#release(parent);
      if (!this.#closed(small)) this.#search(small, features);
      return;
    }
    small.slot = this.#free.pop()!;
    large.slot = parent.slot;
    parent.slot = -1;
    const { from, to, g, h } = small;
    const sums = { g, h, restG: large.g, restH: large.h };
    this.#steps.run(
      { from, to, fill: small.slot, rest: large.slot, ...sums },
      features,
      small.split,
      large.split,
    );
    if (this.#closed(small)) [small.split.feature, small.split.gain] = [-1, 0];
    for (const open of [small, large]) if (open.split.feature < 0) this.#release(open);
  }

  #release(open: Open): void {
    if (open.slot >= 0) this.#free.push(open.slot);
    open.slot = -1;
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
