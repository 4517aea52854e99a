import type { WasmMemory } from './tableMemory.js';

/** Bytes of a bitmap that are taken at a time. */
export const STRIDE = 64;
/** Bitmaps that are combined at once. */
export const AT_ONCE = 6;

/**
 * Addresses and lengths are bytes; lengths are multiples of STRIDE, at least one. What lies behind a bitmap may be
 * read.
 */
export interface NarrowingCode {
  /**
   * For each number of masks: `to = from & (mask ^ flip) & …` at each place; the number of ones. A flip is -1 where the
   * mask's ones are taken out, else 0.
   */
  readonly [narrow: `narrow${number}`]: (
    to: number,
    from: number,
    bytes: number,
    ...masksAndFlips: readonly number[]
  ) => number;
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
const V128 = 0x7b;
const get = (local: number): number[] => [0x20, local];
const load = (offset: number): number[] => [0xfd, 0x00, 4, offset]; // v128.load
const store = (offset: number): number[] => [0xfd, 0x0b, 4, offset]; // v128.store
const AND = [0xfd, 0x4e]; // v128.and
const OR = [0xfd, 0x50]; // v128.or
const XOR = [0xfd, 0x51]; // v128.xor
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

/** Instructions by their numbers in https://webassembly.github.io/spec/core/binary/instructions.html */
function narrowBody(masks: number): number[] {
  const [to, from, bytes] = [0, 1, 2];
  const parameters = 3 + 2 * masks;
  const [sum, word] = [parameters, parameters + 1];
  const each = Array.from({ length: masks }, (_, i) => ({
    at: 3 + 2 * i,
    by: 4 + 2 * i,
    flip: word + 1 + i,
  }));
  const onesOf = (lane: number): number[] => [...get(word), 0xfd, 0x1d, lane, 0x7b, 0x7c]; // i64x2.extract_lane, i64.popcnt, i64.add
  return [
    ...[2, 1, I64, 1 + masks, V128], // locals: the sum; the bits at a place, and what each mask is compared with
    ...each.flatMap(({ by, flip }) => [...get(by), 0xfd, 0x11, 0x21, flip]), // i32x4.splat, local.set
    ...[0x03, 0x40], // loop
    ...offsets(16).flatMap((offset) => [
      ...[...get(to), ...get(from), ...load(offset)],
      ...each.flatMap(({ at, flip }) => [...get(at), ...load(offset), ...get(flip), ...XOR, ...AND]),
      ...[0x22, word, ...store(offset)], // local.tee
      ...[...get(sum), ...onesOf(0), ...onesOf(1), 0x21, sum],
    ]),
    ...[to, from, ...each.map(({ at }) => at)].flatMap(advance),
    ...repeat(bytes),
    ...[...get(sum), 0xa7], // i32.wrap_i64
    0x0b,
  ];
}

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

/** What the code offers: its parameters, all of them i32, what it returns, and what it does. */
const FUNCTIONS: readonly {
  readonly name: keyof NarrowingCode;
  readonly parameters: number;
  readonly results: readonly number[];
  readonly body: readonly number[];
}[] = [
  ...Array.from({ length: AT_ONCE + 1 }, (_, masks) => ({
    name: `narrow${masks}` as const,
    parameters: 3 + 2 * masks,
    results: [I32],
    body: narrowBody(masks),
  })),
  { name: 'count', parameters: 2, results: [I32], body: countBody(0, 1, 2) },
  { name: 'list', parameters: 3, results: [], body: listBody(0, 1, 2, 3, 4) },
];
const listOf = (items: readonly (readonly number[])[]): number[] => [items.length, ...items.flat()];
const MODULE = new Module(
  Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1, // types
      ...listOf(
        FUNCTIONS.map(({ parameters, results }) => [
          ...[0x60, parameters, ...Array<number>(parameters).fill(I32)],
          ...[results.length, ...results],
        ]),
      ),
    ),
    ...section(2, 1, ...text(''), ...text('memory'), 2, 0, 1), // import of a memory of a page or more
    ...section(3, ...listOf(FUNCTIONS.map((_, at) => [at]))),
    ...section(7, ...listOf(FUNCTIONS.map(({ name }, at) => [...text(name), 0, at]))), // exports
    ...section(10, ...listOf(FUNCTIONS.map(({ body }) => sized(body)))),
  ]),
);

/** The code over bitmaps in this memory. */
export const narrowingCode = (memory: WasmMemory): NarrowingCode =>
  new Instance(MODULE, { '': { memory } }).exports as NarrowingCode;
