import { LRUCache } from 'lru-cache';
import { partitionPoint } from '../../models/rising.js';
import { addRows, wordsFor, type Bitmap } from './bitmap.js';
import type { Narrowing } from './narrowing.js';
import type { OrderField, RangedColumn, StepTable } from './tables.js';

/** In which order a column's ranges lie together. */
export const ORDER_OF = {
  year: 'RELEASE_DATE',
  voteCount: 'VOTE_COUNT',
  voteAverage: 'VOTE_AVERAGE',
  budget: 'BUDGET',
} as const satisfies Readonly<Record<RangedColumn, OrderField>>;

/** Rows from one prepared bitmap to the next, at most, unless all of them have one value. */
const STEP = 8192;

/**
 * The bitmaps of a column's smallest values: the k-th holds the first `ends[k]` rows of `ascending`. Each ends where a
 * value does, as ranges do: what lies between two of them is either one value or few rows. Any range of values is then
 * the difference of two bitmaps but for at most a STEP of rows at each end, and for none where a year or a count has
 * many films. `known`: number of rows with a value; they come first in `ascending`.
 */
export function prepareSteps(column: Float64Array, ascending: Uint32Array, known: number): StepTable {
  const ends = [0];
  // Where the value before the present one began.
  let end = 0;
  for (let at = 1; at <= known; at++) {
    if (at < known && column[ascending[at]!] === column[ascending[at - 1]!]) continue;
    if (at - ends.at(-1)! > STEP && end > ends.at(-1)!) ends.push(end);
    end = at;
  }
  if (known > 0) ends.push(known);
  const words = wordsFor(ascending.length);
  const bits = new Uint32Array(words * ends.length);
  for (let k = 1; k < ends.length; k++) {
    bits.copyWithin(k * words, (k - 1) * words, k * words);
    addRows(bits.subarray(k * words, (k + 1) * words), ascending, ends[k - 1]!, ends[k]!);
  }
  return { ends: Uint32Array.from(ends), bits };
}

/** A part of `ascending`: from `from` to `to - 1`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Bounds whose places are kept: to find one takes twenty looks at a far place in memory, and at another from there. */
const KEPT = 1000;

/** A number column that is asked for ranges of its values. */
export class Ranges {
  /** Rows by value, nulls last. */
  readonly ascending: Uint32Array;
  /** How many rows have a value. */
  readonly known: number;
  readonly #column: Float64Array;
  readonly #steps: StepTable;
  /** Number of rows with less than a value, and of those with no more than it. */
  readonly #less = new LRUCache<number, number>({
    max: KEPT,
    memoMethod: (bound) => this.#rowsWith((value) => value < bound),
  });
  readonly #noMore = new LRUCache<number, number>({
    max: KEPT,
    memoMethod: (bound) => this.#rowsWith((value) => value <= bound),
  });

  /** NaN in the column is null. */
  constructor(column: Float64Array, ascending: Uint32Array, steps: StepTable) {
    this.#column = column;
    this.ascending = ascending;
    this.#steps = steps;
    this.known = steps.ends.at(-1)!;
  }

  /** Rows whose value is known and from `least` to `most`, both included. */
  stretch(least: number, most: number): Stretch {
    const [from, to] = [this.#less.memo(least), this.#noMore.memo(most)];
    return { from, to: Math.max(from, to) };
  }

  /** Takes all rows outside of the stretch out: by the bitmaps that it lies between, and what these leave too much. */
  narrow(to: Narrowing, { from, to: end }: Stretch): void {
    const { ends } = this.#steps;
    const first = partitionPoint(0, ends.length, (k) => ends[k]! <= from) - 1;
    const last = partitionPoint(0, ends.length, (k) => ends[k]! < end);
    // Those of none and of all would be brought from far for nothing.
    if (first > 0) to.takeOut(this.#step(first));
    if (ends[last]! < this.ascending.length) to.keep(this.#step(last));
    to.drop(this.ascending, ends[first]!, from);
    to.drop(this.ascending, end, ends[last]!);
  }

  #step(at: number): Bitmap {
    const words = wordsFor(this.ascending.length);
    return this.#steps.bits.subarray(at * words, (at + 1) * words);
  }

  /** Of the smallest values. */
  #rowsWith(small: (value: number) => boolean): number {
    const [column, rows] = [this.#column, this.ascending];
    return partitionPoint(0, rows.length, (place) => small(column[rows[place]!]!));
  }
}
