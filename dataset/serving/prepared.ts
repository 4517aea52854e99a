import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { allocateTables } from './tableMemory.js';

/**
 * A record of typed arrays and plain JSON, nested as it likes, as one file that is opened by reading it: a header, then the arrays
 * as they lie in memory. Layout: 8 bytes of magic, the header's length as a 32-bit number, the version of the layout
 * as another, the header as JSON, and from the next multiple of 64 the arrays, each at a multiple of 8. In the header
 * an array stands as `{"$": [kind, start, length]}`. Numbers are little-endian, as on every machine that runs Node.
 */
const MAGIC = Buffer.from('MARQUEE\n');
/** Raise it with every change of what the tables hold or mean. */
export const VERSION = 6;
const KINDS = { Uint8Array, Int32Array, Uint32Array, Float64Array } as const;
type Kind = keyof typeof KINDS;
type AnyArray = InstanceType<(typeof KINDS)[Kind]>;

/** Bytes that one call reads: the event loop's threads serve others in between. */
const PIECE = 16 * 2 ** 20;

const aligned = (at: number, to: number): number => Math.ceil(at / to) * to;

/** Synchronous: for threads that compute. The bytes depend on the value alone. */
export function writePrepared(file: string, value: unknown): void {
  const arrays: { readonly array: AnyArray; readonly start: number }[] = [];
  let end = 0;
  const header = JSON.stringify(value, (_key, one: unknown) => {
    if (!ArrayBuffer.isView(one)) return one;
    const kind = one.constructor.name;
    if (!Object.hasOwn(KINDS, kind)) throw new Error(`an array of kind ${kind} cannot be prepared`);
    const array = one as AnyArray;
    const start = aligned(end, 8);
    end = start + array.byteLength;
    arrays.push({ array, start });
    return { $: [kind, start, array.length] };
  });
  const text = Buffer.from(header);
  const head = Buffer.alloc(aligned(16 + text.length, 64));
  MAGIC.copy(head);
  head.writeUInt32LE(text.length, 8);
  head.writeUInt32LE(VERSION, 12);
  text.copy(head, 16);
  const to = openSync(file, 'w');
  try {
    write(to, head, 0);
    for (const { array, start } of arrays)
      write(to, new Uint8Array(array.buffer, array.byteOffset, array.byteLength), head.length + start);
    fsyncSync(to);
  } finally {
    closeSync(to);
  }
}

function write(to: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;)
    done += writeSync(to, bytes, done, Math.min(bytes.length - done, PIECE), at + done);
}

/**
 * Reads a prepared file into one piece of memory, off the event loop; its arrays are views of it. Null where another
 * version of the program wrote it. `room`: bytes behind the arrays for who computes with them. `before`: what it waits
 * for until it takes the memory; its error is this one's. @throws Error where it is no such file, or has not as many
 * bytes as it must.
 */
export async function readPrepared<Value>(
  file: string,
  bytes?: number,
  room = 0,
  before: Promise<unknown> = Promise.resolve(),
): Promise<Value | null> {
  const from = await open(file);
  try {
    const { size } = await from.stat();
    if (bytes !== undefined && size !== bytes)
      throw new Error(`table serving has ${size} bytes; its manifest says ${bytes}`);
    const start = Buffer.alloc(16);
    await from.read(start, 0, 16, 0);
    if (!start.subarray(0, 8).equals(MAGIC)) throw new Error('the file of prepared tables is none');
    if (start.readUInt32LE(12) !== VERSION) return null;
    const length = start.readUInt32LE(8);
    const text = Buffer.alloc(length);
    await from.read(text, 0, length, 16);
    const begin = aligned(16 + length, 64);
    await before;
    const memory = allocateTables(Math.max(0, size - begin), room);
    for (let at = 0; at < memory.length;) {
      const { bytesRead } = await from.read(memory, at, Math.min(PIECE, memory.length - at), begin + at);
      if (bytesRead === 0) throw new Error('the file of prepared tables became shorter while it was read');
      at += bytesRead;
    }
    return revive(JSON.parse(text.toString()), memory.buffer) as Value;
  } finally {
    await from.close();
  }
}

function revive(value: unknown, memory: ArrayBuffer): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => revive(one, memory));
  if (Object.hasOwn(value, '$')) {
    const [kind, at, count] = (value as { $: [Kind, number, number] }).$;
    return new KINDS[kind](memory, at, count);
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, revive(one, memory)]));
}
