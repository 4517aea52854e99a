import { wordsFor, type Bitmap } from './bitmap.js';
import { AT_ONCE, rowCode, STRIDE, type RowCode } from './rowCode.js';
import { AT_MOST, LIST_BYTES, Scans } from './scans.js';
import { takeRoom } from './tableMemory.js';
import type { WasmMemory } from './wasm.js';

/** Bitmaps of its own, and one for scans. */
const OWN = 4;
/** Bitmaps that it has place for beside. */
const SPARE = 32;

const bytesFor = (rows: number): number => Math.max(1, Math.ceil((4 * wordsFor(rows)) / STRIDE)) * STRIDE;

/** Bytes of memory that narrowing so many rows takes. */
export const roomFor = (rows: number): number => (OWN + SPARE) * bytesFor(rows) + LIST_BYTES + STRIDE;

/**
 * The bits of all rows, narrowed in one place that every question writes anew: not each of thousands a second takes
 * new memory. What narrows them is noted first, and done when they are asked for: all bitmaps are read side by side,
 * as each comes from far and none has to wait for another, and what is left is counted on the way.
 *
 * Sixteen bytes a step as WebAssembly (its vector instructions have no counterpart in JavaScript) take a tenth of the
 * time of a loop over words; what lies in the same memory, as the prepared bitmaps do, is read where it lies.
 */
export class Narrowing {
  /** Over what lies in its memory. */
  readonly scans: Scans;
  readonly #bits: Bitmap;
  readonly #rows: number;
  readonly #bytes: number;
  readonly #memory: WasmMemory;
  /** Where a bitmap from elsewhere is read. */
  readonly #copy: Bitmap;
  readonly #every: Bitmap;
  /** Where rows are listed. */
  readonly #listed: Uint32Array<ArrayBuffer>;
  readonly #code: RowCode;
  /** Where the next of its bitmaps will lie. */
  #next: number;
  #spare = SPARE;
  #turn = 0;
  /** What is left before that is done which is noted: its own bits, or those it began with. */
  #left: Bitmap;
  /** How many those are; null: not counted yet. */
  #count: number | null;
  /** Of each noted bitmap where it lies, and what its bits are compared with: see `RowCode`. */
  #masks: number[] = [];
  #copied = false;
  #drops: Drop[] = [];

  /** `beside`: the memory of the bitmaps that it will be asked to combine. */
  constructor(rows: number, beside: ArrayBuffer = new ArrayBuffer(0)) {
    const { memory, from } = takeRoom(beside, roomFor(rows));
    this.#rows = rows;
    this.#bytes = bytesFor(rows);
    this.#memory = memory;
    this.#listed = new Uint32Array(memory.buffer, from, LIST_BYTES / 4);
    this.#next = from + this.#listed.byteLength;
    this.#code = rowCode(memory);
    [this.#bits, this.#copy, this.#every] = [this.#take(), this.#take(), this.#take()];
    this.#every.fill(0xffffffff);
    if ((rows & 31) !== 0) this.#every[this.#every.length - 1] = (1 << (rows & 31)) - 1;
    this.#left = this.#every;
    this.#count = rows;
    this.scans = new Scans({ code: this.#code, list: this.#listed, copy: this.#take() });
  }

  /** A bitmap in its memory, where it is read without being copied; null when all of them are given away. */
  spare(): Bitmap | null {
    return this.#spare-- > 0 ? this.#take() : null;
  }

  /** Another one once somebody else has begun. */
  get turn(): number {
    return this.#turn;
  }

  /** What is left; theirs who began last, and not to be changed, where nothing was narrowed. */
  get bits(): Bitmap {
    this.#settle();
    return this.#left;
  }

  /** With the rows of the bits, which stay as they are; with all where there are none. */
  begin(bits: Bitmap | null): void {
    this.#turn++;
    this.#restart(bits ?? this.#every, bits === null ? this.#rows : null);
  }

  /** With the rows that are written over the bits. */
  beginWritten(write: (bits: Bitmap) => void): void {
    this.#turn++;
    write(this.#bits);
    this.#restart(this.#bits, null);
  }

  /** Loses what is not written over the bits that it gets. */
  keepWritten(write: (bits: Bitmap) => void): void {
    if (this.#copied) this.#settle();
    write(this.#copy);
    this.keep(this.#copy);
    this.#copied = true;
  }

  /** Loses all. */
  clear(): void {
    this.#bits.fill(0);
    this.#restart(this.#bits, 0);
  }

  /** Loses what `most` lacks. Nobody changes it before the bits are asked for. */
  keep(most: Bitmap): void {
    this.#note(most, 0);
  }

  /** Loses what `less` has. Nobody changes it before the bits are asked for. */
  takeOut(less: Bitmap): void {
    this.#note(less, -1);
  }

  /** Loses `rows[from]` to `rows[to - 1]`. */
  drop(rows: Uint32Array, from: number, to: number): void {
    if (from < to) this.#drops.push({ rows, from, to });
  }

  count(): number {
    this.#settle();
    return (this.#count ??= this.#code.count(this.#here(this.#left), this.#bytes));
  }

  /** The rows that are left, ascending. Null where they are too many to be listed here. */
  rows(): Uint32Array<ArrayBuffer> | null {
    const count = this.count();
    if (count > AT_MOST) return null;
    this.#code.list(this.#here(this.#left), this.#bytes, this.#listed.byteOffset);
    return this.#listed.slice(0, count);
  }

  #restart(bits: Bitmap, count: number | null): void {
    this.#left = bits;
    this.#count = count;
    this.#masks = [];
    this.#copied = false;
    this.#drops = [];
  }

  #note(bits: Bitmap, flip: 0 | -1): void {
    if (this.#masks.length === 2 * AT_ONCE) this.#settle();
    // It may settle what is noted.
    const at = this.#here(bits);
    this.#masks.push(at, flip);
  }

  /** Does what is noted. */
  #settle(): void {
    const [masks, drops] = [this.#masks, this.#drops];
    if (masks.length === 0 && drops.length === 0) return;
    const narrow = this.#code[`narrow${masks.length / 2}`]!;
    if (!this.#isHere(this.#left)) {
      this.#bits.set(this.#left);
      this.#left = this.#bits;
    }
    let count = narrow(this.#bits.byteOffset, this.#left.byteOffset, this.#bytes, ...masks);
    for (const { rows, from, to } of drops) count -= this.scans.drop(this.#bits, rows, from, to);
    this.#restart(this.#bits, count);
  }

  #take(): Bitmap {
    const bits = new Uint32Array(this.#memory.buffer, this.#next, wordsFor(this.#rows));
    this.#next += this.#bytes;
    return bits;
  }

  #isHere(bits: Bitmap): boolean {
    return bits.buffer === this.#memory.buffer;
  }

  /** Where the bits lie in the memory, if need be as a copy. */
  #here(bits: Bitmap): number {
    if (this.#isHere(bits)) return bits.byteOffset;
    if (this.#copied) this.#settle();
    this.#copied = true;
    this.#copy.set(bits);
    return this.#copy.byteOffset;
  }
}

/** Rows that are taken out one by one. */
interface Drop {
  readonly rows: Uint32Array;
  readonly from: number;
  readonly to: number;
}
