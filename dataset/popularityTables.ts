import pl from 'nodejs-polars';
import { ROW_GROUP, writePieces } from './tables.js';

/** The tables of the history of popularity: a day's, parts merged into one, and all days by genre. */

/** One day of the table. `ids`: id and the export's popularity, by id. @returns its rows. */
export async function writeDay(ids: string, day: string, out: string): Promise<number> {
  const frame = await pl
    .scanParquet(ids)
    .filter(pl.col('popularity').isNotNull())
    .select(pl.col('id'), pl.lit(day).str.strptime(pl.Date, '%Y-%m-%d').alias('day'), pl.col('popularity'))
    .sort('id')
    .collect();
  return await writePieces(only(frame), out);
}

/** A part as it is written: its rows, and where they are found. */
export interface WrittenPart {
  readonly rows: number;
  readonly starts: readonly number[];
}

/** Where the rows of one day are found. */
export async function indexDay(day: string): Promise<WrittenPart> {
  const ids = (await pl.scanParquet(day).select('id').collect()).getColumn('id').toArray() as number[];
  return { rows: ids.length, starts: ids.filter((_, at) => at % ROW_GROUP === 0) };
}

/** Merges parts by ranges of ids, holding about so many rows at once. */
export async function mergeParts(
  parts: readonly string[],
  out: string,
  atOnce = 500_000,
): Promise<WrittenPart> {
  const scans = parts.map((part) => pl.scanParquet(part));
  const spans = await pl
    .concat(
      scans.map((scan) =>
        scan.select(pl.col('id').min().alias('from'), pl.col('id').max().alias('to'), pl.len().alias('n')),
      ),
    )
    .collect();
  const column = (name: string): number[] => spans.getColumn(name).toArray().map(Number);
  const [from, to] = [Math.min(...column('from')), Math.max(...column('to'))];
  const rows = column('n').reduce((sum, n) => sum + n, 0);
  const pieces = Math.max(1, Math.ceil(rows / Math.max(ROW_GROUP, atOnce)));
  const bounds = await cuts(scans[column('n').indexOf(Math.max(...column('n')))]!, pieces);
  const starts: number[] = [];
  async function* ranges(): AsyncIterable<pl.DataFrame> {
    for (let at = 0, done = 0; at < pieces; at++) {
      const [first, last] = [bounds[at - 1] ?? from - 1, bounds[at] ?? to];
      const own = pl.col('id').gt(first).and(pl.col('id').ltEq(last));
      const piece = await pl
        .concat(scans.map((scan) => scan.filter(own)))
        .sort(['id', 'day'])
        .collect();
      const ids = piece.getColumn('id');
      for (; starts.length * ROW_GROUP < done + piece.height;)
        starts.push(Number(ids.get(starts.length * ROW_GROUP - done)));
      done += piece.height;
      yield piece;
    }
  }
  return { rows: await writePieces(ranges(), out), starts };
}

/** The ids that cut a part into pieces of about as many rows: one fewer than there are pieces. */
async function cuts(part: pl.LazyDataFrame, pieces: number): Promise<number[]> {
  const ids = (await part.select('id').collect()).getColumn('id').toArray() as number[];
  return Array.from({ length: pieces - 1 }, (_, at) => ids[Math.floor(((at + 1) * ids.length) / pieces)]!);
}

const MILLIONTHS = 1e6;

/**
 * One day by genre, of the released films: how many have it, their mean popularity (unknown counted as 0), and that
 * mean ÷ the mean over all released films. Sorted by genre. `films`: FILM_COLUMNS.
 */
export async function genresOfDay(films: string, day: string): Promise<pl.DataFrame> {
  // Integers add up the same in any order.
  const heat = pl.col('popularity').fillNull(0).mul(MILLIONTHS).round(0).cast(pl.Int64).alias('heat');
  const released = pl.scanParquet(films).filter(pl.col('released')).select(pl.col('genres'), heat);
  const all = await released.select(pl.col('heat').sum().alias('heat'), pl.len().alias('n')).collect();
  const mean = Number(all.getColumn('heat').get(0) ?? 0) / Math.max(1, Number(all.getColumn('n').get(0)));
  const own = pl.col('heat').cast(pl.Float64).div(pl.col('movieCount'));
  return await released
    .explode('genres')
    .filter(pl.col('genres').isNotNull())
    .groupBy('genres')
    .agg(pl.len().cast(pl.Int32).alias('movieCount'), pl.col('heat').sum())
    .select(
      pl.col('genres').alias('genre'),
      pl.lit(day).str.strptime(pl.Date, '%Y-%m-%d').alias('day'),
      pl.col('movieCount'),
      own.div(MILLIONTHS).alias('popularity'),
      (mean > 0 ? own.div(mean) : pl.lit(null).cast(pl.Float64)).alias('index'),
    )
    .sort('genre')
    .collect();
}

/** All days by genre with one more, or with another table of a day. @returns the rows of the whole. */
export async function growGenres(earlier: string | null, day: string, out: string): Promise<number> {
  const added = await pl.scanParquet(day).collect();
  if (earlier === null) return await writePieces(only(added), out);
  const others = await pl
    .scanParquet(earlier)
    .join(added.lazy().select('day').unique(), { on: 'day', how: 'anti' })
    .collect();
  return await writePieces(only(pl.concat([others, added]).sort(['genre', 'day'])), out);
}

async function* only(frame: pl.DataFrame): AsyncIterable<pl.DataFrame> {
  yield await Promise.resolve(frame);
}
