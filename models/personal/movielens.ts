import { placeIn } from '../rising.js';
import { ratingsOf, type RatedPairs, type Ratings } from './ratings.js';

/** Why a row was left out. */
export type BadRow = 'columns' | 'user' | 'film' | 'rating' | 'duplicate';

export interface ImportedRatings {
  readonly ratings: Ratings;
  /** Ids as the file has them, rising; a user's or film's number is the place here. */
  readonly userIds: Int32Array;
  readonly filmIds: Int32Array;
  /** Data rows read, the header and empty lines not among them. */
  readonly rows: number;
  readonly bad: Readonly<Record<BadRow, number>>;
  /** The first bad row, for people: `line 7: rating "11"`. */
  readonly firstBad: string | null;
}

/** MovieLens's scale. */
const LOWEST = 0.5;
const HIGHEST = 5;
/** Ids are kept as 32-bit numbers. */
const MOST = 2 ** 31 - 1;

/**
 * Reads `userId,movieId,rating,timestamp` line by line; columns are found by the header's names, the timestamp is not
 * read. A row with an id or rating that is none is left out and counted; of two ratings of a film by the same person
 * the first counts. The order of rows changes nothing else.
 */
export class RatingsReader {
  #columns: { readonly user: number; readonly film: number; readonly rating: number } | null = null;
  #users = new Int32Array(1024);
  #films = new Int32Array(1024);
  #values = new Float32Array(1024);
  #size = 0;
  #rows = 0;
  #line = 0;
  #firstBad: string | null = null;
  readonly #bad = { columns: 0, user: 0, film: 0, rating: 0, duplicate: 0 };

  /** @throws Error when the first line names no userId, movieId and rating. */
  read(line: string): void {
    this.#line++;
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (text === '') return;
    const cells = text.split(',');
    if (this.#columns === null) {
      this.#columns = columnsOf(cells);
      return;
    }
    this.#rows++;
    const { user, film, rating } = this.#columns;
    if (cells.length <= Math.max(user, film, rating)) return this.#refuse('columns', text);
    const userId = idOf(cells[user]!);
    if (userId === null) return this.#refuse('user', cells[user]!);
    const filmId = idOf(cells[film]!);
    if (filmId === null) return this.#refuse('film', cells[film]!);
    const value = cells[rating]!.trim() === '' ? NaN : Number(cells[rating]);
    if (!(value >= LOWEST && value <= HIGHEST)) return this.#refuse('rating', cells[rating]!);
    if (this.#size === this.#users.length) this.#grow();
    this.#users[this.#size] = userId;
    this.#films[this.#size] = filmId;
    this.#values[this.#size++] = value;
  }

  finish(): ImportedRatings {
    const users = this.#users.subarray(0, this.#size);
    const films = this.#films.subarray(0, this.#size);
    const [userIds, filmIds] = [distinct(users), distinct(films)];
    const pairs: RatedPairs = {
      user: users.map((id) => placeIn(userIds, id)),
      item: films.map((id) => placeIn(filmIds, id)),
      value: Float64Array.from(this.#values.subarray(0, this.#size)),
    };
    const all = ratingsOf(pairs, userIds.length, filmIds.length);
    const once = Int32Array.from({ length: all.size }, (_, r) => r).filter(
      (r) => r === 0 || all.userOf[r] !== all.userOf[r - 1] || all.itemOf[r] !== all.itemOf[r - 1],
    );
    this.#bad.duplicate = all.size - once.length;
    const { userOf, itemOf, values } = all;
    return {
      ratings:
        once.length === all.size
          ? all
          : ratingsOf({ user: userOf, item: itemOf, value: values }, userIds.length, filmIds.length, once),
      userIds,
      filmIds,
      rows: this.#rows,
      bad: { ...this.#bad },
      firstBad: this.#firstBad,
    };
  }

  #refuse(why: BadRow, text: string): void {
    this.#bad[why]++;
    this.#firstBad ??= `line ${this.#line}: ${why} ${JSON.stringify(text.slice(0, 40))}`;
  }

  #grow(): void {
    const twice = <Values extends Int32Array | Float32Array>(from: Values, to: Values): Values => {
      to.set(from);
      return to;
    };
    this.#users = twice(this.#users, new Int32Array(2 * this.#size));
    this.#films = twice(this.#films, new Int32Array(2 * this.#size));
    this.#values = twice(this.#values, new Float32Array(2 * this.#size));
  }
}

export interface Links {
  /** MovieLens film id → TMDB id. */
  readonly tmdb: ReadonlyMap<number, number>;
  readonly rows: number;
  /** Rows without a TMDB id, which MovieLens has, and rows that cannot be read. */
  readonly withoutTmdb: number;
  readonly bad: number;
}

/** Reads `movieId,imdbId,tmdbId`. @throws Error when the header names no movieId and tmdbId. */
export function readLinks(text: string): Links {
  const [header = '', ...lines] = text.split(/\r?\n/);
  const names = header.split(',').map((name) => name.trim());
  const [film, tmdb] = [names.indexOf('movieId'), names.indexOf('tmdbId')];
  if (film < 0 || tmdb < 0) {
    throw new Error(
      `links.csv begins with ${JSON.stringify(header.slice(0, 80))}: its first line has to name movieId and tmdbId.`,
    );
  }
  const found = new Map<number, number>();
  let [rows, withoutTmdb, bad] = [0, 0, 0];
  for (const line of lines) {
    if (line === '') continue;
    rows++;
    const cells = line.split(',');
    const id = idOf(cells[film] ?? '');
    const target = (cells[tmdb] ?? '').trim();
    const tmdbId = idOf(target);
    if (id !== null && cells[tmdb] !== undefined && target === '') withoutTmdb++;
    else if (id === null || tmdbId === null || found.has(id)) bad++;
    else found.set(id, tmdbId);
  }
  return { tmdb: found, rows, withoutTmdb, bad };
}

function columnsOf(cells: readonly string[]): { user: number; film: number; rating: number } {
  const names = cells.map((name) => name.replace(/^\uFEFF/, '').trim());
  const columns = {
    user: names.indexOf('userId'),
    film: names.indexOf('movieId'),
    rating: names.indexOf('rating'),
  };
  if (Object.values(columns).includes(-1)) {
    throw new Error(
      `ratings.csv begins with ${JSON.stringify(cells.join(',').slice(0, 80))}: its first line has to name userId, movieId and rating.`,
    );
  }
  return columns;
}

function idOf(text: string): number | null {
  if (!/^\s*\d{1,10}\s*$/.test(text)) return null;
  const id = Number(text);
  return id >= 1 && id <= MOST ? id : null;
}

function distinct(ids: Int32Array): Int32Array {
  return Int32Array.from(new Set(ids)).sort();
}
