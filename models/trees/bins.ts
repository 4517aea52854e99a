import { partitionPoint } from '../rising.js';
import type { FeatureColumn, FeatureRow, FeatureTable } from './table.js';

/**
 * How one feature becomes one byte. Bin 0 holds what is missing or unseen. A number falls into the first bin
 * whose bound is not below it; the last bin has no bound. A category keeps a bin of its own while bins last,
 * the frequent first; the rest share bin 0.
 */
export type BinRule =
  | { readonly name: string; readonly kind: 'number'; readonly bounds: readonly number[] }
  | { readonly name: string; readonly kind: 'category'; readonly bins: readonly number[] };

export interface BinnedTable {
  readonly rows: number;
  /** One byte per row and feature, a column per feature. */
  readonly columns: readonly Uint8Array[];
  /** Bins of each feature, the missing one included. */
  readonly counts: readonly number[];
  readonly categorical: readonly boolean[];
}

/** One for missing values, 255 for the others: what a byte holds. */
export const MAX_BINS = 255;

/** Bounds are quantiles of at most this many evenly spaced rows, as LightGBM's bin_construct_sample_cnt. */
const SAMPLE = 50_000;

/** Learns the bins of a table, at most `maxBins` a feature beside the missing one. */
export function fitBins(table: FeatureTable, maxBins: number): BinRule[] {
  if (!Number.isInteger(maxBins) || maxBins < 2 || maxBins > MAX_BINS) {
    throw new Error(`maxBins must be a whole number from 2 to ${MAX_BINS}, not ${maxBins}.`);
  }
  return table.columns.map((column) =>
    column.kind === 'number'
      ? { name: column.name, kind: 'number', bounds: numberBounds(column.values, maxBins) }
      : { name: column.name, kind: 'category', bins: categoryBins(column.values, maxBins) },
  );
}

/** Puts a table of the same features into the bins. Throws when a feature has another name or kind. */
export function applyBins(rules: readonly BinRule[], table: FeatureTable): BinnedTable {
  requireFeatures(rules, table);
  return {
    rows: table.rows,
    columns: rules.map((rule, f) => binColumn(rule, table.columns[f]!)),
    counts: rules.map((rule) =>
      rule.kind === 'number' ? rule.bounds.length + 2 : 1 + rule.bins.reduce((a, b) => Math.max(a, b), 0),
    ),
    categorical: rules.map((rule) => rule.kind === 'category'),
  };
}

/** The bins of one row, a byte per feature. Throws as `applyBins` does. */
export function binRow(rules: readonly BinRule[], row: FeatureRow): Uint8Array {
  requireFeatures(rules, row);
  const bins = new Uint8Array(rules.length);
  for (let f = 0; f < bins.length; f++) {
    const rule = rules[f]!;
    requireFeature(rule, row.columns[f]!);
    const value = row.values[f]!;
    bins[f] = rule.kind === 'number' ? binOf(value, rule.bounds) : (rule.bins[value] ?? 0);
  }
  return bins;
}

function requireFeatures(rules: readonly BinRule[], { columns }: Pick<FeatureRow, 'columns'>): void {
  if (rules.length !== columns.length) {
    throw new Error(`The model knows ${rules.length} features, the table has ${columns.length}.`);
  }
}

function requireFeature(rule: BinRule, column: FeatureRow['columns'][number]): void {
  if (rule.name !== column.name || rule.kind !== column.kind) {
    throw new Error(`The model expects ${rule.kind} "${rule.name}", not ${column.kind} "${column.name}".`);
  }
}

function binColumn(rule: BinRule, column: FeatureColumn): Uint8Array {
  requireFeature(rule, column);
  const out = new Uint8Array(column.values.length);
  if (rule.kind === 'category') {
    for (let i = 0; i < out.length; i++) out[i] = rule.bins[column.values[i]!] ?? 0;
    return out;
  }
  // Of few rows, the copy would cost more than the rest.
  const bounds = out.length > rule.bounds.length ? Float64Array.from(rule.bounds) : rule.bounds;
  for (let i = 0; i < out.length; i++) out[i] = binOf(column.values[i]!, bounds);
  return out;
}

function binOf(value: number, bounds: ArrayLike<number>): number {
  if (Number.isNaN(value)) return 0;
  return 1 + partitionPoint(0, bounds.length, (at) => bounds[at]! < value);
}

/** Between neighbouring values while those are few, else at evenly spaced quantiles. */
function numberBounds(values: Float64Array, maxBins: number): number[] {
  const step = Math.max(1, Math.floor(values.length / SAMPLE));
  const known = new Float64Array(Math.ceil(values.length / step));
  let count = 0;
  for (let i = 0; i < values.length; i += step) {
    const value = values[i]!;
    if (!Number.isNaN(value)) known[count++] = value;
  }
  const sorted = known.subarray(0, count).sort();
  const cuts: number[] = [];
  const distinct = countDistinct(sorted);
  if (distinct <= maxBins) {
    for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) cuts.push(i);
  } else {
    let from = 0;
    for (let bin = 1; bin < maxBins && from < sorted.length; bin++) {
      let cut = from + Math.max(1, Math.round((sorted.length - from) / (maxBins - bin + 1)));
      while (cut < sorted.length && sorted[cut] === sorted[cut - 1]) cut++;
      if (cut < sorted.length) cuts.push(cut);
      from = cut;
    }
  }
  return cuts.map((cut) => sorted[cut - 1]! + (sorted[cut]! - sorted[cut - 1]!) / 2);
}

function countDistinct(sorted: Float64Array): number {
  let distinct = sorted.length > 0 ? 1 : 0;
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) distinct++;
  return distinct;
}

function categoryBins(codes: Int32Array, maxBins: number): number[] {
  const counts: number[] = [];
  for (const code of codes) {
    if (code < 0) continue;
    while (counts.length <= code) counts.push(0);
    counts[code]!++;
  }
  const bins = counts.map(() => 0);
  const frequent = counts
    .map((_, code) => code)
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
    .slice(0, maxBins)
    .sort((a, b) => a - b);
  frequent.forEach((code, i) => (bins[code] = i + 1));
  return bins;
}
