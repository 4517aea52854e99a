import type { BinnedTable } from './bins.js';

/** Distinct binned rows, and which of them each row is. */
export interface Cells {
  readonly table: BinnedTable;
  readonly cell: Int32Array;
}

/**
 * Rows whose bins are all equal can never be parted, so trees need only their sums. With few features, such as
 * genre and year, a million rows shrink to some thousand cells; where they would not, the table stays as it is.
 */
export function collapse(table: BinnedTable): Cells {
  const combinations = table.counts.reduce((product, count) => product * count, 1);
  const cell = new Int32Array(table.rows);
  if (combinations > Math.min(1 << 22, table.rows)) {
    for (let row = 0; row < table.rows; row++) cell[row] = row;
    return { table, cell };
  }
  table.columns.forEach((column, f) => {
    const count = table.counts[f]!;
    for (let row = 0; row < table.rows; row++) cell[row] = cell[row]! * count + column[row]!;
  });
  const place = new Int32Array(combinations).fill(-1);
  const first: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    const key = cell[row]!;
    if (place[key]! < 0) place[key] = first.push(row) - 1;
    cell[row] = place[key]!;
  }
  const columns = table.columns.map((column) => Uint8Array.from(first, (row) => column[row]!));
  return { table: { ...table, rows: first.length, columns }, cell };
}
