import { placeIn } from '../../models/rising.js';
import { addRows, LIST, listSet, rowsOf, setOf, wordsFor, type Bitmap, type RowSet } from './bitmap.js';
import type { GramTable, TextTable } from './tables.js';

/** Bytes of which every run is indexed; longer ones continue runs that many texts hold. */
const SHORT = 3;
/** Texts that are looked at for a needle without taking long. */
const MANY = 1024;
/** Longest run, in bytes. */
export const DEEPEST = 48;

/** Whether the continuations of a run of so many bytes, which so many texts hold, are indexed. */
export const isExtended = (depth: number, count: number): boolean =>
  depth < SHORT || (count > MANY && depth < DEEPEST);

/** One text of so many: the rows of a run that more of them hold are a bitmap. */
const MOST_LISTED = 16;

/** Whether the rows of a run are stored as a bitmap. */
export const isBitmap = (count: number, texts: number): boolean => count * MOST_LISTED > texts;

/** Which texts hold a needle somewhere: see `indexGrams`. */
export class Grams {
  readonly #table: GramTable;
  readonly #bits: Bitmap;
  readonly #texts: Pick<TextTable, 'bytes' | 'offsets'>;

  constructor(table: GramTable, texts: Pick<TextTable, 'bytes' | 'offsets'>) {
    const { data } = table;
    this.#table = table;
    this.#texts = texts;
    this.#bits = new Uint32Array(data.buffer, data.byteOffset, data.byteLength >>> 2);
  }

  /** The needle is not empty. Its bits are not to be changed. */
  holding(needle: Uint8Array): RowSet {
    const { counts } = this.#table;
    let rarest = 0;
    for (let from = 0; from < needle.length; from++) {
      const { run, depth } = this.#longest(needle, from);
      if (depth === needle.length) return this.#set(run);
      if (from + depth < needle.length && isExtended(depth, counts[run]!)) return listSet(new Uint32Array(0));
      if (counts[run]! < counts[rarest]!) rarest = run;
    }
    return setOf(this.#verified(this.#rows(rarest), needle), this.#count);
  }

  get #count(): number {
    return this.#texts.offsets.length - 1;
  }

  /** The longest indexed run of the needle's bytes from `from` on. */
  #longest(needle: Uint8Array, from: number): { readonly run: number; readonly depth: number } {
    let run = 0;
    let at = from;
    for (; at < needle.length; at++) {
      const next = placeIn(this.#table.keys, run * 256 + needle[at]!);
      if (next < 0) break;
      run = next;
    }
    return { run, depth: at - from };
  }

  /** Those of the rows whose text holds the needle. */
  #verified(rows: Uint32Array, needle: Uint8Array): Uint32Array {
    const { bytes, offsets } = this.#texts;
    const length = needle.length;
    const first = needle[0]!;
    const kept = new Uint32Array(rows.length);
    let count = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const last = offsets[row + 1]! - 1 - length;
      for (let from = offsets[row]!; from <= last; from++) {
        if (bytes[from] !== first) continue;
        let same = 1;
        while (same < length && bytes[from + same] === needle[same]) same++;
        if (same < length) continue;
        kept[count++] = row;
        break;
      }
    }
    return kept.slice(0, count);
  }

  #set(run: number): RowSet {
    const count = this.#table.counts[run]!;
    if (count <= LIST) return listSet(this.#rows(run));
    // Its best matches are often found without them.
    const make = (): Bitmap => this.#bitmap(run);
    let made: Bitmap | undefined;
    return {
      count,
      rows: null,
      get bits() {
        return (made ??= make());
      },
    };
  }

  #bitmap(run: number): Bitmap {
    if (isBitmap(this.#table.counts[run]!, this.#count)) {
      const from = this.#table.starts[run]! >>> 2;
      return this.#bits.subarray(from, from + wordsFor(this.#count));
    }
    const bits = new Uint32Array(wordsFor(this.#count));
    const rows = this.#rows(run);
    addRows(bits, rows, 0, rows.length);
    return bits;
  }

  #rows(run: number): Uint32Array<ArrayBuffer> {
    const count = this.#table.counts[run]!;
    if (isBitmap(count, this.#count)) return rowsOf(this.#bitmap(run), count);
    const rows = new Uint32Array(count);
    const { starts, data } = this.#table;
    for (let i = 0, at = starts[run]!, row = -1; i < count; i++) {
      let step = data[at++]!;
      // Most steps of long lists are one byte.
      for (let byte = step, shift = 7; byte >= 128; shift += 7) {
        byte = data[at++]!;
        step = (step & ((1 << shift) - 1)) | ((byte & 127) << shift);
      }
      row += step + 1;
      rows[i] = row;
    }
    return rows;
  }
}
