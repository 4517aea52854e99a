import { holds, type RowSet } from '../../dataset/serving/bitmap.js';
import type { OrderTable } from '../../dataset/serving/tables.js';

/** Films in an order, of which any part can be taken without making the whole. */
export interface Ordered {
  readonly count: number;
  /** Rows `start` to `end - 1`; 0 <= start <= end <= count. */
  slice(start: number, end: number): Uint32Array;
  /** Memory that it holds, in bytes, for those who keep it. */
  readonly bytes: number;
}

export type Direction = 'ASC' | 'DESC';

/** All of `rows` in their order. */
export function listed(rows: Uint32Array): Ordered {
  return { count: rows.length, slice: (start, end) => rows.subarray(start, end), bytes: rows.byteLength };
}

/** One after the other. */
export function joined(parts: readonly Ordered[]): Ordered {
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    slice(start, end) {
      const rows: number[] = [];
      let before = 0;
      for (const part of parts) {
        const [from, to] = [Math.max(start - before, 0), Math.min(end - before, part.count)];
        if (from < to) rows.push(...part.slice(from, to));
        before += part.count;
      }
      return Uint32Array.from(rows);
    },
  };
}

/**
 * The set in an order; few rows are sorted, many picked from all films as they stand in it. None of them stands
 * among the first `skipped` there.
 */
export function inOrder(set: RowSet, order: OrderTable, direction: Direction, skipped = 0): Ordered {
  if (set.rows !== null) return listed(sortRows(set.rows, order, direction));
  const all = direction === 'ASC' ? order.ascending : order.descending;
  return set.count === all.length ? { ...listed(all), bytes: 0 } : new Picked(all, set, skipped);
}

/** Above any row and any rank: the API serves at most five million films. */
const MANY = 2 ** 23;

/**
 * By rank, nulls last, ties by row. Rank, row and `classOf`, which comes first of all, are packed into one number,
 * because numbers sort natively, and pairs by a call for each comparison.
 */
export function sortRows(
  rows: Uint32Array,
  { rank }: Pick<OrderTable, 'rank'>,
  direction: Direction,
  classOf: (row: number) => number = () => 0,
): Uint32Array {
  const keys = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const place = rank[row]!;
    const key = place === 0 ? MANY - 1 : direction === 'ASC' ? place : MANY - 1 - place;
    keys[i] = (classOf(row) * MANY + key) * MANY + row;
  }
  keys.sort();
  return Uint32Array.from(keys, (key) => key % MANY);
}

/** Matches between two remembered places. */
const MARK = 1024;

/**
 * Walks an order of all films and takes those in a bitmap. It remembers how far it came for every thousandth of
 * them, so that a page is reached from the mark before it, however deep it lies.
 */
class Picked implements Ordered {
  readonly count: number;
  readonly #all: Uint32Array;
  readonly #bits: Uint32Array<ArrayBuffer>;
  /** Match number i × MARK stands there in `all`, or later where it is the first. */
  readonly #marks: number[];

  constructor(all: Uint32Array, set: RowSet & { readonly rows: null }, skipped: number) {
    this.count = set.count;
    this.#all = all;
    this.#bits = set.bits;
    this.#marks = [skipped];
  }

  get bytes(): number {
    return this.#bits.byteLength + 8 * Math.ceil(this.count / MARK);
  }

  slice(start: number, end: number): Uint32Array {
    const rows = new Uint32Array(end - start);
    if (start === end) return rows;
    const mark = Math.min(Math.floor(start / MARK), this.#marks.length - 1);
    const all = this.#all;
    const bits = this.#bits;
    for (let at = this.#marks[mark]!, match = mark * MARK; match < end; at++) {
      const row = all[at]!;
      if (!holds(bits, row)) continue;
      if (match >= start) rows[match - start] = row;
      if (match % MARK === 0) this.#marks[match / MARK] = at;
      match++;
    }
    return rows;
  }
}
