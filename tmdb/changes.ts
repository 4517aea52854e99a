import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { TmdbEndpoint } from './client.js';
import { ChangesUntold, SourceUnavailable, Unauthorised } from './failures.js';

/** Which films changed. https://developer.themoviedb.org/reference/changes-movie-list */

/** TMDB answers for at most this many days at once. */
const WINDOW = 14;
/** … and of them gives at most this many pages of 100. */
const MOST_PAGES = 500;
const DAY = 86_400_000;
/** What a source answers that has no list of that time. */
const UNTOLD = new Set([400, 404, 410, 422]);
const ATTEMPTS = 8;
/** Milliseconds for one answer. */
const TIMEOUT = 15_000;

/** `day` moved by `days`; both YYYY-MM-DD, UTC. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** Windows of at most 14 days that cover `from` to `to`, both included. */
export function changeWindows(from: string, to: string): Window[] {
  const windows: Window[] = [];
  for (let start = from; start <= to; start = addDays(start, WINDOW)) {
    const end = addDays(start, WINDOW - 1);
    windows.push({ from: start, to: end < to ? end : to });
  }
  return windows;
}

/**
 * Ids of the films that changed from one day to another, both included. A window of more changes than are listed is
 * asked for in halves.
 * @throws Unauthorised; SourceUnavailable when the list cannot be had, which a retry may cure; ChangesUntold.
 */
export async function changedFilms(
  endpoint: TmdbEndpoint,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<Set<number>> {
  const changed = new Set<number>();
  const ask = async (window: Window): Promise<void> => {
    for (let page = 1, pages = 1; page <= pages; page++) {
      const answer = await changesPage(endpoint, window, page, signal);
      pages = answer.total_pages;
      if (pages > MOST_PAGES) return await askHalves(window);
      for (const { id } of answer.results) changed.add(id);
    }
  };
  const askHalves = async (window: Window): Promise<void> => {
    const days = (Date.parse(window.to) - Date.parse(window.from)) / DAY;
    if (days < 1)
      throw new ChangesUntold(`More films changed on ${window.from} than the source's list can hold.`);
    const middle = addDays(window.from, Math.floor(days / 2));
    await ask({ from: window.from, to: middle });
    await ask({ from: addDays(middle, 1), to: window.to });
  };
  for (const window of changeWindows(from, to)) await ask(window);
  return changed;
}

interface Window {
  readonly from: string;
  readonly to: string;
}

interface ChangesPage {
  readonly results: readonly { readonly id: number }[];
  readonly total_pages: number;
}

async function changesPage(
  endpoint: TmdbEndpoint,
  { from, to }: Window,
  page: number,
  signal: AbortSignal,
): Promise<ChangesPage> {
  const query = new URLSearchParams({ start_date: from, end_date: to, page: String(page) });
  const headers: Record<string, string> = { accept: 'application/json' };
  if (endpoint.accessToken) headers.authorization = `Bearer ${endpoint.accessToken}`;
  else if (endpoint.apiKey) query.set('api_key', endpoint.apiKey);
  let last = 'no answer';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      const { statusCode, body } = await request(`${endpoint.baseUrl}/movie/changes?${query}`, {
        headers,
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
      });
      const text = await body.text();
      if (statusCode === 401 || statusCode === 403) throw new Unauthorised('');
      last = `HTTP ${statusCode}`;
      if (UNTOLD.has(statusCode))
        throw new ChangesUntold(`The source tells no changes from ${from} to ${to} (${last}).`);
      if (statusCode === 200) {
        const read = readPage(text);
        if (read !== null) return read;
        last = 'the answer was cut off';
      }
    } catch (error) {
      if (error instanceof Unauthorised || error instanceof ChangesUntold || signal.aborted) throw error;
      last = (error as NodeJS.ErrnoException).code ?? (error as Error).name;
    }
    await sleep(Math.min(10_000, 250 * 2 ** attempt), undefined, { signal });
  }
  throw new SourceUnavailable(
    `The list of films that changed from ${from} to ${to} could not be read (last: ${last}). It is tried again; a run with \`force\` fetches every film instead.`,
  );
}

function readPage(text: string): ChangesPage | null {
  try {
    const { results, total_pages } = JSON.parse(text) as Partial<ChangesPage>;
    if (!Array.isArray(results) || typeof total_pages !== 'number') return null;
    return { results: results.filter(({ id }) => Number.isInteger(id)), total_pages };
  } catch {
    return null;
  }
}
