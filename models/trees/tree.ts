import type { BinnedTable } from './bins.js';

/**
 * A binary tree in flat arrays, node 0 its root. A row goes left when its bin's bit is set in the node's 256-bit
 * mask: one rule for numbers, categories and missing values alike.
 */
export interface Tree {
  /** Feature of a node, -1 for a leaf. */
  readonly feature: Int16Array;
  /** Eight words a node; empty for leaves. */
  readonly mask: Uint32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** What a leaf answers; an inner node's is its rows' own answer. */
  readonly value: Float32Array;
  /** Weight of the training rows in a node. */
  readonly cover: Float32Array;
}

export const MASK_WORDS = 8;

/** The child that a row with this bin goes to. */
export function childOf(tree: Tree, node: number, bin: number): number {
  const word = tree.mask[node * MASK_WORDS + (bin >> 5)]!;
  return (word >>> (bin & 31)) & 1 ? tree.left[node]! : tree.right[node]!;
}

/** Adds `scale` × the tree's answer to `sums`, for every row of the table or for those of `rows`. */
export function addPredictions(
  tree: Tree,
  table: BinnedTable,
  sums: Float64Array,
  scale: number,
  rows?: Int32Array,
): void {
  const { feature, value, left, right, mask } = tree;
  const { columns } = table;
  const count = rows?.length ?? table.rows;
  for (let i = 0; i < count; i++) {
    const row = rows === undefined ? i : rows[i]!;
    let node = 0;
    for (let f = feature[0]!; f >= 0; f = feature[node]!) {
      const bin = columns[f]![row]!;
      node = (mask[node * MASK_WORDS + (bin >> 5)]! >>> (bin & 31)) & 1 ? left[node]! : right[node]!;
    }
    sums[row]! += scale * value[node]!;
  }
}
