import { addRows, takeOut, wordsFor, type Bitmap } from './bitmap.js';
import type { OrderField, RangedColumn } from './tables.js';

/** In which order a column's ranges lie together. */
export const ORDER_OF = {
  year: 'RELEASE_DATE',
  voteCount: 'VOTE_COUNT',
  voteAverage: 'VOTE_AVERAGE',
  budget: 'BUDGET',
} as const satisfies Readonly<Record<RangedColumn, OrderField>>;

/** Rows between two prepared bitmaps. */
const STEP = 16_384;

/**
 * The bitmaps of a column's smallest values: the k-th holds the first k × STEP rows of `ascending`. Any range of
 * values is then the difference of two of them and of at most STEP rows at each end, however many films it has.
 * `known`: number of rows with a value; they come first in `ascending`.
 */
export function prepareSteps(ascending: Uint32Array, known: number): Bitmap {
  const words = wordsFor(ascending.length);
  const steps = new Uint32Array(words * (Math.floor(known / STEP) + 1));
  for (let at = STEP; at <= known; at += STEP) {
    const start = (at / STEP) * words;
    steps.copyWithin(start, start - words, start);
    addRows(steps.subarray(start, start + words), ascending, at - STEP, at);
  }
  return steps;
}

/** A number column that is asked for ranges of its values. */
export class Ranges {
  readonly #column: Float64Array;
  readonly #ascending: Uint32Array;
  readonly #steps: Bitmap;
  readonly #known: number;

  /** NaN in the column is null. */
  constructor(column: Float64Array, ascending: Uint32Array, steps: Bitmap) {
    this.#column = column;
    this.#ascending = ascending;
    this.#steps = steps;
    this.#known = this.#bound((value) => !Number.isNaN(value));
  }

  /** Rows whose value is known and from `least` to `most`, both included. */
  between(least: number, most: number): Bitmap {
    const from = this.#bound((value) => value < least);
    const to = Math.max(from, most === Infinity ? this.#known : this.#bound((value) => value <= most));
    const bits = this.#first(to);
    if (from > 0) takeOut(bits, this.#first(from));
    return bits;
  }

  /** How many rows have a smaller known value, and how many a larger one. */
  around(least: number, most: number): readonly [smaller: number, larger: number] {
    const upTo = most === Infinity ? this.#known : this.#bound((value) => value <= most);
    return [this.#bound((value) => value < least), this.#known - upTo];
  }

  #first(count: number): Bitmap {
    const words = wordsFor(this.#ascending.length);
    const step = Math.floor(count / STEP);
    const bits = this.#steps.slice(step * words, (step + 1) * words);
    addRows(bits, this.#ascending, step * STEP, count);
    return bits;
  }

  /** How many rows come before the first one that is not `before`. */
  #bound(before: (value: number) => boolean): number {
    let low = 0;
    let high = this.#ascending.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (before(this.#column[this.#ascending[middle]!]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
