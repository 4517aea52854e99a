import { bytesOf, floatsOf, integersOf, packed, shortsOf } from '../packed.js';
import type { BinRule } from './bins.js';
import { MASK_WORDS, type Tree } from './tree.js';

/**
 * Trees as text: base64 of little-endian arrays, so that every bit returns. Per node a feature (int16, -1 for a
 * leaf), the value and the cover (float32); per inner node its right child (int32; the left one follows in
 * `left`) and its rule, two bytes for a number (last bin that goes left, 1 if missing values do) and the 32-byte
 * mask for a category.
 */
export interface PackedTrees {
  /** Nodes of each tree. */
  readonly sizes: readonly number[];
  readonly feature: string;
  readonly value: string;
  readonly cover: string;
  readonly left: string;
  readonly right: string;
  readonly rules: string;
}

export function packTrees(trees: readonly Tree[], bins: readonly BinRule[]): PackedTrees {
  const nodes = (pick: (tree: Tree) => ArrayLike<number>) => trees.flatMap((tree) => Array.from(pick(tree)));
  const inner = (pick: (tree: Tree) => Int32Array) =>
    trees.flatMap((tree) => [...pick(tree)].filter((_, node) => tree.feature[node]! >= 0));
  const rules: number[] = [];
  for (const tree of trees) {
    tree.feature.forEach((f, node) => {
      if (f < 0) return;
      const words = tree.mask.subarray(node * MASK_WORDS, (node + 1) * MASK_WORDS);
      rules.push(...(bins[f]!.kind === 'number' ? numberRule(words) : maskBytes(words)));
    });
  }
  return {
    sizes: trees.map((tree) => tree.feature.length),
    feature: packed(Int16Array.from(nodes((tree) => tree.feature))),
    value: packed(Float32Array.from(nodes((tree) => tree.value))),
    cover: packed(Float32Array.from(nodes((tree) => tree.cover))),
    left: packed(Int32Array.from(inner((tree) => tree.left))),
    right: packed(Int32Array.from(inner((tree) => tree.right))),
    rules: packed(Uint8Array.from(rules)),
  };
}

/** Throws when the arrays do not fit together. */
export function unpackTrees(text: PackedTrees, bins: readonly BinRule[]): Tree[] {
  const feature = shortsOf(text.feature);
  const [value, cover] = [floatsOf(text.value), floatsOf(text.cover)];
  const [left, right] = [integersOf(text.left), integersOf(text.right)];
  const rules = bytesOf(text.rules);
  const nodes = text.sizes.reduce((a, b) => a + b, 0);
  if (feature.length !== nodes || value.length !== nodes || cover.length !== nodes) {
    throw new Error(`The model says ${nodes} tree nodes and holds ${feature.length}; train it again.`);
  }
  let from = 0;
  let inner = 0;
  let byte = 0;
  return text.sizes.map((size): Tree => {
    const tree: Tree = {
      feature: feature.slice(from, from + size),
      mask: new Uint32Array(size * MASK_WORDS),
      left: new Int32Array(size),
      right: new Int32Array(size),
      value: value.slice(from, from + size),
      cover: cover.slice(from, from + size),
    };
    from += size;
    tree.feature.forEach((f, node) => {
      if (f < 0) return;
      const rule = bins[f];
      if (rule === undefined || !(left[inner]! < size) || !(right[inner]! < size)) {
        throw new Error('The trees of the model point outside of it; train it again.');
      }
      tree.left[node] = left[inner]!;
      tree.right[node] = right[inner++]!;
      const length = rule.kind === 'number' ? 2 : 4 * MASK_WORDS;
      const bytes = rules.subarray(byte, (byte += length));
      tree.mask.set(rule.kind === 'number' ? numberMask(bytes) : maskWords(bytes), node * MASK_WORDS);
    });
    return tree;
  });
}

function numberRule(words: Uint32Array): number[] {
  let last = 255;
  while (last > 0 && !((words[last >> 5]! >>> (last & 31)) & 1)) last--;
  return [last, words[0]! & 1];
}

function numberMask(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array(MASK_WORDS);
  for (let bin = 1; bin <= bytes[0]!; bin++) words[bin >> 5]! |= 1 << (bin & 31);
  words[0]! |= bytes[1]!;
  return words;
}

function maskBytes(words: Uint32Array): number[] {
  return [...words].flatMap((word) => [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24]);
}

function maskWords(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Uint32Array.from({ length: MASK_WORDS }, (_, i) => view.getUint32(4 * i, true));
}
