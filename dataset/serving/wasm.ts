/**
 * Enough of WebAssembly's binary format to write loops as expressions: each takes its operands first, as the format has
 * them. The numbers are those of https://webassembly.github.io/spec/core/binary/instructions.html
 */
export type Code = number | readonly Code[];

export interface WasmFunction {
  readonly name: string;
  /** How many; each an i32. */
  readonly parameters: number;
  /** Whether it returns an i32. */
  readonly returns: boolean;
  /** Types of its other variables, which come after the parameters and begin as 0. */
  readonly locals: readonly number[];
  readonly body: Code;
}

/** What is used of WebAssembly's memory, which Node's types leave to the browser's. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

interface WebAssemblyGlobal {
  Memory: new (limits: { initial: number }) => WasmMemory;
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object, imports: object) => { readonly exports: object };
}
const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyGlobal })
  .WebAssembly;
export { Memory };

export const I32 = 0x7f;
export const I64 = 0x7e;
export const V128 = 0x7b;

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}
function signed(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}

const one = (op: Code) => (of: Code) => [of, op];
const two = (op: Code) => (left: Code, right: Code) => [left, right, op];
const read = (op: Code, alignment: number) => (from: Code, offset: number) => [
  from,
  op,
  alignment,
  unsigned(offset),
];
const write = (op: Code, alignment: number) => (to: Code, value: Code, offset: number) => [
  to,
  value,
  op,
  alignment,
  unsigned(offset),
];

export const get = (local: number): Code => [0x20, local];
export const set = (local: number, value: Code): Code => [value, 0x21, local];
/** Sets it and is its value. */
export const tee = (local: number, value: Code): Code => [value, 0x22, local];

const EMPTY = 0x40;
const END = 0x0b;
export const loop = (...body: readonly Code[]): Code => [0x03, EMPTY, body, END];
export const block = (...body: readonly Code[]): Code => [0x02, EMPTY, body, END];
export const when = (condition: Code, ...body: readonly Code[]): Code => [condition, 0x04, EMPTY, body, END];
/** To the beginning of a loop, or behind a block: the innermost where `outer` is 0. */
export const go = (outer: number): Code => [0x0c, outer];
export const goIf = (condition: Code, outer: number): Code => [condition, 0x0d, outer];

export const i32 = {
  of: (value: number): Code => [0x41, signed(value)],
  load: read(0x28, 2),
  store: write(0x36, 2),
  /** Unsigned, as addresses are. */
  more: two(0x4b),
  notLess: two(0x4f),
  add: two(0x6a),
  subtract: two(0x6b),
  and: two(0x71),
  or: two(0x72),
  /** Shifts and rotations take the lowest five bits of how far. */
  shiftLeft: two(0x74),
  shiftRight: two(0x76),
  rotateLeft: two(0x77),
};

export const i64 = {
  of: (value: number): Code => [0x42, signed(value)],
  load: read(0x29, 3),
  unequal: two(0x52),
  trailingZeros: one(0x7a),
  ones: one(0x7b),
  add: two(0x7c),
  subtract: two(0x7d),
  and: two(0x83),
  toI32: one(0xa7),
};

export const v128 = {
  load: read([0xfd, 0x00], 4),
  store: write([0xfd, 0x0b], 4),
  /** The i32 four times. */
  splat: one([0xfd, 0x11]),
  /** Its i64 of that number. */
  half: (of: Code, lane: number): Code => [of, 0xfd, 0x1d, lane],
  and: two([0xfd, 0x4e]),
  or: two([0xfd, 0x50]),
  xor: two([0xfd, 0x51]),
  any: one([0xfd, 0x53]),
};

const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes];
const bytesOf = (code: Code): number[] => (typeof code === 'number' ? [code] : code.flatMap(bytesOf));
const section = (id: number, content: Code): number[] => [id, ...sized(bytesOf(content))];
const listOf = (items: readonly Code[]): Code => [unsigned(items.length), items];
const text = (word: string): Code => [word.length, ...Buffer.from(word)];

/** A module that exports the functions and imports the memory that they work in. */
export function compile(functions: readonly WasmFunction[]): object {
  const types = functions.map(({ parameters, returns }) => [
    ...[0x60, unsigned(parameters), Array<number>(parameters).fill(I32)],
    ...(returns ? [1, I32] : [0]),
  ]);
  const bodies = functions.map(({ locals, body }) =>
    sized(bytesOf([listOf(locals.map((type) => [1, type])), body, END])),
  );
  return new Module(
    Uint8Array.from(
      bytesOf([
        [0x00, 0x61, 0x73, 0x6d],
        [1, 0, 0, 0],
        section(1, listOf(types)),
        section(2, [1, text(''), text('memory'), 2, 0, 1]),
        section(3, listOf(functions.map((_, at) => unsigned(at)))),
        section(7, listOf(functions.map(({ name }, at) => [text(name), 0, unsigned(at)]))),
        section(10, listOf(bodies)),
      ]),
    ),
  );
}

export const instantiate = (module: object, memory: WasmMemory): object =>
  new Instance(module, { '': { memory } }).exports;
