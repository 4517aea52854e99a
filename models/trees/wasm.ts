/**
 * WebAssembly, written out: just what the histograms need. JavaScript has no arithmetic on pairs of numbers and
 * checks every index; this has and does not.
 * https://webassembly.github.io/spec/core/binary/
 */
export type Code = readonly number[];

/** Types of parameters and locals. */
export const I32 = 0x7f;
export const V128 = 0x7b;

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const tee = (local: number): Code => [0x22, ...unsigned(local)];
export const i32 = (value: number): Code => [0x41, ...signed(value)];
export const f64 = (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];

export const ADD: Code = [0x6a];
export const SUB: Code = [0x6b];
export const AND: Code = [0x71];
export const SHL: Code = [0x74];
export const SHR: Code = [0x76];
/** Unsigned: addresses may lie beyond 2 GiB. */
export const LESS: Code = [0x49];
export const F64_LESS: Code = [0x63];
/** Of two values and a condition, the first where it holds. */
export const SELECT: Code = [0x1b];
/** Copies within the memory: to, from, bytes. */
export const COPY: Code = [0xfc, 0x0a, 0x00, 0x00];

export const LOAD: Code = [0x28, 2, 0];
export const LOAD_BYTE: Code = [0x2d, 0, 0];
export const STORE: Code = [0x36, 2, 0];
export const LOAD_PAIR: Code = [0xfd, 0x00, 4, 0];
export const STORE_PAIR: Code = [0xfd, 0x0b, 4, 0];
export const ADD_PAIR: Code = [0xfd, 0xf0, 0x01];
export const SUB_PAIR: Code = [0xfd, 0xf1, 0x01];
export const NO_PAIR: Code = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
/** The second number of a pair. */
export const SECOND: Code = [0xfd, 0x21, 0x01];

/** Does the body until its last value is 0. */
export const repeat = (...body: readonly Code[]): Code => [0x03, 0x40, ...body.flat(), 0x0d, 0x00, 0x0b];

export interface WasmFunction {
  readonly name: string;
  /** Numbers of 32 bits; they are the first locals. */
  readonly parameters: number;
  readonly locals: readonly number[];
  readonly returns: boolean;
  readonly body: Code;
}

/** A module of these functions over a shared memory `env.memory` of up to 4 GiB. */
function moduleOf(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, returns }) => [
    0x60,
    ...list(new Array<Code>(parameters).fill([I32])),
    ...(returns ? [1, I32] : [0]),
  ]);
  const memory = [...text('env'), ...text('memory'), 0x02, 0x03, ...unsigned(1), ...unsigned(MAX_PAGES)];
  const bodies = functions.map(({ locals, body }) => {
    const code = [...list(locals.map((type) => [1, type])), ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  const exported = functions.map(({ name }, at) => [...text(name), 0x00, ...unsigned(at)]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, [memory]),
    ...section(
      3,
      functions.map((_, at) => unsigned(at)),
    ),
    ...section(7, exported),
    ...section(10, bodies),
  ]);
}

/** Bytes of a page, and the most pages: 4 GiB, all that 32 bits can address. */
const PAGE = 65536;
const MAX_PAGES = 65536;

/** What is used of the global WebAssembly, which Node's types leave to the browser's. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}
interface WebAssemblyGlobal {
  Memory: new (limits: { initial: number; maximum: number; shared: true }) => SharedMemory;
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (
    module: object,
    imports: { env: { memory: SharedMemory } },
  ) => { readonly exports: Readonly<Record<string, (...values: number[]) => number>> };
}
const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyGlobal })
  .WebAssembly;

/** Memory that threads share, of so many bytes at least. Throws when that is more than 4 GiB. */
export function sharedMemory(bytes: number): SharedMemory {
  const initial = Math.ceil(bytes / PAGE);
  if (initial > MAX_PAGES) {
    const gigabytes = (bytes / 2 ** 30).toFixed(1);
    throw new Error(`Trees over this table need ${gigabytes} GiB, more than 4: give fewer rows or features.`);
  }
  return new Memory({ initial, maximum: MAX_PAGES, shared: true });
}

export function compile(functions: readonly WasmFunction[]): object {
  return new Module(moduleOf(functions));
}

export function instantiate(
  module: object,
  memory: SharedMemory,
): Readonly<Record<string, (...values: number[]) => number>> {
  return new Instance(module, { env: { memory } }).exports;
}

function section(id: number, entries: readonly Code[]): Code {
  const content = list(entries);
  return [id, ...unsigned(content.length), ...content];
}

function list(entries: readonly Code[]): Code {
  return [...unsigned(entries.length), ...entries.flat()];
}

function text(value: string): Code {
  return list(Array.from(Buffer.from(value), (byte) => [byte]));
}

/** LEB128: seven bits a byte, the lowest first. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(Math.floor(value / 128))];
}

function signed(value: number): Code {
  const rest = value >> 7;
  const last = (rest === 0 && (value & 64) === 0) || (rest === -1 && (value & 64) !== 0);
  return last ? [value & 127] : [(value & 127) | 128, ...signed(rest)];
}
