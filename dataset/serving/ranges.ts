import { partitionPoint } from '../../models/rising.js';
import { addRows, dropRows, holds, wordsFor, type Bitmap } from './bitmap.js';
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
 * the difference of two bitmaps and of at most half a STEP of rows at each end, and of none where a year or a count
 * has many films. `known`: number of rows with a value; they come first in `ascending`.
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

/** Rows that are taken out and put in again. */
const NOTED = new Uint32Array(STEP);

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
  readonly #steps: StepTable;

  /** NaN in the column is null. */
  constructor(column: Float64Array, ascending: Uint32Array, steps: StepTable) {
    this.#column = column;
    this.ascending = ascending;
    this.#steps = steps;
    this.known = steps.ends.at(-1)!;
  }

  /** Rows whose value is known and from `least` to `most`, both included. */
  stretch(least: number, most: number): Stretch {
    const from = least === -Infinity ? 0 : this.#bound((value) => value < least);
    const to = most === Infinity ? this.known : this.#bound((value) => value <= most);
    return { from, to: Math.max(from, to) };
  }

  /** Takes all rows outside of the stretch out. */
  narrow(to: Narrowing, { from, to: end }: Stretch): void {
    const [first, last] = [this.#nearest(from), this.#nearest(end)];
    const { ends } = this.#steps;
    // What the nearest bitmaps take out too much, and afterwards what they leave too much.
    const before = this.#note(to.bits, from, Math.min(ends[first]!, end), 0);
    const kept = this.#note(to.bits, Math.max(ends[last]!, from), end, before);
    // Those of none and of all lie ready nearby: these would be brought from far for nothing.
    to.keepBetween(
      first === 0 ? null : this.#step(first),
      ends[last] === this.ascending.length ? null : this.#step(last),
    );
    dropRows(to.bits, this.ascending, end, ends[last]!);
    dropRows(to.bits, this.ascending, ends[first]!, from);
    addRows(to.bits, NOTED, 0, kept);
  }

  /** The prepared bitmap that ends nearest to a place. */
  #nearest(place: number): number {
    const { ends } = this.#steps;
    const next = partitionPoint(0, ends.length - 1, (k) => ends[k]! < place);
    return next > 0 && place - ends[next - 1]! < ends[next]! - place ? next - 1 : next;
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
    return this.#steps.bits.subarray(at * words, (at + 1) * words);
  }

  /** How many rows come before the first one that is not `before`. */
  #bound(before: (value: number) => boolean): number {
    const [column, rows] = [this.#column, this.ascending];
    return partitionPoint(0, rows.length, (place) => before(column[rows[place]!]!));
  }
}
