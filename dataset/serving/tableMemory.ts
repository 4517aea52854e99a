import { Memory, type WasmMemory } from './wasm.js';

/**
 * Memory in which prepared tables lie and WebAssembly computes: what it reads of them need not be copied to it. Behind
 * the tables there is room of its own.
 */
export interface TableMemory {
  readonly memory: WasmMemory;
  /** Where the room begins, and where it ends. */
  readonly from: number;
  readonly to: number;
}

const PAGE = 65_536;
/** All that 32 bits address. */
const MOST = 65_536 * PAGE;

/** Those whose room nobody has taken. */
const free = new WeakMap<ArrayBuffer, TableMemory>();

/** For tables of so many bytes, with room for so many more. Plain memory, without room, where that is over 4 GiB. */
export function allocateTables(bytes: number, room: number): Uint8Array<ArrayBuffer> {
  const from = Math.ceil(bytes / 16) * 16;
  if (from + room > MOST) return new Uint8Array(bytes);
  const made = allocate(from, room);
  free.set(made.memory.buffer, made);
  return new Uint8Array(made.memory.buffer, 0, bytes);
}

/** The memory of which the buffer is, its room for who asks first; new memory with such room for all others. */
export function takeRoom(buffer: ArrayBuffer, room: number): TableMemory {
  const found = free.get(buffer);
  if (found === undefined || found.to - found.from < room) return allocate(0, room);
  free.delete(buffer);
  return found;
}

function allocate(from: number, room: number): TableMemory {
  const memory = new Memory({ initial: Math.max(1, Math.ceil((from + room) / PAGE)) });
  return { memory, from, to: from + room };
}
