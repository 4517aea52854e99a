import { MASK_WORDS, type Tree } from './tree.js';

/** Words of a node: its rule (negative in a leaf), then a leaf's answer or the place of an inner node's children. */
const WORDS = 2;

/**
 * A rule in one word: the feature, 1 if missing values go right, and how many of the bins from the first that goes
 * left do. `MASKED` stands for bins that are no run, of a category: those have a mask.
 */
const FEATURE = 10;
const FIRST = 9;
const RUN = (1 << FIRST) - 1;
export const MASKED = RUN;

/**
 * Trees side by side in one array, for the answer of one row: its walks then stay in a core's nearest memory and
 * allocate nothing. For many rows, one tree after the other, the trees' own arrays serve as well.
 */
export class FlatTrees {
  /** Eight bytes a node, siblings side by side, the left one first; the roots come first of all. */
  readonly #nodes: Int32Array;
  readonly #values: Float32Array;
  readonly #roots: number;
  /** By node, where its rule says so: its place in the masks. */
  readonly #maskOf: ReadonlyMap<number, number>;
  readonly #masks: Uint32Array;

  constructor(trees: readonly Tree[]) {
    const size = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
    this.#nodes = new Int32Array(WORDS * size);
    this.#values = new Float32Array(this.#nodes.buffer);
    this.#roots = trees.length;
    const maskOf = new Map<number, number>();
    const masks: number[] = [];
    let end = trees.length;
    const lay = (tree: Tree, node: number, at: number): void => {
      const feature = tree.feature[node]!;
      if (feature < 0) {
        this.#nodes[WORDS * at] = -1;
        this.#values[WORDS * at + 1] = tree.value[node]!;
        return;
      }
      const mask = tree.mask.subarray(node * MASK_WORDS, (node + 1) * MASK_WORDS);
      const run = runOf(mask);
      if (run === MASKED) {
        maskOf.set(at, masks.length);
        masks.push(...mask);
      }
      this.#nodes[WORDS * at] = (feature << FEATURE) | run;
      const left = end;
      end += 2;
      this.#nodes[WORDS * at + 1] = left;
      lay(tree, tree.left[node]!, left);
      lay(tree, tree.right[node]!, left + 1);
    };
    trees.forEach((tree, t) => lay(tree, 0, t));
    this.#maskOf = maskOf;
    this.#masks = Uint32Array.from(masks);
  }

  /** The sum of the trees' answers for one row, given by its bins: the same bits as adding tree by tree. */
  sum(bins: Uint8Array): number {
    const nodes = this.#nodes;
    const values = this.#values;
    let sum = 0;
    for (let root = 0; root < this.#roots; root++) {
      let at = root;
      for (let rule = nodes[WORDS * at]!; rule >= 0; rule = nodes[WORDS * at]!) {
        const bin = bins[rule >> FEATURE]!;
        const right = (rule & RUN) === MASKED ? this.#right(at, bin) : rightOf(rule, bin);
        at = nodes[WORDS * at + 1]! + right;
      }
      sum += values[WORDS * at + 1]!;
    }
    return sum;
  }

  #right(at: number, bin: number): number {
    return ((this.#masks[this.#maskOf.get(at)! + (bin >> 5)]! >>> (bin & 31)) & 1) ^ 1;
  }
}

/** The lower bits of a rule. */
export function runOf(mask: Uint32Array): number {
  const has = (bin: number): boolean => ((mask[bin >> 5]! >>> (bin & 31)) & 1) === 1;
  const first = has(0) ? 0 : 1;
  let end = first;
  while (end < 32 * MASK_WORDS && has(end)) end++;
  for (let bin = end; bin < 32 * MASK_WORDS; bin++) if (has(bin)) return MASKED;
  return (first << FIRST) | (end - first);
}

/** 1 if a row with this bin goes right, else 0; of a rule that is not `MASKED`. */
export function rightOf(rule: number, bin: number): number {
  const place = bin - ((rule >> FIRST) & 1);
  // The sign bit of either is 1 outside of the run: a branch here would be guessed wrong half the time.
  return (place | ((rule & RUN) - 1 - place)) >>> 31;
}
