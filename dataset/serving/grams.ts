import {
  bitmapOf,
  keep,
  listSet,
  rowsOf,
  setOf,
  setOfBits,
  wordsFor,
  type Bitmap,
  type RowSet,
} from './bitmap.js';
import type { GramTable, TextTable } from './tables.js';

/** Longest run of bytes with an entry of its own. Needles up to it are answered without a look at the titles. */
const LONGEST = 3;

/** A run of one to three bytes as one number. */
function codeOf(bytes: Uint8Array, at: number, length: number): number {
  let code = length;
  for (let i = 0; i < length; i++) code = (code << 8) | bytes[at + i]!;
  return code;
}

/**
 * For every run of one, two and three bytes the rows of the texts that hold it: an inverted index over n-grams, as
 * in Zobel and Moffat, "Inverted Files for Text Search Engines", section 5. Rows are stored as the differences from
 * the one before, seven bits a byte; a run that more than one text in eight holds, as a bitmap.
 */
export function indexGrams({ bytes, offsets }: Pick<TextTable, 'bytes' | 'offsets'>): GramTable {
  const texts = offsets.length - 1;
  const counted = countGrams(bytes, offsets);
  const keys = Uint32Array.from(counted.codes).sort();
  const place = new Uint32Array(keys.length);
  keys.forEach((code, at) => (place[counted.slotOf(code)] = at));

  const words = wordsFor(texts);
  const counts = new Uint32Array(keys.length);
  const ends = new Uint32Array(keys.length + 1);
  keys.forEach((code, at) => {
    const slot = counted.slotOf(code);
    counts[at] = counted.counts[slot]!;
    // Bitmaps begin at a whole word.
    if (isBitmap(counts[at]!, texts)) ends[at + 1] = ((ends[at]! + 3) & ~3) + 4 * words;
    else ends[at + 1] = ends[at]! + counted.sizes[slot]!;
  });
  const data = new Uint8Array((ends[keys.length]! + 3) & ~3);
  const written = ends.slice(0, keys.length);
  const last = new Int32Array(keys.length).fill(-1);
  const bits = new Uint32Array(data.buffer);
  forEachGram(bytes, offsets, (row, code) => {
    const at = place[counted.slotOf(code)]!;
    if (last[at] === row) return;
    if (isBitmap(counts[at]!, texts)) bits[((ends[at]! + 3) >>> 2) + (row >>> 5)]! |= 1 << (row & 31);
    else {
      let rest = row - last[at]! - 1;
      let to = written[at]!;
      for (; rest > 127; rest >>>= 7) data[to++] = (rest & 127) | 128;
      data[to++] = rest;
      written[at] = to;
    }
    last[at] = row;
  });
  return { keys, counts, ends, data };
}

const isBitmap = (count: number, texts: number): boolean => count * 8 > texts;

function forEachGram(
  bytes: Uint8Array,
  offsets: Uint32Array,
  see: (row: number, code: number) => void,
): void {
  for (let row = 0; row + 1 < offsets.length; row++) {
    const end = offsets[row + 1]! - 1;
    for (let at = offsets[row]!; at < end; at++)
      for (let length = 1; length <= LONGEST && at + length <= end; length++)
        see(row, codeOf(bytes, at, length));
  }
}

/** Which runs there are, how many texts hold each, and how many bytes their differences take. */
function countGrams(bytes: Uint8Array, offsets: Uint32Array) {
  const codes: number[] = [];
  // A table over all codes is faster than a Map by an order of magnitude, and gone after this.
  const slots = new Int32Array(1 << 26);
  let counts = new Uint32Array(1024);
  let sizes = new Uint32Array(1024);
  let last = new Int32Array(1024);
  const grown = <A extends Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(of: A): A => {
    const larger = new (of.constructor as new (n: number) => A)(of.length * 2);
    larger.set(of);
    return larger;
  };
  forEachGram(bytes, offsets, (row, code) => {
    let slot = slots[code]! - 1;
    if (slot < 0) {
      slot = codes.push(code) - 1;
      slots[code] = slot + 1;
      if (slot === counts.length) [counts, sizes, last] = [grown(counts), grown(sizes), grown(last)];
      last[slot] = -1;
    }
    if (last[slot] === row) return;
    const rest = row - last[slot]! - 1;
    sizes[slot]! += rest < 1 << 7 ? 1 : rest < 1 << 14 ? 2 : rest < 1 << 21 ? 3 : 4;
    counts[slot]!++;
    last[slot] = row;
  });
  return { codes, counts, sizes, slotOf: (code: number) => slots[code]! - 1 };
}

/** Candidates from which on another run's rows are read before the texts are looked at. */
const MANY = 4096;

/** Which texts hold a needle somewhere. */
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
  holding(needle: Uint8Array): RowSet {
    const runs = new Set<number>();
    const length = Math.min(LONGEST, needle.length);
    for (let at = 0; at + length <= needle.length; at++) {
      const found = this.#find(codeOf(needle, at, length));
      if (found < 0) return listSet(new Uint32Array(0));
      runs.add(found);
    }
    const { counts } = this.#table;
    const [rarest, ...others] = [...runs].sort((a, b) => counts[a]! - counts[b]!) as [number, ...number[]];
    if (needle.length <= LONGEST) {
      const count = counts[rarest]!;
      return count <= MANY ? listSet(this.#rows(rarest)) : { count, rows: null, bits: this.#bitmap(rarest) };
    }
    let rows: Uint32Array;
    if (counts[rarest]! <= MANY) rows = this.#rows(rarest);
    else {
      const bits = this.#bitmap(rarest).slice();
      for (const other of others.slice(0, 2)) keep(bits, this.#bitmap(other));
      const both = setOfBits(bits);
      rows = both.rows ?? rowsOf(both.bits, both.count);
    }
    return setOf(this.#verified(rows, needle), this.#texts.offsets.length - 1);
  }

  /** Those of the rows whose text holds the needle. A plain loop: there may be a hundred thousand of them. */
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

  /** Where a run stands in the table; -1 when no text holds it. */
  #find(code: number): number {
    const { keys } = this.#table;
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keys[middle]! < code) low = middle + 1;
      else high = middle;
    }
    return keys[low] === code ? low : -1;
  }

  #bitmap(gram: number): Bitmap {
    const { counts, ends } = this.#table;
    const texts = this.#texts.offsets.length - 1;
    if (!isBitmap(counts[gram]!, texts)) return bitmapOf(this.#rows(gram), texts);
    const from = (ends[gram]! + 3) >>> 2;
    return this.#bits.subarray(from, from + wordsFor(texts));
  }

  #rows(gram: number): Uint32Array<ArrayBuffer> {
    const { counts, ends, data } = this.#table;
    if (isBitmap(counts[gram]!, this.#texts.offsets.length - 1))
      return rowsOf(this.#bitmap(gram), counts[gram]!);
    const rows = new Uint32Array(counts[gram]!);
    let at = ends[gram]!;
    for (let i = 0, row = -1; i < rows.length; i++) {
      let rest = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = data[at++]!;
        rest |= (byte & 127) << shift;
        if (byte < 128) break;
      }
      row += rest + 1;
      rows[i] = row;
    }
    return rows;
  }
}
