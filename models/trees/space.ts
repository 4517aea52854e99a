import type { BinnedTable } from './bins.js';
import { kernelOver, PER_PASS, type Kernel } from './kernel.js';
import { MASK_WORDS } from './tree.js';
import { sharedMemory, type SharedMemory } from './wasm.js';

/** What a thread needs to work on a table in another one's memory. */
export interface SharedSpace {
  readonly memory: SharedMemory;
  readonly rows: number;
  /** Bins of each feature. */
  readonly counts: readonly number[];
  readonly categorical: readonly boolean[];
  /** Histograms of one region. */
  readonly slots: number;
  readonly regions: number;
}

const CONTROL_WORDS = 32;

/** Two splits for each chunk of features, of four numbers and a mask. */
const FOUND_BYTES = 64;
export const FOUND_NUMBERS = FOUND_BYTES / 8;

/** Every part begins at a whole cache line, so that no two threads write to one. */
const LINE = 64;
const lines = (bytes: number): number => Math.ceil(bytes / LINE) * LINE;

/**
 * One memory that all of a training lies in, where WebAssembly and other threads reach it: the binned columns, and
 * for each region what one tree needs while it grows.
 */
export class GrowSpace {
  readonly kernel: Kernel;
  /** Where each feature's pairs begin in a histogram, counted in pairs. */
  readonly offsets: Int32Array;
  /** What threads that do steps of this region tell each other by; see steps.ts. */
  readonly control: Int32Array;
  /** The features of a tree, as many as `control` says. */
  readonly features: Int32Array;
  readonly found: Float64Array;
  readonly foundMasks: Uint32Array;
  readonly columns: readonly Uint8Array[];
  /** G and H of each row, one after the other. */
  readonly pairs: Float64Array;
  /** The rows of a tree, each node's together. */
  readonly order: Int32Array;
  readonly mask: Uint32Array;
  /** All histograms: slot after slot, each bin's G and H. */
  readonly histograms: Float64Array;
  readonly #scratch: number;
  readonly #slotBytes: number;

  private constructor(
    readonly shared: SharedSpace,
    region: number,
  ) {
    const { memory, rows, counts } = shared;
    const { buffer } = memory;
    const plan = planOf(shared);
    this.kernel = kernelOver(memory);
    this.offsets = plan.offsets;
    this.columns = counts.map((_, f) => new Uint8Array(buffer, f * lines(rows), rows));
    const start = plan.columnBytes + region * plan.regionBytes;
    const [control, features, found, pairs, order, scratch, mask, histograms] = plan.parts.map(
      (at) => start + at,
    ) as [number, number, number, number, number, number, number, number];
    this.control = new Int32Array(buffer, control, CONTROL_WORDS);
    this.features = new Int32Array(buffer, features, counts.length);
    this.found = new Float64Array(buffer, found, (pairs - found) / 8);
    this.foundMasks = new Uint32Array(buffer, found, (pairs - found) / 4);
    this.pairs = new Float64Array(buffer, pairs, 2 * rows);
    this.order = new Int32Array(buffer, order, rows);
    this.#scratch = scratch;
    this.mask = new Uint32Array(buffer, mask, MASK_WORDS);
    this.#slotBytes = plan.slotBytes;
    this.histograms = new Float64Array(buffer, histograms, (shared.slots * plan.slotBytes) / 8);
  }

  /** Copies a table into a memory of its own. Throws when that would be more than 4 GiB. */
  static of(table: BinnedTable, slots: number, regions: number): GrowSpace {
    const { rows, counts, categorical } = table;
    const shape = { rows, counts, categorical, slots, regions };
    const { columnBytes, regionBytes } = planOf(shape);
    const memory = sharedMemory(columnBytes + regions * regionBytes);
    const space = new GrowSpace({ ...shape, memory }, 0);
    space.columns.forEach((column, f) => column.set(table.columns[f]!));
    return space;
  }

  /** The same table with another region, in this thread or another. */
  static open(shared: SharedSpace, region: number): GrowSpace {
    return new GrowSpace(shared, region);
  }

  /** Where a slot's histogram begins, counted in numbers. */
  slotStart(slot: number): number {
    return (slot * this.#slotBytes) / 8;
  }

  /** Sets the histogram of some features, at most PER_PASS, to that of the rows `order[from .. to)`. */
  fill(slot: number, features: Int32Array, from: number, to: number): void {
    const { shared, offsets, histograms, order } = this;
    const start = this.slotStart(slot);
    for (const f of features) {
      const first = start + 2 * offsets[f]!;
      histograms.fill(0, first, first + 2 * shared.counts[f]!);
    }
    if (from === to) return;
    const at = histograms.byteOffset + slot * this.#slotBytes;
    this.kernel.addRows(
      order.byteOffset + 4 * from,
      order.byteOffset + 4 * to,
      this.pairs.byteOffset,
      Array.from(features, (f) => this.columns[f]!.byteOffset),
      Array.from(features, (f) => at + 16 * offsets[f]!),
    );
  }

  /** Turns a feature's histogram in the slot of a parent into that of the child whose sibling is in another. */
  subtract(parent: number, sibling: number, f: number): void {
    const first = this.histograms.byteOffset + 16 * this.offsets[f]!;
    const from = first + parent * this.#slotBytes;
    const bytes = 16 * this.shared.counts[f]!;
    this.kernel.subtract(from, from + bytes, first + sibling * this.#slotBytes);
  }

  /** Parts the rows `order[from .. to)` by the mask of a split and gives the place where the right side begins. */
  partition(feature: number, mask: Uint32Array, from: number, to: number): number {
    this.mask.set(mask);
    const base = this.order.byteOffset;
    const right = this.kernel.partition(
      base + 4 * from,
      base + 4 * to,
      this.columns[feature]!.byteOffset,
      this.mask.byteOffset,
      this.#scratch,
    );
    return ((right >>> 0) - base) / 4;
  }
}

/** Sizes in bytes, and where the parts of a region begin in it. */
function planOf({ rows, counts, slots }: Omit<SharedSpace, 'memory'>) {
  const offsets = new Int32Array(counts.length);
  let bins = 0;
  counts.forEach((count, f) => {
    offsets[f] = bins;
    bins += count;
  });
  const slotBytes = lines(16 * bins);
  const sizes = [
    4 * CONTROL_WORDS,
    4 * counts.length,
    2 * Math.ceil(counts.length / PER_PASS) * FOUND_BYTES,
    16 * rows,
    4 * rows,
    4 * rows,
    4 * MASK_WORDS,
    slots * slotBytes,
  ];
  let regionBytes = 0;
  const parts = sizes.map((bytes) => {
    const at = regionBytes;
    regionBytes += lines(bytes);
    return at;
  });
  return { offsets, slotBytes, parts, regionBytes, columnBytes: counts.length * lines(rows) };
}
