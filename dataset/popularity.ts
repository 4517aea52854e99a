import { partitionPoint } from '../models/rising.js';
import { readJson, sha256Of } from './artefacts.js';
import type { Store } from './store.js';
import { ROW_GROUP } from './tables.js';

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
