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
    const bound = (below: (order: number) => boolean): number => {
      let low = 0;
      let high = sorted.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (below(this.compare(sorted[middle]!, wanted))) low = middle + 1;
        else high = middle;
      }
      return low;
    };
    return sorted.subarray(
      bound((order) => order < 0),
      bound((order) => order <= 0),
    );
  }

  /** Rows that hold `needle`, ascending. A needle holds no zero byte. */
  *holding(needle: string): Generator<number> {
    const wanted = Buffer.from(needle);
    let row = 0;
    for (let from = 0; ;) {
      const at = this.bytes.indexOf(wanted, from);
      if (at < 0) return;
      row = this.#rowAt(at, row);
      yield row;
      from = this.#offsets[row + 1]!;
    }
  }

  #end(row: number): number {
    return this.#offsets[row + 1]! - 1;
  }

  /** The row of a byte, not before `least`. */
  #rowAt(byte: number, least: number): number {
    let low = least;
    let high = this.#offsets.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#offsets[middle]! <= byte) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** Lists of words from a small vocabulary. */
export class Words {
  readonly words: readonly string[];
  readonly #offsets: Uint32Array;
  readonly #codes: Uint32Array;
  #codeOf: ReadonlyMap<string, number> | undefined;

  constructor({ words, offsets, codes }: WordTable) {
    this.words = words;
    this.#offsets = offsets;
    this.#codes = codes;
  }

  at(row: number): string[] {
    const found: string[] = [];
    for (let i = this.#offsets[row]!; i < this.#offsets[row + 1]!; i++)
      found.push(this.words[this.#codes[i]!]!);
    return found;
  }

  /** Of a column that holds one word or none. */
  single(row: number): string | null {
    const at = this.#offsets[row]!;
    return at < this.#offsets[row + 1]! ? this.words[this.#codes[at]!]! : null;
  }

  codeOf(word: string): number | undefined {
    this.#codeOf ??= new Map(this.words.map((one, code) => [one, code]));
    return this.#codeOf.get(word);
  }

  has(row: number, code: number): boolean {
    for (let i = this.#offsets[row]!; i < this.#offsets[row + 1]!; i++)
      if (this.#codes[i] === code) return true;
    return false;
  }
}
