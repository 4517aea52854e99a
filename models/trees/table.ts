/**
 * What trees learn from: columns of equal length. A number is missing when NaN; a category is a code from 0,
 * missing (or never seen in training) when negative. Neither is imputed: missing values have their own bin.
 */
export interface NumberColumn {
  readonly name: string;
  readonly kind: 'number';
  readonly values: Float64Array;
}

export interface CategoryColumn {
  readonly name: string;
  readonly kind: 'category';
  readonly values: Int32Array;
}

export type FeatureColumn = NumberColumn | CategoryColumn;

export interface FeatureTable {
  readonly rows: number;
  readonly columns: readonly FeatureColumn[];
}

/** One row of such a table by itself: of a single answer, an array for each column would be most of the work. */
export interface FeatureRow {
  readonly columns: readonly Pick<FeatureColumn, 'name' | 'kind'>[];
  /** A number or, of a category, its code; missing as above. */
  readonly values: Float64Array;
}

export function rowOf({ columns }: FeatureTable, row: number): FeatureRow {
  return { columns, values: Float64Array.from(columns, ({ values }) => values[row]!) };
}

/** The rows `at` of a table, in that order. */
export function takeRows(table: FeatureTable, at: Int32Array): FeatureTable {
  const columns = table.columns.map((column): FeatureColumn =>
    column.kind === 'number'
      ? { ...column, values: Float64Array.from(at, (i) => column.values[i]!) }
      : { ...column, values: Int32Array.from(at, (i) => column.values[i]!) },
  );
  return { rows: at.length, columns };
}
