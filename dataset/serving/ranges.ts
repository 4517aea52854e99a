import { addRows, bitmapOf, dropRows, holds, keepBetween, wordsFor, type Bitmap } from './bitmap.js';
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

/** A part of `ascending`: from `from` to `to - 1`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A number column that is asked for ranges of its values. */
export class Ranges {
  /** Rows by value, nulls last. */
  readonly ascending: Uint32Array;
  /** How many rows have a value. */
  readonly known: number;
  readonly #column: Float64Array;
  readonly #steps: Bitmap;
  /** Which rows have a value; made at the first question that needs it. */
  #all: Bitmap | undefined;

  /** NaN in the column is null. */
  constructor(column: Float64Array, ascending: Uint32Array, steps: Bitmap) {
    this.#column = column;
    this.ascending = ascending;
    this.#steps = steps;
    this.known = this.#bound((value) => !Number.isNaN(value));
  }

  /** Rows whose value is known and from `least` to `most`, both included. */
  stretch(least: number, most: number): Stretch {
    const from = least === -Infinity ? 0 : this.#bound((value) => value < least);
    const to = most === Infinity ? this.known : this.#bound((value) => value <= most);
    return { from, to: Math.max(from, to) };
  }

  /** `of` loses all rows outside of the stretch. */
  narrow(of: Bitmap, { from, to }: Stretch): void {
    const [first, last] = [Math.floor(from / STEP), Math.floor(to / STEP)];
    if (to === this.known) {
      this.#all ??= bitmapOf(this.ascending.subarray(0, to), this.ascending.length);
      keepBetween(of, this.#step(first), this.#all);
    } else {
      const beyond = this.ascending.subarray(last * STEP, to).filter((row) => holds(of, row));
      keepBetween(of, this.#step(first), this.#step(last));
      addRows(of, beyond, 0, beyond.length);
    }
    dropRows(of, this.ascending, first * STEP, from);
  }

  #step(at: number): Bitmap {
    const words = wordsFor(this.ascending.length);
    return this.#steps.subarray(at * words, (at + 1) * words);
  }

  /** How many rows come before the first one that is not `before`. */
  #bound(before: (value: number) => boolean): number {
    let low = 0;
    let high = this.ascending.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (before(this.#column[this.ascending[middle]!]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
