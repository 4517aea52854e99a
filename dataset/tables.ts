import pl from 'nodejs-polars';

type Columns = Readonly<Record<string, unknown>>;

/** A data frame of declared columns from rows; a missing value is null. */
export function frameOf(columns: Columns, rows: readonly Readonly<Record<string, unknown>>[]): pl.DataFrame {
  return pl.DataFrame(
    Object.entries(columns).map(([name, type]) => {
      const values = rows.map((row) => row[name] ?? null);
      // Polars makes no list column of no values, and one of nulls alone as List(Null): the cast declares both.
      const made =
        values.length === 0 ? pl.Series(name, [], pl.Utf8) : pl.Series(name, values, type as pl.DataType);
      return made.cast(type as pl.DataType);
    }),
  );
}

/** Writes a Parquet file whose bytes depend on the rows alone. For worker threads: the call is synchronous. */
export function writeParquet(frame: pl.DataFrame, path: string): void {
  frame.writeParquet(path, { compression: 'zstd' });
}

/** A Parquet file's data, not waiting on the event loop. */
export async function readParquet(path: string, columns?: readonly string[]): Promise<pl.DataFrame> {
  const lazy = pl.scanParquet(path);
  return columns === undefined ? await lazy.collect() : await lazy.select(...columns).collect();
}
