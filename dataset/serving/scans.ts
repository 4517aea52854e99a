import { dropRows, holds, type Bitmap } from './bitmap.js';
import type { RowCode } from './rowCode.js';

/** Rows that are taken or looked up at once. */
export const AT_MOST = 2 ** 17;

/** Bytes that scans need: for rows, and for some more than are asked for. */
export const LIST_BYTES = 4 * AT_MOST + 64;

/** Where scans work, and where the bits that they look into may lie. */
export interface ScanRoom {
  readonly code: RowCode;
  /** LIST_BYTES long. */
  readonly list: Uint32Array<ArrayBuffer>;
  /** For bits from elsewhere. */
  readonly copy: Bitmap;
}

type Column = Uint32Array | Int32Array;

/**
 * Goes through rows that lie anywhere in memory: those of an order of all films, or the values of listed ones. Lists
 * and columns of the same memory are read by WebAssembly (see `RowCode`), others, of a snapshot that was not opened
 * from its prepared file, in JavaScript, which takes two to four times as long.
 */
export class Scans {
  readonly #room: ScanRoom;

  constructor(room: ScanRoom) {
    this.#room = room;
  }

  /** How many of `rows[from]` to `rows[to - 1]` the bits have; there may be fewer rows. */
  held(bits: Bitmap, rows: Uint32Array, from: number, to: number): number {
    const end = Math.min(to, rows.length);
    if (this.#isHere(rows)) return this.#room.code.held(at(rows, from), at(rows, end), this.#bitsAt(bits));
    let count = 0;
    // Without a branch, which would be guessed wrong half of the time.
    for (let i = from; i < end; i++) count += (bits[rows[i]! >>> 5]! >>> (rows[i]! & 31)) & 1;
    return count;
  }

  /** Takes `rows[from]` to `rows[to - 1]` out of bits in the memory; how many of them there were. */
  drop(bits: Bitmap, rows: Uint32Array, from: number, to: number): number {
    if (this.#isHere(rows)) return this.#room.code.drop(at(rows, from), at(rows, to), bits.byteOffset);
    return dropRows(bits, rows, from, to);
  }

  /** The first `most` of `rows[from]` to `rows[to - 1]` that the bits have; fewer where there are fewer. */
  take(bits: Bitmap, rows: Uint32Array, from: number, to: number, most: number): Uint32Array {
    if (this.#isHere(rows) && most <= AT_MOST) {
      const { code, list } = this.#room;
      const begin = list.byteOffset;
      const end = code.take(at(rows, from), at(rows, to), this.#bitsAt(bits), begin, begin + 4 * most);
      return list.slice(0, Math.min((end - begin) >>> 2, most));
    }
    const taken: number[] = [];
    for (let i = from; i < to && taken.length < most; i++) if (holds(bits, rows[i]!)) taken.push(rows[i]!);
    return Uint32Array.from(taken);
  }

  /** The column's values of rows; until the next call. */
  values(column: Int32Array, rows: Uint32Array): Int32Array {
    if (this.#isHere(column) && rows.length <= AT_MOST) {
      const { code, list } = this.#room;
      list.set(rows);
      code.values(list.byteOffset, list.byteOffset + rows.byteLength, column.byteOffset, list.byteOffset);
      return new Int32Array(list.buffer, list.byteOffset, rows.length);
    }
    const found = new Int32Array(rows.length);
    for (let i = 0; i < rows.length; i++) found[i] = column[rows[i]!]!;
    return found;
  }

  #isHere(column: Column): boolean {
    return column.buffer === this.#room.list.buffer;
  }

  /** Where the bits lie in the memory, if need be as a copy. */
  #bitsAt(bits: Bitmap): number {
    if (this.#isHere(bits)) return bits.byteOffset;
    this.#room.copy.set(bits);
    return this.#room.copy.byteOffset;
  }
}

const at = (rows: Uint32Array, place: number): number => rows.byteOffset + 4 * place;
