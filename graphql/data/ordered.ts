import type { Bitmap, RowSet } from '../../dataset/serving/bitmap.js';
import type { Scans } from '../../dataset/serving/scans.js';
import type { FilmsTable, OrderField } from '../../dataset/serving/tables.js';
import { asNumbered, BEGINNING } from './numbered.js';
import { Smallest } from './smallest.js';

/** Films in an order, of which any part can be taken without making the whole. */
export interface Ordered {
  readonly count: number;
  /** Rows `start` to `end - 1`; 0 <= start <= end <= count. */
  slice(start: number, end: number): Uint32Array;
  /** Memory that it holds, in bytes, for those who keep it. */
  readonly bytes: number;
}

export type Direction = 'ASC' | 'DESC';

export interface FilmOrder {
  readonly field: OrderField;
  readonly direction: Direction;
}

type Orders = FilmsTable['orders'];

/** All of `rows` in their order. */
function listed(rows: Uint32Array): Ordered {
  return { count: rows.length, slice: (start, end) => rows.subarray(start, end), bytes: rows.byteLength };
}

/** One after the other. A part is made when a page reaches it. */
export function joined(count: number, bytes: number, parts: readonly (() => Ordered)[]): Ordered {
  const made: Ordered[] = [];
  return {
    count,
    bytes,
    slice(start, end) {
      const rows: number[] = [];
      for (let at = 0, before = 0; before < end && at < parts.length; at++) {
        const part = (made[at] ??= parts[at]!());
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
export function inOrder(set: RowSet, orders: Orders, order: FilmOrder, scans: Scans, skipped = 0): Ordered {
  const { ascending, descending } = orders[order.field];
  const all = order.direction === 'ASC' ? ascending : descending;
  if (all === null) return asNumbered(set, ascending.length);
  if (set.rows !== null) return sorted(set.rows, orders, order, scans);
  if (set.count === all.length) return { ...listed(all), bytes: 0 };
  // Rows are numbered by popularity.
  return new Picked(all, set, skipped, sortingBy(orders, order, scans), order.field === 'POPULARITY');
}

/** Few rows in an order. */
export function sorted(rows: Uint32Array, orders: Orders, order: FilmOrder, scans: Scans): Ordered {
  return new Sorted(rows, sortingBy(orders, order, scans));
}

/** By rank, nulls last, ties by id. */
interface Sorting {
  readonly rank: Int32Array;
  readonly ascends: boolean;
  /** Place of each row by id, from 1, and rows by id. */
  readonly places: Int32Array;
  readonly byId: Uint32Array;
  readonly scans: Scans;
}

const sortingBy = (orders: Orders, { field, direction }: FilmOrder, scans: Scans): Sorting => ({
  rank: orders[field].rank,
  ascends: direction === 'ASC',
  places: orders.ID.rank,
  byId: orders.ID.ascending,
  scans,
});

/** A power of two above any place and any rank: the API serves at most five million films. */
const MANY = 2 ** 23;

/** Where each row stands by its rank alone, unknown ones, of rank 0, last. */
function standings(rows: Uint32Array, { rank, ascends, scans }: Sorting): Int32Array {
  const ranks = scans.values(rank, rows);
  const found = new Int32Array(rows.length);
  if (ascends) for (let i = 0; i < rows.length; i++) found[i] = (ranks[i]! - 1) & (MANY - 1);
  else for (let i = 0; i < rows.length; i++) found[i] = MANY - 1 - ranks[i]!;
  return found;
}

/** A row's standing and place in one number, as those sort natively; the row is that of the place. */
const keyOf = (standing: number, place: number): number => MANY * standing + place;

function rowsOfKeys(keys: Float64Array, { byId }: Sorting): Uint32Array {
  const rows = new Uint32Array(keys.length);
  for (let i = 0; i < keys.length; i++) rows[i] = byId[(keys[i]! % MANY) - 1]!;
  return rows;
}

/** The first `count` of the rows. */
function beginningOf(rows: Uint32Array, count: number, sorting: Sorting): Uint32Array {
  const stand = standings(rows, sorting);
  const least = new Smallest(count);
  for (let i = 0; i < rows.length; i++) least.offer(stand[i]!);
  // Of those that stand alike the first by id: only for these few are ids looked up.
  const last = least.bound;
  const first = new Smallest(count);
  for (let i = 0; i < rows.length; i++)
    if (stand[i]! <= last) first.offer(keyOf(stand[i]!, sorting.places[rows[i]!]!));
  return rowsOfKeys(first.sorted(), sorting);
}

class Sorted implements Ordered {
  readonly count: number;
  readonly bytes: number;
  readonly #sorting: Sorting;
  #rows: Uint32Array;
  #sorted = false;

  constructor(rows: Uint32Array, sorting: Sorting) {
    this.count = rows.length;
    this.bytes = rows.byteLength;
    this.#rows = rows;
    this.#sorting = sorting;
  }

  slice(start: number, end: number): Uint32Array {
    if (!this.#sorted && start < end) {
      // Who goes on further has it sorted.
      if (end <= BEGINNING && 2 * end < this.count)
        return beginningOf(this.#rows, end, this.#sorting).subarray(start);
      const keys = new Float64Array(this.count);
      const stand = standings(this.#rows, this.#sorting);
      const { places, scans } = this.#sorting;
      const placed = scans.values(places, this.#rows);
      for (let i = 0; i < this.count; i++) keys[i] = keyOf(stand[i]!, placed[i]!);
      this.#rows = rowsOfKeys(keys.sort(), this.#sorting);
      this.#sorted = true;
    }
    return this.#rows.subarray(start, end);
  }
}

type Many = RowSet & { readonly rows: null };

/** Steps between two remembered places. */
const BLOCK = 16_384;
/** Matches up to which the steps are taken one by one. */
const NEAR = 512;
/** Rows of one rank up to which all are looked at: hundreds of thousands of films share the least popularity. */
const MOST_ALIKE = 2048;
const NONE = new Uint32Array(0);
/** To list a film and look its rank up takes as long as so many steps. */
const STEPS = 24;

/**
 * Walks an order of all films and takes those in a bitmap. It remembers how many it passed in each block of steps, so
 * that a page is reached from the block that holds it, however deep it lies. Where the films lie far behind, as the
 * least popular of those with many votes do, the first of them are picked by their rank instead.
 */
class Picked implements Ordered {
  readonly count: number;
  readonly #all: Uint32Array;
  readonly #set: Many;
  readonly #sorting: Sorting;
  readonly #skipped: number;
  /** Whether the order has the rows backwards, but for those of one rank and those without. */
  readonly #backwards: boolean;
  /** Matches before each block; the first begins after what is skipped. */
  readonly #before = [0];

  constructor(all: Uint32Array, set: Many, skipped: number, sorting: Sorting, backwards: boolean) {
    this.count = set.count;
    this.#all = all;
    this.#set = set;
    this.#skipped = skipped;
    this.#sorting = sorting;
    this.#backwards = backwards;
  }

  get bytes(): number {
    return this.#all.length / 8 + 8 * Math.ceil(this.#all.length / BLOCK);
  }

  slice(start: number, end: number): Uint32Array {
    if (start === end) return NONE;
    const { bits } = this.#set;
    const all = this.#all;
    if (this.#backwards && end <= BEGINNING) {
      const last = lastRanked(bits, end, this.#sorting.rank);
      if (last.length >= end) return beginningOf(last, end, this.#sorting).subarray(start);
    }
    const [at, before] = this.#near(bits, start);
    const to = end <= BEGINNING ? Math.min(at + STEPS * this.count, all.length) : all.length;
    const rows = this.#sorting.scans.take(bits, all, at, to, end - before);
    if (rows.length === end - before) return rows.subarray(start - before);
    return beginningOf(this.#set.list(), end, this.#sorting).subarray(start);
  }

  /** A place not far before a match, and the matches before it. */
  #near(bits: Bitmap, start: number): [at: number, match: number] {
    let block = this.#before.length - 1;
    while (this.#before[block]! > start) block--;
    for (; start - this.#before[block]! >= NEAR; block++) {
      const from = this.#skipped + block * BLOCK;
      const passed = this.#before[block]! + this.#sorting.scans.held(bits, this.#all, from, from + BLOCK);
      this.#before[block + 1] = passed;
      if (passed > start) break;
    }
    return [this.#skipped + block * BLOCK, this.#before[block]!];
  }
}

/**
 * The last rows that have a rank, from behind: so many, and all others of the rank of the last of them. Fewer where
 * there are no more, or where too many have that rank to be worth it.
 */
function lastRanked(bits: Bitmap, count: number, rank: Int32Array): Uint32Array {
  const rows: number[] = [];
  for (let i = bits.length - 1; i >= 0; i--) {
    let word = bits[i]! | 0;
    while (word !== 0) {
      const bit = 31 - Math.clz32(word);
      word &= ~(1 << bit);
      const row = (i << 5) + bit;
      if (rank[row] === 0) continue;
      if (rows.length >= count && rank[row] !== rank[rows.at(-1)!]) return Uint32Array.from(rows);
      if (rows.length === MOST_ALIKE) return NONE;
      rows.push(row);
    }
  }
  return Uint32Array.from(rows);
}
