import { rm } from 'node:fs/promises';
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

/** Rows of a row group of a table that is written in pieces: what readers take at once. */
export const ROW_GROUP = 32_000;

/**
 * Writes frames one after another as one Parquet file, holding one of them at a time; gives the number of rows.
 * The bytes depend on the frames alone, not on the machine.
 */
export async function writePieces(frames: AsyncIterable<pl.DataFrame>, path: string): Promise<number> {
  const pieces: string[] = [];
  let rows = 0;
  for await (const frame of frames) {
    const piece = `${path}.${pieces.length}`;
    frame.writeParquet(piece, { compression: 'lz4' });
    pieces.push(piece);
    rows += frame.height;
  }
  await pl
    .concat(pieces.map((piece) => pl.scanParquet(piece)))
    .sinkParquet(path, {
      compression: 'zstd',
      statistics: true,
      rowGroupSize: ROW_GROUP,
      // Its default keeps no order.
      sinkOptions: { maintainOrder: true, syncOnClose: 'none', mkdir: false },
    })
    .collect();
  await Promise.all(pieces.map((piece) => rm(piece)));
  return rows;
}

/** All pieces of a table as one frame. */
export async function gather(frames: AsyncIterable<pl.DataFrame>): Promise<pl.DataFrame> {
  const pieces: pl.DataFrame[] = [];
  for await (const frame of frames) pieces.push(frame);
  return pl.concat(pieces);
}
