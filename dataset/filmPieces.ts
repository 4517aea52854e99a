import { rm } from 'node:fs/promises';
import type { Worker } from 'node:worker_threads';
import pl from 'nodejs-polars';
import { addCounts, pieceCleaner, type Piece } from './clean.js';
import { readCrawl, type CrawlFiles } from './crawl.js';
import { FILM_COLUMNS } from './films.js';
import { freeFrames } from './memory.js';
import { joinParquet } from './parquet.js';
import { writeParquet } from './tables.js';
import { startThread } from './startThread.js';

/** What threads need to write the pieces of a film table, each taking the next one that no other has taken. */
export interface PiecesJob {
  readonly crawl: CrawlFiles;
  readonly asOf: string;
  readonly pieces: readonly Piece[];
  /** In shared memory: the next piece. */
  readonly next: Int32Array;
  /** Of the table; piece n is written to `path`.n. */
  readonly path: string;
}

/** What was seen while the films were written. */
export interface FilmCounts {
  /** How often each rule made a field null, and how many titles are flagged as broken. */
  readonly cleaned: Record<string, number>;
  /** How many films have each field. */
  readonly known: Record<string, number>;
}

/** What the helping thread says: films that it has written, or that all is done. */
export type HelperSaid = { readonly rows: number } | { readonly end: FilmCounts };

/**
 * Writes the film table of a crawl, a piece a row group, on this thread and one more: writing a Parquet file keeps a
 * thread busy, while Polars' own compute what comes next. The bytes depend on the films alone.
 */
export async function writeFilms(
  job: Omit<PiecesJob, 'next'>,
  onRows: (rows: number) => void,
): Promise<FilmCounts & { readonly rows: number }> {
  const shared: PiecesJob = { ...job, next: new Int32Array(new SharedArrayBuffer(4)) };
  const helper = job.pieces.length > 1 ? help(shared, onRows) : null;
  try {
    const [own, others] = await Promise.all([cleanPieces(shared, onRows), helper?.counts]);
    if (others !== undefined) {
      addCounts(own.cleaned, others.cleaned);
      addCounts(own.known, others.known);
    }
    const files = job.pieces.map((_, n) => `${job.path}.${n}`);
    const rows = await joinParquet(files, job.path);
    await Promise.all(files.map((file) => rm(file)));
    return { ...own, rows };
  } finally {
    // Where one thread has failed, the other need not go on.
    Atomics.store(shared.next, 0, job.pieces.length);
    await helper?.thread.terminate();
  }
}

/** Cleans and writes pieces until none is left. */
export async function cleanPieces(
  { crawl, asOf, pieces, next, path }: PiecesJob,
  onRows: (rows: number) => void,
): Promise<FilmCounts> {
  const clean = pieceCleaner(readCrawl(crawl), pl.scanParquet(crawl.ids), asOf);
  const counts: FilmCounts = { cleaned: {}, known: {} };
  for (let n = Atomics.add(next, 0, 1); n < pieces.length; n = Atomics.add(next, 0, 1)) {
    const { films, counts: cleaned } = await clean(pieces[n]!);
    addCounts(counts.cleaned, cleaned);
    const [known] = films.select(...COVERAGE).toRecords() as [Record<string, number>];
    addCounts(counts.known, known);
    writeParquet(films, `${path}.${n}`);
    onRows(films.height);
    freeFrames();
  }
  return counts;
}

function help(
  job: PiecesJob,
  onRows: (rows: number) => void,
): { readonly thread: Worker; readonly counts: Promise<FilmCounts> } {
  const file = import.meta.url.endsWith('.ts') ? './filmPieces.thread.ts' : './filmPieces.thread.js';
  const thread = startThread(new URL(file, import.meta.url), job);
  const counts = new Promise<FilmCounts>((done, fail) => {
    thread.on('message', (said: HelperSaid) => ('end' in said ? done(said.end) : onRows(said.rows)));
    thread.once('error', fail);
    thread.once('exit', (code) => fail(new Error(`a thread that writes films ended early with ${code}`)));
  });
  // Should this thread fail first, nobody waits for the other.
  counts.catch(() => undefined);
  return { thread, counts };
}

const LISTS = new Set(['countries', 'companies', 'keywords', 'genres', 'cast', 'directors']);

/** How many films have each field. */
const COVERAGE = Object.keys(FILM_COLUMNS)
  .filter(
    (name) => !/^(id|released|brokenText|castIds|castCharacters|castProfiles|director[IP].*)$/.test(name),
  )
  .map((name) => {
    const known = LISTS.has(name) ? pl.col(name).lst.lengths().gt(0) : pl.col(name).isNotNull();
    return known.cast(pl.Int32).sum().alias(name);
  });
