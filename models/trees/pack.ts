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
    feature: toBase64(
      trees.flatMap((tree) => [...tree.feature]),
      2,
      (view, at, v) => view.setInt16(at, v, true),
    ),
    value: toBase64(
      trees.flatMap((tree) => [...tree.value]),
      4,
      setFloat,
    ),
    cover: toBase64(
      trees.flatMap((tree) => [...tree.cover]),
      4,
      setFloat,
    ),
    left: toBase64(
      inner((tree) => tree.left),
      4,
      setInt,
    ),
    right: toBase64(
      inner((tree) => tree.right),
      4,
      setInt,
    ),
    rules: Buffer.from(rules).toString('base64'),
  };
}

/** Throws when the arrays do not fit together. */
export function unpackTrees(packed: PackedTrees, bins: readonly BinRule[]): Tree[] {
  const feature = fromBase64(packed.feature, 2, (view, at) => view.getInt16(at, true));
  const value = fromBase64(packed.value, 4, (view, at) => view.getFloat32(at, true));
  const cover = fromBase64(packed.cover, 4, (view, at) => view.getFloat32(at, true));
  const left = fromBase64(packed.left, 4, (view, at) => view.getInt32(at, true));
  const right = fromBase64(packed.right, 4, (view, at) => view.getInt32(at, true));
  const rules = Buffer.from(packed.rules, 'base64');
  const nodes = packed.sizes.reduce((a, b) => a + b, 0);
  if (feature.length !== nodes || value.length !== nodes || cover.length !== nodes) {
    throw new Error(`The model says ${nodes} tree nodes and holds ${feature.length}; train it again.`);
  }
  let from = 0;
  let inner = 0;
  let byte = 0;
  return packed.sizes.map((size): Tree => {
    const tree: Tree = {
      feature: Int16Array.from(feature.slice(from, from + size)),
      mask: new Uint32Array(size * MASK_WORDS),
      left: new Int32Array(size),
      right: new Int32Array(size),
      value: Float32Array.from(value.slice(from, from + size)),
      cover: Float32Array.from(cover.slice(from, from + size)),
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

function maskWords(bytes: Buffer): Uint32Array {
  return Uint32Array.from({ length: MASK_WORDS }, (_, i) => bytes.readUInt32LE(4 * i));
}

const setInt = (view: DataView, at: number, value: number) => view.setInt32(at, value, true);
const setFloat = (view: DataView, at: number, value: number) => view.setFloat32(at, value, true);

function toBase64(
  values: readonly number[],
  width: number,
  set: (view: DataView, at: number, value: number) => void,
): string {
  const bytes = new ArrayBuffer(values.length * width);
  const view = new DataView(bytes);
  values.forEach((value, i) => set(view, i * width, value));
  return Buffer.from(bytes).toString('base64');
}

function fromBase64(text: string, width: number, get: (view: DataView, at: number) => number): number[] {
  const bytes = Buffer.from(text, 'base64');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / width) }, (_, i) => get(view, i * width));
}
