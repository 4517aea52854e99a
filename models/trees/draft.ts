import type { Split } from './split.js';
import { MASK_WORDS, type Tree } from './tree.js';

/** A tree while it grows: its nodes so far, each with the part of the row order that it holds. */
export class Draft {
  readonly cover: number[] = [];
  readonly #value: number[] = [];
  readonly #feature: number[] = [];
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  readonly #masks: (Uint32Array | null)[] = [];
  readonly #from: number[] = [];
  readonly #to: number[] = [];

  /** Adds a leaf and returns its number. */
  add(value: number, cover: number, from: number, to: number): number {
    this.#value.push(value);
    this.cover.push(cover);
    this.#feature.push(-1);
    this.#left.push(0);
    this.#right.push(0);
    this.#from.push(from);
    this.#to.push(to);
    return this.#masks.push(null) - 1;
  }

  /** Makes a leaf an inner node. */
  branch(node: number, split: Split, left: number, right: number): void {
    this.#feature[node] = split.feature;
    this.#left[node] = left;
    this.#right[node] = right;
    this.#masks[node] = split.mask;
  }

  /** Adds `scale` × a leaf's value to the sums of the rows in it. */
  addLeaves(order: Int32Array, sums: Float64Array, scale: number): void {
    this.#feature.forEach((feature, node) => {
      if (feature >= 0) return;
      const added = scale * Math.fround(this.#value[node]!);
      const to = this.#to[node]!;
      for (let i = this.#from[node]!; i < to; i++) sums[order[i]!]! += added;
    });
  }

  finish(): Tree {
    const mask = new Uint32Array(this.#feature.length * MASK_WORDS);
    this.#masks.forEach((words, node) => words !== null && mask.set(words, node * MASK_WORDS));
    return {
      feature: Int16Array.from(this.#feature),
      mask,
      left: Int32Array.from(this.#left),
      right: Int32Array.from(this.#right),
      value: Float32Array.from(this.#value),
      cover: Float32Array.from(this.cover),
    };
  }
}
