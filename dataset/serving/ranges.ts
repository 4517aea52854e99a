import { partitionPoint } from '../../models/rising.js';
import { addRows, dropRows, holds, wordsFor, type Bitmap } from './bitmap.js';
import type { Narrowing } from './narrowing.js';
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

/** Rows that are taken out and put in again. */
const NOTED = new Uint32Array(2 * STEP);

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

  /** Takes all rows outside of the stretch out. */
  narrow(to: Narrowing, { from, to: end }: Stretch): void {
    const first = this.#nearest(from);
    // What the nearest bitmaps take out too much, and afterwards what they leave too much.
    let kept = this.#note(to.bits, from, Math.min(first * STEP, end), 0);
    if (end === this.known) {
      this.#all ??= to.lasting((bits) => addRows(bits, this.ascending, 0, end));
      to.keepBetween(this.#step(first), this.#all);
    } else {
      const last = this.#nearest(end);
      kept = this.#note(to.bits, Math.max(last * STEP, from), end, kept);
      to.keepBetween(this.#step(first), this.#step(last));
      dropRows(to.bits, this.ascending, end, last * STEP);
    }
    dropRows(to.bits, this.ascending, first * STEP, from);
    addRows(to.bits, NOTED, 0, kept);
  }

  /** The prepared bitmap that ends nearest to a place. */
  #nearest(place: number): number {
    return Math.min(Math.round(place / STEP), Math.floor(this.known / STEP));
  }

  /** Notes which of a part of `ascending` the bits have, after so many noted before; how many are then. */
  #note(bits: Bitmap, from: number, to: number, before: number): number {
    const rows = this.ascending;
    let count = before;
    for (let i = from; i < to; i++) if (holds(bits, rows[i]!)) NOTED[count++] = rows[i]!;
    return count;
  }

  #step(at: number): Bitmap {
    const words = wordsFor(this.ascending.length);
    return this.#steps.subarray(at * words, (at + 1) * words);
  }

  /** How many rows come before the first one that is not `before`. */
  #bound(before: (value: number) => boolean): number {
    const [column, rows] = [this.#column, this.ascending];
    return partitionPoint(0, rows.length, (place) => before(column[rows[place]!]!));
  }
}
