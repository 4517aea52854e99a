import type { Worker } from 'node:worker_threads';
import { historyNumber, readHistory, type HistoryPart } from '../../dataset/popularity.js';
import type { Store } from '../../dataset/store.js';
import { startThread } from '../../models/startThread.js';
import type { FilmHistory, GenreDayRow, HistoryAnswer, HistoryQuestion } from './history.thread.js';

export interface DayRange {
  /** YYYY-MM-DD, both included. */
  readonly fromDay: string;
  readonly toDay: string;
  /** The latest so many days. */
  readonly last: number;
}

/** Thrown when more wait for the history than one thread can answer in time. */
export class HistoryBusy extends Error {
  override readonly name = 'HistoryBusy';
}

/** Questions that may wait. */
const WAITING = 16;
/** Milliseconds between two looks for a newer history. */
const LOOK = 5000;
/** Catalogues whose history is at hand. */
const KEPT = 3;

interface Loaded {
  readonly number: number;
  /** With the part's path on this machine. */
  readonly parts: readonly (HistoryPart & { readonly file: string })[];
  /** Genre → its days, ascending. */
  readonly genres: ReadonlyMap<string, readonly GenreDayRow[]>;
}

type Question = HistoryQuestion extends infer One
  ? One extends { id: number }
    ? Omit<One, 'id'>
    : never
  : never;

/**
 * The history of popularity as the API reads it. It grows without a new snapshot and may be larger than memory: films
 * are looked up in its files by one thread, genres are held.
 */
export class History {
  readonly #store: Store;
  readonly #loaded = new Map<string, { at: number; loaded: Promise<Loaded> }>();
  readonly #asked = new Map<number, { done(answer: HistoryAnswer): void; fail(error: Error): void }>();
  #thread: Worker | undefined;
  #next = 1;

  constructor(store: Store) {
    this.#store = store;
  }

  /** One series for each film, in their order; empty where a film has none. @throws HistoryBusy. */
  async films(catalogue: string, films: readonly number[], range: DayRange): Promise<readonly FilmHistory[]> {
    const { parts } = await this.#of(catalogue);
    const { fromDay, toDay, last } = range;
    const within = parts.filter(({ days }) => days[0]! <= toDay && days.at(-1)! >= fromDay);
    const question = {
      kind: 'films',
      parts: within.map(({ file, starts }) => ({ file, starts })),
      films,
      fromDay,
      toDay,
      last,
    } as const;
    const answer = await this.#ask(question);
    return 'films' in answer ? answer.films : [];
  }

  async genres(catalogue: string): Promise<Loaded['genres']> {
    return (await this.#of(catalogue)).genres;
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  async #of(catalogue: string): Promise<Loaded> {
    const known = this.#loaded.get(catalogue);
    if (known !== undefined && performance.now() - known.at < LOOK) return await known.loaded;
    const loaded = this.#load(catalogue, known?.loaded);
    this.#loaded.delete(catalogue);
    this.#loaded.set(catalogue, { at: performance.now(), loaded });
    if (this.#loaded.size > KEPT) this.#loaded.delete(this.#loaded.keys().next().value as string);
    loaded.catch(() => this.#loaded.delete(catalogue));
    return await loaded;
  }

  async #load(catalogue: string, earlier: Promise<Loaded> | undefined): Promise<Loaded> {
    const before = await earlier?.catch(() => undefined);
    if (before?.number === (await historyNumber(this.#store, catalogue))) return before;
    const { number, parts, genres } = await readHistory(this.#store, catalogue);
    const rows =
      genres === null
        ? null
        : await this.#ask({ kind: 'genres', file: await this.#store.bring(genres.path) });
    const byGenre = new Map<string, GenreDayRow[]>();
    for (const row of rows !== null && 'genres' in rows ? rows.genres : [])
      byGenre.set(row.genre, [...(byGenre.get(row.genre) ?? []), row]);
    const files = await Promise.all(
      parts.map(async (part) => ({ ...part, file: await this.#store.bring(part.path) })),
    );
    return { number, parts: files, genres: byGenre };
  }

  async #ask(question: Question): Promise<HistoryAnswer> {
    if (this.#asked.size >= WAITING) throw new HistoryBusy('Too many ask for the history of popularity now.');
    const thread = (this.#thread ??= this.#start());
    const id = this.#next++;
    const answer = await new Promise<HistoryAnswer>((done, fail) => {
      this.#asked.set(id, { done, fail });
      thread.postMessage({ ...question, id });
    });
    if ('failed' in answer) throw new Error(answer.failed);
    return answer;
  }

  #start(): Worker {
    const thread = startThread(import.meta.url, './history.thread');
    thread.unref();
    thread.on('message', (answer: HistoryAnswer) => {
      this.#asked.get(answer.id)?.done(answer);
      this.#asked.delete(answer.id);
    });
    const ended = (error: Error): void => {
      this.#thread = undefined;
      for (const { fail } of this.#asked.values()) fail(error);
      this.#asked.clear();
    };
    thread.once('error', ended);
    thread.once('exit', (code) => ended(new Error(`the thread that reads the history ended with ${code}`)));
    return thread;
  }
}
