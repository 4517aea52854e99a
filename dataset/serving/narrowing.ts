import { wordsFor, type Bitmap } from './bitmap.js';
import { takeRoom, type WasmMemory } from './tableMemory.js';

/** Bitmaps of its own. */
const OWN = 4;
/** Bitmaps that it has place for beside. */
const SPARE = 32;

/** Bytes that its code takes at a time. */
const STRIDE = 64;

const bytesFor = (rows: number): number => Math.max(1, Math.ceil((4 * wordsFor(rows)) / STRIDE)) * STRIDE;

/** Rows that can be listed. */
const LISTED = 2 ** 17;

/** Bytes of memory that narrowing so many rows takes. */
export const roomFor = (rows: number): number => (OWN + SPARE) * bytesFor(rows) + 4 * LISTED + STRIDE;

/**
 * The bits of all rows, narrowed condition by condition in one place that every question writes anew: not each of
 * thousands a second takes new memory. Sixteen bytes a step as WebAssembly (its vector instructions have no
 * counterpart in JavaScript) take a tenth of the time of a loop over words; what lies in the same memory, as the
 * prepared bitmaps do, is read where it lies.
 */
export class Narrowing {
  readonly #bits: Bitmap;
  readonly #rows: number;
  readonly #bytes: number;
  readonly #memory: WasmMemory;
  readonly #less: Bitmap;
  readonly #most: Bitmap;
  readonly #every: Bitmap;
  /** Where rows are listed. */
  readonly #listed: Uint32Array<ArrayBuffer>;
  readonly #code: Code;
  /** Where the next of its bitmaps will lie. */
  #next: number;
  #spare = SPARE;
  #turn = 0;
  /** What is left: its own bits, or those it began with as long as nothing was taken out of them. */
  #left: Bitmap;

  /** `beside`: the memory of the bitmaps that it will be asked to combine. */
  constructor(rows: number, beside: ArrayBuffer = new ArrayBuffer(0)) {
    const { memory, from } = takeRoom(beside, roomFor(rows));
    this.#rows = rows;
    this.#bytes = bytesFor(rows);
    this.#memory = memory;
    this.#listed = new Uint32Array(memory.buffer, from, LISTED);
    this.#next = from + this.#listed.byteLength;
    this.#code = new Instance(CODE, { '': { memory } }).exports as unknown as Code;
    [this.#bits, this.#less, this.#most, this.#every] = Array.from({ length: OWN }, () =>
      this.#take(),
    ) as Four;
    this.#every.fill(0xffffffff);
    if ((rows & 31) !== 0) this.#every[this.#every.length - 1] = (1 << (rows & 31)) - 1;
    this.#left = this.#every;
  }

  /** A bitmap in its memory, where it is read without being copied; null when all of them are given away. */
  spare(): Bitmap | null {
    return this.#spare-- > 0 ? this.#take() : null;
  }

  /** Another one once somebody else has begun. */
  get turn(): number {
    return this.#turn;
  }

  /** What is left; theirs who began last, and not to be changed before the first narrowing. */
  get bits(): Bitmap {
    return this.#left;
  }

  /** With the rows of the bits, which stay as they are; with all where there are none. */
  begin(bits: Bitmap | null): void {
    this.#turn++;
    this.#left = bits ?? this.#every;
  }

