import { createHash } from 'node:crypto';
import { wordsFor } from './bitmap.js';
import { DEEPEST, isBitmap, isExtended } from './grams.js';
import type { GramTable, TextTable } from './tables.js';

/**
 * For every run of one to three bytes the rows of the texts that hold it: an inverted index over n-grams, as in Zobel
 * and Moffat, "Inverted Files for Text Search Engines", section 5. A run that many texts hold has its continuations by
 * one byte indexed too, and so on: whatever is sought, few texts are left to be looked at.
 *
 * Rows are stored as the differences from the one before, seven bits a byte; those of a run that more than one text in
 * sixteen holds, as a bitmap. Runs with the same rows, as "harbou" and "harbour" may have, share them.
 */
export function indexGrams({ bytes, offsets }: Pick<TextTable, 'bytes' | 'offsets'>): GramTable {
  const texts = offsets.length - 1;
  const table = new Growing();
  table.add(0, texts, 0);
  const lists = new Lists();
  const open = everyPlace(bytes, offsets);
  for (let depth = 1, first = 0; open.count > 0 && depth <= DEEPEST; depth++) {
    const level = countLevel(bytes, depth, open, first, table.length - first);
    first = table.length;
    const encoded = encodeLevel(level, open, texts);
    level.keys.forEach((key, gram) => table.add(key, level.counts[gram]!, lists.add(encoded(gram))));
    open.keep((at) => isExtended(depth, level.counts[level.gramOf[at]!]!), level.gramOf, first);
  }
  return { ...table.columns(), data: lists.data() };
}

/** Places in the texts at which a run begins that may be continued, with their rows and the runs' numbers. */
interface Open {
  readonly start: Uint32Array;
  readonly row: Uint32Array;
  readonly run: Uint32Array;
  readonly count: number;
  /** Forgets the others, and takes the runs of the next level: their number in it and that of its first. */
  keep(goesOn: (at: number) => boolean, gramOf: Int32Array, first: number): void;
}

function everyPlace(bytes: Uint8Array, offsets: Uint32Array): Open {
  const start = new Uint32Array(bytes.length);
  const row = new Uint32Array(bytes.length);
  const run = new Uint32Array(bytes.length);
  let count = 0;
  for (let text = 0; text + 1 < offsets.length; text++)
    for (let at = offsets[text]!; at < offsets[text + 1]! - 1; at++) {
      start[count] = at;
      row[count++] = text;
    }
  return {
    start,
    row,
    run,
    get count() {
      return count;
    },
    keep(goesOn, gramOf, first) {
      let kept = 0;
      for (let at = 0; at < count; at++) {
        if (gramOf[at]! < 0 || !goesOn(at)) continue;
        start[kept] = start[at]!;
        row[kept] = row[at]!;
        run[kept++] = first + gramOf[at]!;
      }
      count = kept;
    },
  };
}

interface Level {
  /** Run before the last byte, times 256, plus that byte; ascending. */
  readonly keys: readonly number[];
  readonly counts: Uint32Array;
  /** Bytes of the differences. */
  readonly sizes: Uint32Array;
  /** Of each open place: which of the keys; -1 where the text ends. */
  readonly gramOf: Int32Array;
}

