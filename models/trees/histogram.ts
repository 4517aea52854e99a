import type { BinnedTable } from './bins.js';

/** Features whose bins are added up in one pass. */
const TOGETHER = 8;

/** How the histograms of a table lie in one array: pairs of G and H, bin after bin, feature after feature. */
export class HistogramLayout {
  /** Where each feature's bins start. */
  readonly offsets: Int32Array;
  /** Length of the part that means something; behind it lies room for one feature that is not read. */
  readonly length: number;
  readonly #columns: readonly Uint8Array[];
  readonly #g: Float64Array;
  readonly #h: Float64Array;
  readonly #spare: Float64Array[] = [];

  constructor(table: BinnedTable) {
    this.offsets = new Int32Array(table.counts.length);
    let length = 0;
    table.counts.forEach((count, f) => {
      this.offsets[f] = length;
      length += 2 * count;
    });
    this.length = length;
    this.#columns = table.columns;
    this.#g = new Float64Array(table.rows);
    this.#h = new Float64Array(table.rows);
  }

  /** The histogram of the rows `order[from .. to)`, of the given features alone. */
  fill(
    order: Int32Array,
    from: number,
    to: number,
    g: Float64Array,
    h: Float64Array,
    features: Int32Array,
  ): Float64Array {
    const histogram = this.#spare.pop()?.fill(0) ?? new Float64Array(this.length + 512);
    for (let i = from; i < to; i++) {
      const row = order[i]!;
      this.#g[i - from] = g[row]!;
      this.#h[i - from] = h[row]!;
    }
    const rows = order.subarray(from, to);
    for (let start = 0; start < features.length; start += TOGETHER) {
      // The last pass is filled up with its first feature, added to the unread end.
      const at = Array.from({ length: TOGETHER }, (_, k) => features[start + k] ?? -1);
      addColumns(
        at.map((f) => this.#columns[f < 0 ? at[0]! : f]!),
        at.map((f) => (f < 0 ? this.length : this.offsets[f]!)),
        rows,
        this.#g,
        this.#h,
        histogram,
      );
    }
    return histogram;
  }

  /** Turns a parent's histogram into that of the child whose sibling is given. */
  subtract(parent: Float64Array, sibling: Float64Array): void {
    for (let i = 0; i < this.length; i += 2) {
      const h = parent[i + 1]! - sibling[i + 1]!;
      // Subtraction leaves dust in bins that hold no row; a bin without weight must hold nothing.
      const empty = h < 1e-9;
      parent[i] = empty ? 0 : parent[i]! - sibling[i]!;
      parent[i + 1] = empty ? 0 : h;
    }
  }

  /** Gives a histogram back, to be used again. */
  release(histogram: Float64Array): void {
    this.#spare.push(histogram);
  }
}

/**
 * The innermost loop of all training. Additions to one bin wait for each other; eight features at a time keep
 * the processor busy meanwhile (measured: four times as fast as one at a time).
 */
function addColumns(
  columns: readonly Uint8Array[],
  offsets: readonly number[],
  rows: Int32Array,
  g: Float64Array,
  h: Float64Array,
  histogram: Float64Array,
): void {
  const [c0, c1, c2, c3, c4, c5, c6, c7] = columns as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const [o0, o1, o2, o3, o4, o5, o6, o7] = offsets as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const gi = g[i]!;
    const hi = h[i]!;
    const a0 = o0 + 2 * c0[row]!;
    const a1 = o1 + 2 * c1[row]!;
    const a2 = o2 + 2 * c2[row]!;
    const a3 = o3 + 2 * c3[row]!;
    histogram[a0]! += gi;
    histogram[a0 + 1]! += hi;
    histogram[a1]! += gi;
    histogram[a1 + 1]! += hi;
    histogram[a2]! += gi;
    histogram[a2 + 1]! += hi;
    histogram[a3]! += gi;
    histogram[a3 + 1]! += hi;
    const a4 = o4 + 2 * c4[row]!;
    const a5 = o5 + 2 * c5[row]!;
    const a6 = o6 + 2 * c6[row]!;
    const a7 = o7 + 2 * c7[row]!;
    histogram[a4]! += gi;
    histogram[a4 + 1]! += hi;
    histogram[a5]! += gi;
    histogram[a5 + 1]! += hi;
    histogram[a6]! += gi;
    histogram[a6 + 1]! += hi;
    histogram[a7]! += gi;
    histogram[a7 + 1]! += hi;
  }
}
