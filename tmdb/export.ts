import { createInterface } from 'node:readline';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { request } from 'undici';
import { BadIdList, SourceUnavailable } from './failures.js';

/** TMDB's daily id export. https://developer.themoviedb.org/docs/daily-id-exports */

export interface ListedFilm {
  readonly id: number;
  /** Heat on the export's day; null where the line has none. */
  readonly popularity: number | null;
  readonly adult: boolean;
  readonly video: boolean;
}

/** `2026-11-24` → `movie_ids_11_24_2026.json.gz`. */
export function exportName(day: string): string {
  const [year, month, date] = day.split('-');
  return `movie_ids_${month}_${date}_${year}.json.gz`;
}

export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

export interface FoundExport {
  readonly day: string;
  readonly url: string;
  /** From the local server's headers; null where TMDB itself answers. */
  readonly catalogue: string | null;
  readonly version: string | null;
  /** The last day whose changes the local server's films hold; null where it has no days, and at TMDB. */
  readonly catalogueDay: string | null;
}

/** How many days back an export is looked for: today's is ready by 08:00 UTC. */
const DAYS_BACK = 3;

/** The newest export up to `day`. @throws SourceUnavailable when none is there or nobody answers. */
export async function findExport(exportUrl: string, day: string, signal?: AbortSignal): Promise<FoundExport> {
  let last = '';
  for (let back = 0, at = day; back <= DAYS_BACK; back++, at = dayBefore(at)) {
    const url = `${exportUrl}/${exportName(at)}`;
    const { statusCode, headers, body } = await request(url, { method: 'HEAD', signal }).catch(
      (error: Error) => {
        if (signal?.aborted) throw error;
        throw new SourceUnavailable(
          `The id export at ${exportUrl} could not be reached (${(error as NodeJS.ErrnoException).code ?? error.message}). Check the network, or TMDB_EXPORT_URL.`,
        );
      },
    );
    await body.dump();
    last = `HTTP ${statusCode} for ${exportName(at)}`;
    if (statusCode === 200) {
      const header = (name: string): string | null => {
        const value = headers[name];
        // The local server percent-encodes what is not ASCII.
        return typeof value === 'string' ? decodeURIComponent(value) : null;
      };
      return {
        day: at,
        url,
        catalogue: header('x-marquee-catalogue'),
        version: header('x-marquee-version'),
        catalogueDay: header('x-marquee-day'),
      };
    }
  }
  throw new SourceUnavailable(
    `There is no id export of the last ${DAYS_BACK + 1} days at ${exportUrl} (${last}).`,
  );
}

/** A parsed line, or null for one that is no film. */
export function readExportLine(line: string): ListedFilm | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null) return null;
  const { id, popularity, adult, video } = parsed as Record<string, unknown>;
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 1 || id >= 2 ** 31) return null;
  return {
    id,
    popularity: typeof popularity === 'number' && Number.isFinite(popularity) ? popularity : null,
    adult: adult === true,
    video: video === true,
  };
}

export interface Listing {
  readonly films: ListedFilm[];
  /** Lines that are no film; they are left out. */
  readonly badLines: number;
  /** Lines whose id came before. */
  readonly duplicates: number;
}

/** Downloads and reads an export: streamed through gunzip, line by line. */
export async function readExport(url: string, signal?: AbortSignal): Promise<Listing> {
  const { statusCode, body } = await request(url, {
    signal,
    headersTimeout: 60_000,
    bodyTimeout: 60_000,
  }).catch((error: Error) => {
    signal?.throwIfAborted();
    throw new SourceUnavailable(
      `The id export ${url} could not be reached (${(error as NodeJS.ErrnoException).code ?? error.message}). Check the network, or TMDB_EXPORT_URL.`,
    );
  });
  if (statusCode !== 200) {
    await body.dump();
    throw new SourceUnavailable(`The id export ${url} answered HTTP ${statusCode}.`);
  }
  try {
    return await readListing(gunzipped(body), url);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** `pipe` alone would leave the reader waiting for ever when the source breaks off. */
export function gunzipped(source: Readable): Readable {
  return pipeline(source, createGunzip(), () => undefined);
}

/**
 * Reads lines of JSON objects or of bare ids. A torn gzip stream throws SourceUnavailable; a list without a single
 * film BadIdList.
 */
export async function readListing(stream: Readable, name: string): Promise<Listing> {
  const films: ListedFilm[] = [];
  const seen = new Set<number>();
  let badLines = 0;
  let duplicates = 0;
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      if (line.trim() === '') continue;
      const film = readExportLine(line) ?? readBareId(line);
      if (film === null) badLines++;
      else if (seen.has(film.id)) duplicates++;
      else {
        seen.add(film.id);
        films.push(film);
      }
    }
  } catch (error) {
    throw new SourceUnavailable(`Reading ${name} broke off: ${(error as Error).message}.`, { cause: error });
  }
  if (films.length === 0)
    throw new BadIdList(
      `${name} lists no film: ${badLines} lines, none of them {"id": 603, …} or a bare id. Give one film a line.`,
    );
  return { films, badLines, duplicates };
}

function readBareId(line: string): ListedFilm | null {
  return /^\s*\d{1,9}\s*$/.test(line) && Number(line) > 0
    ? { id: Number(line), popularity: null, adult: false, video: false }
    : null;
}

/** The films that a run is about: no adult ones and no mere videos, the most popular `limit`, by id. */
export function selectFilms(films: readonly ListedFilm[], limit: number | null): ListedFilm[] {
  const wanted = films.filter((film) => !film.adult && !film.video);
  const heat = (film: ListedFilm): number => film.popularity ?? -1;
  const chosen =
    limit === null || limit >= wanted.length
      ? wanted
      : wanted.sort((a, b) => heat(b) - heat(a) || a.id - b.id).slice(0, limit);
  return chosen.sort((a, b) => a.id - b.id);
}