/** Which runs of `depth` bytes continue those from `first` on, `parents` of them; how many texts hold each. */
function countLevel(
  bytes: Uint8Array,
  depth: number,
  { start, row, run, count }: Open,
  first: number,
  parents: number,
): Level {
  // Of many parents few may go on: those alone get room.
  const places = new Int32Array(parents);
  for (let at = 0; at < count; at++) places[run[at]! - first] = 1;
  const going = Array.from(places.keys()).filter((parent) => places[parent] === 1);
  going.forEach((parent, place) => (places[parent] = place));
  const slots = new Int32Array(going.length * 256);
  const slotOf = (at: number): number => {
    const last = bytes[start[at]! + depth - 1]!;
    return last === 0 ? -1 : places[run[at]! - first]! * 256 + last;
  };
  for (let at = 0; at < count; at++) {
    const slot = slotOf(at);
    if (slot >= 0) slots[slot] = 1;
  }
  const keys: number[] = [];
  for (let slot = 0; slot < slots.length; slot++)
    if (slots[slot] === 1) slots[slot] = keys.push((first + going[slot >>> 8]!) * 256 + (slot & 255)) - 1;
  const counts = new Uint32Array(keys.length);
  const sizes = new Uint32Array(keys.length);
  const before = new Int32Array(keys.length).fill(-1);
  const gramOf = new Int32Array(count);
  for (let at = 0; at < count; at++) {
    const slot = slotOf(at);
    const gram = slot < 0 ? -1 : slots[slot]!;
    gramOf[at] = gram;
    if (gram < 0 || before[gram] === row[at]) continue;
    const rest = row[at]! - before[gram]! - 1;
    sizes[gram]! += rest < 1 << 7 ? 1 : rest < 1 << 14 ? 2 : rest < 1 << 21 ? 3 : 4;
    counts[gram]!++;
    before[gram] = row[at]!;
  }
  return { keys, counts, sizes, gramOf };
}

/** The rows of each run of a level, as they are stored. */
function encodeLevel(
  { keys, counts, sizes, gramOf }: Level,
  { row, count }: Open,
  texts: number,
): (gram: number) => { readonly bytes: Uint8Array; readonly aligned: boolean } {
  const starts = new Uint32Array(keys.length + 1);
  keys.forEach((_, gram) => {
    const size = isBitmap(counts[gram]!, texts) ? 4 * wordsFor(texts) : sizes[gram]!;
    // Bitmaps begin at a whole word.
    starts[gram + 1] = (starts[gram]! + size + 3) & ~3;
  });
  const data = new Uint8Array(starts[keys.length]!);
  const bits = new Uint32Array(data.buffer);
  const written = starts.slice();
  const before = new Int32Array(keys.length).fill(-1);
  for (let at = 0; at < count; at++) {
    const gram = gramOf[at]!;
    if (gram < 0 || before[gram] === row[at]) continue;
    const here = row[at]!;
    if (isBitmap(counts[gram]!, texts)) bits[(starts[gram]! >>> 2) + (here >>> 5)]! |= 1 << (here & 31);
    else {
      let rest = here - before[gram]! - 1;
      for (; rest > 127; rest >>>= 7) data[written[gram]!++] = (rest & 127) | 128;
      data[written[gram]!++] = rest;
    }
    before[gram] = here;
  }
  return (gram) => {
    const aligned = isBitmap(counts[gram]!, texts);
    const end = aligned ? starts[gram + 1]! : written[gram]!;
    return { bytes: data.subarray(starts[gram], end), aligned };
  };
}

/** Lists of rows one after the other, each of them once. */
class Lists {
  readonly #known = new Map<string, number>();
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  /** Where it begins. */
  add({ bytes, aligned }: { readonly bytes: Uint8Array; readonly aligned: boolean }): number {
    const hash = createHash('sha256').update(bytes).digest('base64');
    let start = this.#known.get(hash);
    if (start === undefined) {
      if (aligned) this.#append(new Uint8Array(-this.#length & 3));
      start = this.#length;
      this.#append(bytes.slice());
      this.#known.set(hash, start);
    }
    return start;
  }

  data(): Uint8Array<ArrayBuffer> {
    const data = new Uint8Array((this.#length + 3) & ~3);
    let at = 0;
    for (const piece of this.#pieces) {
      data.set(piece, at);
      at += piece.length;
    }
    return data;
  }

  #append(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#length += bytes.length;
  }
}

class Growing {
  readonly #keys: number[] = [];
  readonly #counts: number[] = [];
  readonly #starts: number[] = [];

  get length(): number {
    return this.#keys.length;
  }

  add(key: number, count: number, start: number): void {
    this.#keys.push(key);
    this.#counts.push(count);
    this.#starts.push(start);
  }

  columns(): Pick<GramTable, 'keys' | 'counts' | 'starts'> {
    return {
      keys: Uint32Array.from(this.#keys),
      counts: Uint32Array.from(this.#counts),
      starts: Uint32Array.from(this.#starts),
    };
  }
}
