import type { Catalogue, ListedFilm } from './catalogue.js';

/** TMDB's answers in its own words: https://developer.themoviedb.org/docs/errors */
export const ERRORS = {
  invalidPage: body(22, 'Invalid page: Pages start at 1 and max at 500. They are expected to be an integer.'),
  unauthorised: body(7, 'Invalid API key: You must be granted a valid key.'),
  notFound: body(34, 'The resource you requested could not be found.'),
  method: body(42, 'This request method is not supported for this resource.'),
  range: body(20, 'Invalid date range: Should be a range no longer than 14 days.'),
  limited: (allowed: number) =>
    body(25, `Your request count (${allowed + 1}) is over the allowed limit of ${allowed}.`),
  internal: body(11, 'Internal error: Something went wrong, contact TMDb.'),
  backend: body(43, 'Couldn’t connect to the backend server.'),
  offline: body(9, 'Service offline: This service is temporarily offline, try again later.'),
} as const;

function body(status: number, message: string): string {
  return JSON.stringify({ success: false, status_code: status, status_message: message });
}

/** What `append_to_response` can add to a film; without being asked for, it is not answered. */
const APPENDABLE = new Set([
  'account_states',
  'alternative_titles',
  'changes',
  'credits',
  'external_ids',
  'images',
  'keywords',
  'lists',
  'recommendations',
  'release_dates',
  'releases',
  'reviews',
  'similar',
  'similar_movies',
  'trailers',
  'translations',
  'videos',
  'watch/providers',
]);

/** The document with just those appended parts that were asked for. `credits,keywords` is the text as it is. */
export function withAppended(document: string, asked: string): string {
  const wanted = new Set(asked.split(','));
  if (wanted.has('credits') && wanted.has('keywords')) return document;
  const film = JSON.parse(document) as Record<string, unknown>;
  return JSON.stringify(
    Object.fromEntries(Object.entries(film).filter(([key]) => !APPENDABLE.has(key) || wanted.has(key))),
  );
}

const PAGE = 100;
const MOST_PAGES = 500;
const DAY_MS = 86_400_000;
const LONGEST_RANGE_DAYS = 14;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Answers `/movie/changes` page by page; one range is worked out once, not once a page. */
export function changesAnswers(
  catalogue: Catalogue,
  today: () => Date,
): (query: URLSearchParams) => Promise<Answer> {
  let last: { range: string; ids: Promise<readonly number[]> } | undefined;
  return async (query) => {
    const to = query.get('end_date') ?? isoDay(today());
    const end = Date.parse(`${to}T00:00:00Z`);
    const from = query.get('start_date') ?? isoDay(new Date((Number.isNaN(end) ? 0 : end) - DAY_MS));
    const start = Date.parse(`${from}T00:00:00Z`);
    // Also false when a date is none.
    const inRange = end >= start && end - start <= LONGEST_RANGE_DAYS * DAY_MS;
    if (!inRange) return { status: 422, text: ERRORS.range };
    const page = Number(query.get('page') ?? 1);
    if (!Number.isInteger(page) || page < 1 || page > MOST_PAGES)
      return { status: 400, text: ERRORS.invalidPage };
    const range = `${from} ${to}`;
    if (last?.range !== range) last = { range, ids: catalogue.changes(from, to) };
    const ids = await last.ids;
    return {
      status: 200,
      text: JSON.stringify({
        results: ids.slice((page - 1) * PAGE, page * PAGE).map((id) => ({ id, adult: false })),
        page,
        total_pages: Math.max(1, Math.ceil(ids.length / PAGE)),
        total_results: ids.length,
      }),
    };
  };
}

export function isoDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** The day (YYYY-MM-DD) of an export's file name, or null when it is none. */
export function exportDay(file: string): string | null {
  const match = /^movie_ids_(\d{2})_(\d{2})_(\d{4})\.json\.gz$/.exec(file);
  if (match === null) return null;
  const day = `${match[3]}-${match[1]}-${match[2]}`;
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(time) || isoDay(new Date(time)) !== day ? null : day;
}

/** The daily export's lines, in pieces of about 64 KB. A bad line of the source stays a bad line. */
export async function* exportLines(catalogue: Catalogue): AsyncIterable<string> {
  let piece = '';
  for await (const film of catalogue.list()) {
    piece += exportLine(film);
    if (piece.length >= 1 << 16) {
      yield piece;
      piece = '';
    }
  }
  for (let bad = 0; bad < (catalogue.badLines ?? 0); bad++)
    piece += 'a line of the source that holds no film\n';
  if (piece !== '') yield piece;
}

function exportLine({ adult, id, title, popularity, video }: ListedFilm): string {
  return `{"adult":${adult},"id":${id},"original_title":${JSON.stringify(title)},"popularity":${popularity},"video":${video}}\n`;
}
