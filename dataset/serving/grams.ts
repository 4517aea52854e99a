import { placeIn } from '../../models/rising.js';
import { listed, rowsOf, walkBits, wordsFor, type Bitmap, type Rows } from './bitmap.js';
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

  /** The needle is not empty. */
  holding(needle: Uint8Array): Rows {
    const { counts } = this.#table;
    let rarest = 0;
    for (let from = 0; from < needle.length; from++) {
      const { run, depth } = this.#longest(needle, from);
      if (depth === needle.length) return this.#set(run);
      if (from + depth < needle.length && isExtended(depth, counts[run]!)) return listed(new Uint32Array(0));
      if (counts[run]! < counts[rarest]!) rarest = run;
    }
    return listed(this.#verified(this.#list(rarest), needle));
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

  #set(run: number): Rows {
    return {
      count: this.#table.counts[run]!,
      list: () => this.#list(run),
      write: (bits) => {
        if (this.#isBitmap(run)) return bits.set(this.#bitmap(run));
        bits.fill(0);
        this.#decode(run, (row) => {
          bits[row >>> 5]! |= 1 << (row & 31);
          return true;
        });
      },
      walk: (visit) => (this.#isBitmap(run) ? walkBits(this.#bitmap(run))(visit) : this.#decode(run, visit)),
    };
  }

  #isBitmap(run: number): boolean {
    return isBitmap(this.#table.counts[run]!, this.#count);
  }

  #bitmap(run: number): Bitmap {
    const from = this.#table.starts[run]! >>> 2;
    return this.#bits.subarray(from, from + wordsFor(this.#count));
  }

  #list(run: number): Uint32Array<ArrayBuffer> {
    const count = this.#table.counts[run]!;
    if (this.#isBitmap(run)) return rowsOf(this.#bitmap(run), count);
    const rows = new Uint32Array(count);
    let at = 0;
    this.#decode(run, (row) => {
      rows[at++] = row;
      return true;
    });
    return rows;
  }

  /** The rows of a run that is no bitmap, ascending, as long as more are wanted. */
  #decode(run: number, take: (row: number) => boolean): void {
    const { counts, starts, data } = this.#table;
    const count = counts[run]!;
    for (let i = 0, at = starts[run]!, row = -1; i < count; i++) {
      let step = data[at++]!;
      // Most steps of long lists are one byte.
      for (let byte = step, shift = 7; byte >= 128; shift += 7) {
        byte = data[at++]!;
        step = (step & ((1 << shift) - 1)) | ((byte & 127) << shift);
      }
      row += step + 1;
      if (!take(row)) return;
    }
  }
}
