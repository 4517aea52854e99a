import { rm } from 'node:fs/promises';
import pl from 'nodejs-polars';
import { freeFrames } from './memory.js';
import { joinParquet } from './parquet.js';

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
  return columns === undefined ? await lazy.collect() : await lazy.select(pl.cols([...columns])).collect();
}

/** Rows of a row group of a table that is written in pieces: what readers take at once. */
export const ROW_GROUP = 32_000;

/**
 * Writes frames one after another as the row groups of one Parquet file, holding one of them at a time; gives the
 * number of rows. The bytes depend on the frames alone, not on the machine.
 */
export async function writePieces(frames: AsyncIterable<pl.DataFrame>, path: string): Promise<number> {
  const pieces: string[] = [];
  async function* written(): AsyncGenerator<string> {
    for await (const frame of frames) {
      const piece = `${path}.${pieces.length}`;
      writeParquet(frame, piece);
      pieces.push(piece);
      yield piece;
    }
  }
  const rows = await joinParquet(written(), path);
  await Promise.all(pieces.map((piece) => rm(piece)));
  return rows;
}

/** All pieces of a table as one frame. */
export async function gather(frames: AsyncIterable<pl.DataFrame>): Promise<pl.DataFrame> {
  const pieces: pl.DataFrame[] = [];
  for await (const frame of frames) pieces.push(frame);
  return pl.concat(pieces);
}

/**
 * What the makers make, in turn; the next `most` are under way while the taker is busy with the one before. With 1, and
 * a taker that writes, two cores are busy; a taker that hardly computes leaves room for 2.
 */
export async function* ahead<T>(makers: readonly (() => Promise<T>)[], most = 1): AsyncGenerator<T> {
  const underWay: Promise<T>[] = [];
  let next = 0;
  let made = 0;
  const start = (): void => {
    while (next < makers.length && underWay.length < most) {
      const one = makers[next++]!();
      // It is awaited in its turn; a taker that stops before leaves it alone.
      one.catch(() => undefined);
      underWay.push(one);
    }
  };
  for (start(); underWay.length > 0;) {
    const one: T = await underWay.shift()!;
    // Every other time: a collection takes half as long as writing a piece of credits, and two dead pieces fit in memory.
    if (++made % 2 === 0) freeFrames();
    start();
    yield one;
  }
}

/** The rows in ascending order of an Int32 column without nulls; sorted, stably, only where they are not. */
export function inOrderOf(column: string, frame: pl.DataFrame): pl.DataFrame {
  const values = frame.getColumn(column).toTypedArray() as Int32Array;
  for (let row = 1; row < values.length; row++)
    if (values[row]! < values[row - 1]!) return frame.sort({ by: column, maintainOrder: true });
  return frame;
}
