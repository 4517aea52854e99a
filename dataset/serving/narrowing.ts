import { wordsFor, type Bitmap } from './bitmap.js';

/**
 * The bits of all rows, narrowed condition by condition in one place that every question writes anew: not each of
 * thousands a second takes new memory. Sixteen bytes a step as WebAssembly (its vector instructions have no
 * counterpart in JavaScript) take a tenth of the time of a loop over words.
 */
export class Narrowing {
  /** What is left; theirs who began last. */
  readonly bits: Bitmap;
  readonly #less: Bitmap;
  readonly #most: Bitmap;
  readonly #every: Bitmap;
  readonly #none: Bitmap;
  readonly #combine: Combine;

  constructor(rows: number) {
    const bytes = Math.max(16, Math.ceil(wordsFor(rows) / 4) * 16);
    const memory = new Memory({ initial: Math.ceil((5 * bytes) / PAGE) });
    const { exports } = new Instance(COMBINE, { '': { memory } });
    const combine = exports['combine']!;
    const part = (at: number): Bitmap => new Uint32Array(memory.buffer, at * bytes, wordsFor(rows));
    [this.bits, this.#less, this.#most, this.#every, this.#none] = [0, 1, 2, 3, 4].map(part) as Five;
    this.#every.fill(0xffffffff);
    if ((rows & 31) !== 0) this.#every[this.#every.length - 1] = (1 << (rows & 31)) - 1;
    this.#combine = (less, most) => combine(0, less.byteOffset, most.byteOffset, bytes);
  }

  /** With these rows, or with all. */
  begin(rows: Bitmap | null): void {
    this.bits.set(rows ?? this.#every);
  }

  /** Loses what `most` lacks. */
  keep(most: Bitmap): void {
    this.#most.set(most);
    this.#combine(this.#none, this.#most);
  }

  /** Loses what `less` has. */
  takeOut(less: Bitmap): void {
    this.#less.set(less);
    this.#combine(this.#less, this.#every);
  }

  /** Loses what `most` lacks and what `less` has. */
  keepBetween(less: Bitmap, most: Bitmap): void {
    this.#less.set(less);
    this.#most.set(most);
    this.#combine(this.#less, this.#most);
  }

  count(): number {
    return this.#combine(this.#none, this.#every);
  }
}

type Five = [Bitmap, Bitmap, Bitmap, Bitmap, Bitmap];
/** How many rows are left. */
type Combine = (less: Bitmap, most: Bitmap) => number;

/** What is used of the global WebAssembly, which Node's types leave to the browser's. */
interface WebAssemblyGlobal {
  Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Readonly<Record<string, (...values: number[]) => number>> };
}
const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyGlobal })
  .WebAssembly;

const PAGE = 65_536;
const I32 = 0x7f;
const V128 = 0x7b;
const get = (local: number): number[] => [0x20, local];
const load = (local: number): number[] => [...get(local), 0xfd, 0x00, 4, 0];
const advance = (local: number): number[] => [...get(local), 0x41, 16, 0x6a, 0x21, local];
const sized = (bytes: readonly number[]): number[] => [
  (bytes.length & 127) | 128,
  bytes.length >> 7,
  ...bytes,
];
const section = (id: number, ...bytes: number[]): number[] => [id, ...sized(bytes)];
const text = (word: string): number[] => [word.length, ...Buffer.from(word)];

const [TO, LESS, MOST, BYTES, SUM, VALUE] = [0, 1, 2, 3, 4, 5] as const;

/**
 * `combine(to, less, most, bytes)`: at each sixteen bytes `to = to & most & ~less`; the number of ones left. Addresses
 * are bytes in the imported memory; `bytes` is a multiple of 16, at least 16. Instructions by their numbers in
 * https://webassembly.github.io/spec/core/binary/instructions.html
 */
const BODY = [
  ...[2, 1, V128, 1, V128], // locals: SUM, VALUE
  ...[0x03, 0x40], // loop
  ...[...get(TO), ...load(TO), ...load(MOST)],
  ...[0xfd, 0x4e], // v128.and
  ...load(LESS),
  ...[0xfd, 0x4f], // v128.andnot
  ...[0x22, VALUE], // local.tee
  ...[0xfd, 0x0b, 4, 0], // v128.store
  ...[...get(SUM), ...get(VALUE)],
  ...[0xfd, 0x62], // i8x16.popcnt
  ...[0xfd, 0x7d], // i16x8.extadd_pairwise_i8x16_u
  ...[0xfd, 0x7f], // i32x4.extadd_pairwise_i16x8_u
  ...[0xfd, 0xae, 0x01], // i32x4.add
  ...[0x21, SUM], // local.set
  ...[...advance(TO), ...advance(LESS), ...advance(MOST)],
  ...[...get(BYTES), 0x41, 16, 0x6b], // i32.const, i32.sub
  ...[0x22, BYTES, 0x0d, 0], // local.tee, br_if
  0x0b, // end of the loop
  ...[0, 1, 2, 3].flatMap((lane) => [...get(SUM), 0xfd, 0x1b, lane]), // i32x4.extract_lane
  ...[0x6a, 0x6a, 0x6a], // i32.add
  0x0b,
];
const COMBINE = new Module(
  Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 1, 0x60, 4, I32, I32, I32, I32, 1, I32), // the function's type
    ...section(2, 1, ...text(''), ...text('memory'), 2, 0, 1), // import of a memory of a page or more
    ...section(3, 1, 0),
    ...section(7, 1, ...text('combine'), 0, 0), // export
    ...section(10, 1, ...sized(BODY)),
  ]),
);
