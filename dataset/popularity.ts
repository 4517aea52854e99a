import pl from 'nodejs-polars';
import { partitionPoint } from '../models/rising.js';
import { readJson, sha256Of } from './artefacts.js';
import type { Store } from './store.js';
import { ROW_GROUP, writePieces } from './tables.js';

/**
 * The history of popularity: a growing table (id, day, popularity) of a catalogue, one day a run, which no snapshot
 * holds. Its parts are Parquet files sorted by id, then day; eight of a size are merged into one of the next, so that
 * years are a few files and a row is rewritten twice at most. A numbered index, created exclusively as a snapshot's
 * manifest is, says which parts are true.
 */
export interface PopularityHistory {
  /** 0: nothing was kept yet. */
  readonly number: number;
  readonly parts: readonly HistoryPart[];
  /** All days by genre: genre, day, movieCount, popularity, index; null before the first. */
  readonly genres: HistoryFile | null;
}

interface HistoryFile {
  /** Store path. */
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

export interface HistoryPart extends HistoryFile {
  /** YYYY-MM-DD, ascending. */
  readonly days: readonly string[];
  /** 0: one day; each level has MERGED times the days of the one below. */
  readonly level: number;
  /** The id of every ROW_GROUP-th row: where a film is looked for, which takes Polars ten times as long without. */
  readonly starts: readonly number[];
}

/** Rows [from, to) of a part that may be a film's. */
export function rowsFor(starts: readonly number[], film: number): readonly [from: number, to: number] {
  const from = partitionPoint(0, starts.length, (group) => starts[group]! < film);
  const to = partitionPoint(from, starts.length, (group) => starts[group]! <= film);
  // The first of the film's rows may be the last of the group before.
  return [Math.max(0, from - 1) * ROW_GROUP, to * ROW_GROUP];
}

/** So many parts of a level become one of the next. */
export const MERGED = 8;
/** 64 days of a million films are about 400 MB; larger files are not made. */
const LAST_LEVEL = 2;

const NOTHING: PopularityHistory = { number: 0, parts: [], genres: null };

/** `synthetic:100@1` and `synthetic:100@2` are days of one catalogue. */
function folderOf(catalogue: string): string {
  return `popularity/${sha256Of(catalogue.replace(/@\d+$/, '')).slice(0, 16)}`;
}

const indexPath = (catalogue: string, number: number): string =>
  `${folderOf(catalogue)}/index/${number}.json`;

export function historyPath(catalogue: string, sha256: string): string {
  return `${folderOf(catalogue)}/parts/${sha256.slice(0, 32)}.parquet`;
}

/** The newest number without reading its index; 0: none. */
export async function historyNumber(store: Store, catalogue: string): Promise<number> {
  const files = await store.list(`${folderOf(catalogue)}/index`);
  return Math.max(0, ...files.map(({ path }) => Number(/\/(\d+)\.json$/.exec(path)?.[1] ?? 0)));
}

export async function readHistory(store: Store, catalogue: string): Promise<PopularityHistory> {
  const number = await historyNumber(store, catalogue);
  if (number === 0) return NOTHING;
  return (await readJson<PopularityHistory>(store, indexPath(catalogue, number))) ?? NOTHING;
}

/** @returns false when somebody else has written the next index meanwhile: read it and try again. */
export async function createHistory(
  store: Store,
  catalogue: string,
  history: PopularityHistory,
): Promise<boolean> {
  return await store.create(indexPath(catalogue, history.number), JSON.stringify(history));
}

/**
 * What a new day stands beside: the parts without an earlier, smaller table of that day; null when the history has
 * the day already, as large or merged.
 */
export function partsBeside(
  history: PopularityHistory,
  day: string,
  rows: number,
): readonly HistoryPart[] | null {
  const known = history.parts.find(({ days }) => days.includes(day));
  if (known === undefined) return history.parts;
  return known.level === 0 && known.rows < rows ? history.parts.filter((part) => part !== known) : null;
}

/** The oldest parts that are to become one now; null while no level has enough. */
export function mergeable(parts: readonly HistoryPart[]): readonly HistoryPart[] | null {
  for (let level = 0; level < LAST_LEVEL; level++) {
    const own = parts.filter((part) => part.level === level);
    if (own.length < MERGED) continue;
    return [...own].sort((a, b) => (a.days[0]! < b.days[0]! ? -1 : 1)).slice(0, MERGED);
  }
  return null;
}

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

/** Indexes whose parts stay: whoever reads the one before the newest may go on. */
const KEPT = 2;

/** Files of histories that no kept index names. */
export async function unreachableHistory(store: Store): Promise<string[]> {
  const files = (await store.list('popularity')).map(({ path }) => path);
  const numberOf = (path: string): number => Number(/\/index\/(\d+)\.json$/.exec(path)?.[1] ?? 0);
  const kept = new Set<string>();
  for (const folder of new Set(files.map((path) => path.split('/').slice(0, 2).join('/')))) {
    const indexes = files
      .filter((path) => path.startsWith(`${folder}/index/`))
      .sort((a, b) => numberOf(b) - numberOf(a))
      .slice(0, KEPT);
    for (const path of indexes) {
      kept.add(path);
      const history = await readJson<PopularityHistory>(store, path);
      for (const file of [...(history?.parts ?? []), history?.genres]) if (file) kept.add(file.path);
    }
  }
  return files.filter((path) => !kept.has(path));
}
