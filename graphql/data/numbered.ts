import { type Bitmap, type RowSet } from '../../dataset/serving/bitmap.js';
import type { Ordered } from './ordered.js';

/** Rows of a list's beginning that are looked for one by one. */
export const BEGINNING = 200;

/** The set in the order of its rows, which is that of popularity: see `FilmsTable`. `all`: number of films. */
export function asNumbered(set: RowSet, all: number): Ordered {
  const { count } = set;
  if (set.rows !== null) {
    const { rows } = set;
    return { count, bytes: rows.byteLength, slice: (start, end) => rows.subarray(start, end) };
  }
  if (count === all)
    return {
      count,
      bytes: 0,
      slice: (start, end) => Uint32Array.from({ length: end - start }, (_, i) => start + i),
    };
  return {
    count,
    bytes: all / 8,
    slice: (start, end) =>
      end <= BEGINNING ? firstRows(set, end, () => true).subarray(start) : nth(set.bits, start, end),
  };
}

/** Rows of the set that are wanted, the first ones; fewer where there are fewer. */
export function firstRows({ walk }: RowSet, count: number, wanted: (row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(count);
  let found = 0;
  if (count > 0)
    walk((row) => {
      if (wanted(row)) rows[found++] = row;
      return found < count;
    });
  return rows.subarray(0, found);
}

/** The rows of the bits but for the first `start` of them, to the `end`-th. */
export function nth(bits: Bitmap, start: number, end: number): Uint32Array {
  const rows = new Uint32Array(end - start);
  let at = 0;
  let found = 0;
  for (; at < bits.length; at++) {
    const ones = onesOf(bits[at]!);
    if (found + ones > start) break;
    found += ones;
  }
  for (; at < bits.length && found < end; at++)
    for (let word = bits[at]! | 0; word !== 0 && found < end; word &= word - 1, found++)
      if (found >= start) rows[found - start] = (at << 5) + (31 - Math.clz32(word & -word));
  return rows;
}

/** Number of ones, counted in pairs, fours and bytes side by side (Warren, Hacker's Delight, section 5-1). */
function onesOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
