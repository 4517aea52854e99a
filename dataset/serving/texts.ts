import { partitionPoint } from '../../models/rising.js';
import type { TextTable, WordTable } from './tables.js';

/** Strings that lie in memory as bytes and become JavaScript's when they are asked for. */
export class Texts {
  readonly bytes: Buffer;
  readonly #offsets: Uint32Array;
  readonly #missing: Uint8Array | null;

  constructor({ bytes, offsets, missing }: TextTable) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#offsets = offsets;
    this.#missing = missing;
  }

  at(row: number): string | null {
    if (this.#missing?.[row] === 1) return null;
    return this.bytes.toString('utf8', this.#offsets[row], this.#end(row));
  }

  /** Order of code points, which UTF-8 keeps. */
  compare(row: number, other: Buffer): number {
    return this.bytes.compare(other, 0, other.length, this.#offsets[row], this.#end(row));
  }

  compareRows(a: number, b: number): number {
    return this.bytes.compare(this.bytes, this.#offsets[b], this.#end(b), this.#offsets[a], this.#end(a));
  }

  /** The part of `sorted`, rows in the order of their bytes, that equals `text`. */
  equal(text: string, sorted: Uint32Array): Uint32Array {
    const wanted = Buffer.from(text);
    return between(sorted, (row) => this.compare(row, wanted));
  }

  /** The part of `sorted`, rows in the order of their bytes, that begins with `text`. */
  startingWith(text: string, sorted: Uint32Array): Uint32Array {
    const wanted = Buffer.from(text);
    const order = (row: number): number => {
      const start = this.#offsets[row]!;
      return this.bytes.compare(
        wanted,
        0,
        wanted.length,
        start,
        Math.min(this.#end(row), start + wanted.length),
      );
    };
    return between(sorted, order);
  }

  /** How well a row that holds `needle` matches: 0 it is it, 1 begins with it, 2 has it elsewhere. */
  matchClass(row: number, needle: Buffer): number {
    const [start, end] = [this.#offsets[row]!, this.#end(row)];
    if (end - start === needle.length) return 0;
    return this.bytes.compare(needle, 0, needle.length, start, start + needle.length) === 0 ? 1 : 2;
  }

  #end(row: number): number {
    return this.#offsets[row + 1]! - 1;
  }
}

/** The part of `sorted` for which `order`, which rises along it, is 0. */
function between(sorted: Uint32Array, order: (row: number) => number): Uint32Array {
  const from = partitionPoint(0, sorted.length, (place) => order(sorted[place]!) < 0);
  const to = partitionPoint(from, sorted.length, (place) => order(sorted[place]!) <= 0);
  return sorted.subarray(from, to);
}

/** Lists of words from a small vocabulary. */
export class Words {
  readonly #words: Texts;
  readonly #made: (string | undefined)[] = [];
  readonly #offsets: Uint32Array;
  readonly #codes: Uint32Array;
  /** Number of words. */
  readonly size: number;
  #codeOf: ReadonlyMap<string, number> | undefined;

  constructor({ words, offsets, codes }: WordTable) {
    this.#words = new Texts(words);
    this.size = words.offsets.length - 1;
    this.#offsets = offsets;
    this.#codes = codes;
  }

  word(code: number): string {
    return (this.#made[code] ??= this.#words.at(code)!);
  }

  at(row: number): string[] {
    const found: string[] = [];
    for (let i = this.#offsets[row]!; i < this.#offsets[row + 1]!; i++)
      found.push(this.word(this.#codes[i]!));
    return found;
  }

  /** Of a column that holds one word or none. */
  single(row: number): string | null {
    const at = this.#offsets[row]!;
    return at < this.#offsets[row + 1]! ? this.word(this.#codes[at]!) : null;
  }

  /** For vocabularies of some hundred words: it makes all of them. */
  codeOf(word: string): number | undefined {
    this.#codeOf ??= new Map(Array.from({ length: this.size }, (_, code) => [this.word(code), code]));
    return this.#codeOf.get(word);
  }
}