  /** With the rows that are written over the bits. */
  beginWritten(write: (bits: Bitmap) => void): void {
    this.#turn++;
    write(this.#bits);
    this.#left = this.#bits;
  }

  /** Loses what is not written over the bits that it gets. */
  keepWritten(write: (bits: Bitmap) => void): void {
    write(this.#most);
    this.keep(this.#most);
  }

  /** Loses all. */
  clear(): void {
    this.#bits.fill(0);
    this.#left = this.#bits;
  }

  /** Loses what `most` lacks. */
  keep(most: Bitmap): void {
    this.#code.keep(this.#bits.byteOffset, this.#from(), this.#here(most, this.#most), this.#bytes);
    this.#left = this.#bits;
  }

  /** Loses what `less` has. */
  takeOut(less: Bitmap): void {
    this.#code.takeOut(this.#bits.byteOffset, this.#from(), this.#here(less, this.#less), this.#bytes);
    this.#left = this.#bits;
  }

  /** Loses what `most` lacks and what `less` has; null: none, and all. The bits are then its own, to be changed. */
  keepBetween(less: Bitmap | null, most: Bitmap | null): void {
    if (less === null) return this.keep(most ?? this.#every);
    if (most === null) return this.takeOut(less);
    const [a, b] = [this.#here(less, this.#less), this.#here(most, this.#most)];
    this.#code.keepBetween(this.#bits.byteOffset, this.#from(), a, b, this.#bytes);
    this.#left = this.#bits;
  }

  count(): number {
    return this.#code.count(this.#here(this.#left, this.#most), this.#bytes);
  }

  /** The rows that are left, ascending; `count`: how many these are. Null where they are too many to be listed here. */
  rows(count: number): Uint32Array<ArrayBuffer> | null {
    if (count > LISTED) return null;
    this.#code.list(this.#here(this.#left, this.#most), this.#bytes, this.#listed.byteOffset);
    return this.#listed.slice(0, count);
  }

  #take(): Bitmap {
    const bits = new Uint32Array(this.#memory.buffer, this.#next, wordsFor(this.#rows));
    this.#next += this.#bytes;
    return bits;
  }

  #from(): number {
    return this.#here(this.#left, this.#bits);
  }

  /** Where the bits lie in the memory, if need be as a copy. */
  #here(bits: Bitmap, copy: Bitmap): number {
    if (bits.buffer === this.#memory.buffer) return bits.byteOffset;
    copy.set(bits);
    return copy.byteOffset;
  }
}

type Four = [Bitmap, Bitmap, Bitmap, Bitmap];

/**
 * Addresses and lengths are bytes; lengths are multiples of STRIDE, at least one. What lies behind a bitmap may be
 * read. At each place:
 */
interface Code {
  /** `to = from & most & ~less` */
  readonly keepBetween: (to: number, from: number, less: number, most: number, bytes: number) => void;
  /** `to = from & most` */
  readonly keep: (to: number, from: number, most: number, bytes: number) => void;
  /** `to = from & ~less` */
  readonly takeOut: (to: number, from: number, less: number, bytes: number) => void;
  /** Number of ones. */
  readonly count: (at: number, bytes: number) => number;
  /** Writes the places of ones, ascending, four bytes each. */
  readonly list: (at: number, bytes: number, to: number) => void;
}

/** What is used of the global WebAssembly, which Node's types leave to the browser's. */
interface WebAssemblyGlobal {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object, imports: object) => { readonly exports: object };
}
const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyGlobal }).WebAssembly;

const I32 = 0x7f;
const I64 = 0x7e;
const get = (local: number): number[] => [0x20, local];
const load = (offset: number): number[] => [0xfd, 0x00, 4, offset]; // v128.load
const store = (offset: number): number[] => [0xfd, 0x0b, 4, offset]; // v128.store
const AND = [0xfd, 0x4e]; // v128.and
const AND_NOT = [0xfd, 0x4f]; // v128.andnot
const OR = [0xfd, 0x50]; // v128.or
const constant = (value: number): number[] => [0x41, (value & 127) | 128, value >> 7]; // i32.const
const advance = (local: number): number[] => [...get(local), ...constant(STRIDE), 0x6a, 0x21, local];
/** The loop again as long as there are bytes, and its end. */
const repeat = (bytes: number): number[] => [
  ...get(bytes),
  ...constant(STRIDE),
  0x6b,
  0x22,
  bytes,
  0x0d,
  0,
  0x0b,
];
const sized = (bytes: readonly number[]): number[] => [
  (bytes.length & 127) | 128,
  bytes.length >> 7,
  ...bytes,
];
const section = (id: number, ...bytes: number[]): number[] => [id, ...sized(bytes)];
const text = (word: string): number[] => [word.length, ...Buffer.from(word)];
const offsets = (step: number): number[] => Array.from({ length: STRIDE / step }, (_, at) => at * step);

interface Mask {
  readonly local: number;
  readonly operation: readonly number[];
}

/** Instructions by their numbers in https://webassembly.github.io/spec/core/binary/instructions.html */
const maskBody = (to: number, from: number, masks: readonly Mask[], bytes: number): number[] => [
  0, // no locals
  ...[0x03, 0x40], // loop
  ...offsets(16).flatMap((offset) => [
    ...[...get(to), ...get(from), ...load(offset)],
    ...masks.flatMap(({ local, operation }) => [...get(local), ...load(offset), ...operation]),
    ...store(offset),
  ]),
  ...[to, from, ...masks.map(({ local }) => local)].flatMap(advance),
  ...repeat(bytes),
  0x0b,
];

/** Eight bytes a count: processors count the ones of a word in a cycle, those of a vector in a dozen steps. */
const countBody = (at: number, bytes: number, sum: number): number[] => [
  ...[1, 1, I64], // locals: the sum
  ...[0x03, 0x40], // loop
  ...get(sum),
  ...offsets(8).flatMap((offset) => [...get(at), 0x29, 3, offset, 0x7b, 0x7c]), // i64.load, i64.popcnt, i64.add
  ...[0x21, sum], // local.set
  ...advance(at),
  ...repeat(bytes),
  ...[...get(sum), 0xa7], // i32.wrap_i64
  0x0b,
];

/** Few ones leave most strides empty: one look tells. */
const listBody = (at: number, bytes: number, to: number, word: number, place: number): number[] => [
  ...[2, 1, I64, 1, I32], // locals: a word, and the place of the stride's first bit
  ...[0x03, 0x40], // loop
  ...offsets(16).flatMap((offset, nth) => [...get(at), ...load(offset), ...(nth > 0 ? OR : [])]),
  ...[0xfd, 0x53, 0x04, 0x40], // v128.any_true, if
  ...offsets(8).flatMap((offset) => [
    ...[...get(at), 0x29, 3, offset, 0x22, word, 0x42, 0, 0x52, 0x04, 0x40], // i64.load, local.tee, i64.ne, if
    ...[0x03, 0x40], // loop
    ...[...get(to), ...get(place), ...get(word), 0x7a, 0xa7, 0x6a], // i64.ctz, i32.wrap_i64, i32.add
    ...[...constant(8 * offset), 0x6a, 0x36, 2, 0], // i32.const, i32.add, i32.store
    ...[...get(to), 0x41, 4, 0x6a, 0x21, to],
    ...[...get(word), ...get(word), 0x42, 1, 0x7d, 0x83, 0x22, word], // without its lowest bit: i64.sub, i64.and
    ...[0x42, 0, 0x52, 0x0d, 0, 0x0b], // i64.ne, br_if, end
    0x0b,
  ]),
  0x0b,
  ...[...get(place), ...constant(8 * STRIDE), 0x6a, 0x21, place],
  ...advance(at),
  ...repeat(bytes),
  0x0b,
];

/** Functions by name: the index of its type, and what it does. */
const FUNCTIONS: readonly (readonly [name: keyof Code, type: number, body: readonly number[]])[] = [
  [
    'keepBetween',
    0,
    maskBody(
      0,
      1,
      [
        { local: 3, operation: AND },
        { local: 2, operation: AND_NOT },
      ],
      4,
    ),
  ],
  ['keep', 1, maskBody(0, 1, [{ local: 2, operation: AND }], 3)],
  ['takeOut', 1, maskBody(0, 1, [{ local: 2, operation: AND_NOT }], 3)],
  ['count', 2, countBody(0, 1, 2)],
  ['list', 3, listBody(0, 1, 2, 3, 4)],
];
const TYPES = [
  [0x60, 5, I32, I32, I32, I32, I32, 0],
  [0x60, 4, I32, I32, I32, I32, 0],
  [0x60, 2, I32, I32, 1, I32],
  [0x60, 3, I32, I32, I32, 0],
];
const listOf = (items: readonly (readonly number[])[]): number[] => [items.length, ...items.flat()];
const CODE = new Module(
  Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, ...listOf(TYPES)),
    ...section(2, 1, ...text(''), ...text('memory'), 2, 0, 1), // import of a memory of a page or more
    ...section(3, ...listOf(FUNCTIONS.map(([, type]) => [type]))),
    ...section(7, ...listOf(FUNCTIONS.map(([name], at) => [...text(name), 0, at]))), // exports
    ...section(10, ...listOf(FUNCTIONS.map(([, , body]) => sized(body)))),
  ]),
);
