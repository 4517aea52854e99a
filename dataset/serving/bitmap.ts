/** A set of rows as bits: row r is bit `r & 31` of word `r >>> 5`. A million films are 137 kB, read in some 40 µs. */
export type Bitmap = Uint32Array<ArrayBuffer>;

export const wordsFor = (rows: number): number => (rows + 31) >>> 5;

/** `bits`: empty ones to be used, where there are some. */
export function bitmapOf(
  rows: Uint32Array,
  among: number,
  bits: Bitmap = new Uint32Array(wordsFor(among)),
): Bitmap {
  addRows(bits, rows, 0, rows.length);
  return bits;
}

/** Adds `rows[from]` to `rows[to - 1]`. */
export function addRows(bits: Bitmap, rows: Uint32Array, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const row = rows[i]!;
    bits[row >>> 5]! |= 1 << (row & 31);
  }
}

/** Takes out `rows[from]` to `rows[to - 1]`; how many of them there were. */
export function dropRows(bits: Bitmap, rows: Uint32Array, from: number, to: number): number {
  let dropped = 0;
  for (let i = from; i < to; i++) {
    const row = rows[i]!;
    const word = bits[row >>> 5]!;
    dropped += (word >>> (row & 31)) & 1;
    bits[row >>> 5] = word & ~(1 << (row & 31));
  }
  return dropped;
}

export const holds = (bits: Bitmap, row: number): boolean => ((bits[row >>> 5]! >>> (row & 31)) & 1) === 1;

/** Ascending. `count` is that of `bits`. */
export function rowsOf(bits: Bitmap, count: number): Uint32Array<ArrayBuffer> {
  const rows = new Uint32Array(count);
  for (let i = 0, found = 0; found < count; i++) {
    // Few rows leave most words empty: four of them at a glance.
    while (i + 4 <= bits.length && (bits[i]! | bits[i + 1]! | bits[i + 2]! | bits[i + 3]!) === 0) i += 4;
    for (let word = bits[i]! | 0; word !== 0; word &= word - 1)
      rows[found++] = (i << 5) + (31 - Math.clz32(word & -word));
  }
  return rows;
}

/** Shows rows, ascending, until who sees them wants no more. */
export type Walk = (visit: (row: number) => boolean) => void;

export const walkList =
  (rows: Uint32Array): Walk =>
  (visit) => {
    for (let i = 0; i < rows.length; i++) if (!visit(rows[i]!)) return;
  };

export const walkBits =
  (bits: Bitmap): Walk =>
  (visit) => {
    for (let i = 0; i < bits.length; i++)
      for (let word = bits[i]! | 0; word !== 0; word &= word - 1)
        if (!visit((i << 5) + (31 - Math.clz32(word & -word)))) return;
  };

/** Rows that are listed, or written over the bits of somebody who has room for them. */
export interface Rows {
  readonly count: number;
  /** Ascending and distinct; not to be changed. */
  list(): Uint32Array;
  write(bits: Bitmap): void;
  readonly walk: Walk;
}

export const listed = (rows: Uint32Array): Rows => ({
  count: rows.length,
  list: () => rows,
  write(bits) {
    bits.fill(0);
    addRows(bits, rows, 0, rows.length);
  },
  walk: walkList(rows),
});

/** Few rows are kept as a list, distinct and ascending; many as a bitmap. */
export type RowSet = { readonly count: number; readonly walk: Walk } & (
  | { readonly rows: Uint32Array; readonly bits: null }
  /** `list`: makes a list of them, ascending. */
  | { readonly rows: null; readonly bits: Bitmap; list(): Uint32Array }
);

/** Rows up to which a list costs less than a bitmap: what is known of a row lies anywhere in memory. */
export const LIST = 1024;

/** `rows`: distinct. */
export function listSet(rows: Uint32Array): RowSet {
  const list = rising(rows);
  return { count: rows.length, rows: list, bits: null, walk: walkList(list) };
}

/** `rows`: distinct. */
export function setOf(rows: Uint32Array, among: number): RowSet {
  if (rows.length <= LIST) return listSet(rows);
  const bits = bitmapOf(rows, among);
  const count = rows.length;
  return { count, rows: null, bits, list: () => rowsOf(bits, count), walk: walkBits(bits) };
}

/** The same rows, ascending. */
function rising(rows: Uint32Array): Uint32Array {
  for (let i = 1; i < rows.length; i++) if (rows[i]! < rows[i - 1]!) return rows.slice().sort();
  return rows;
}
