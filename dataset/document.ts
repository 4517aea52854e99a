import type { BLOCK_COLUMNS } from './films.js';

/** One film as its block keeps it; lists are never null. */
export type BlockRow = { [column in keyof typeof BLOCK_COLUMNS]: unknown } & { readonly id: number };

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a TMDB document, `GET /movie/{id}?append_to_response=credits,keywords`
 * (https://developer.themoviedb.org/reference/movie-details). A field of the wrong type is unknown; no rule is
 * applied yet. A document that is no object, or that is of another film, keeps its id and says its `problem`.
 */
export function readDocument(id: number, body: string): BlockRow {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return emptyRow(id, 'the document is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return emptyRow(id, 'the document is not an object');
  const film = parsed as Json;
  const own = integer(film.id);
  if (own === null) return emptyRow(id, 'the document has no id');
  if (own !== id) return emptyRow(id, `the document is of film ${own}`);
  const credits = object(film.credits);
  const cast = named(credits?.cast).sort(byOrder);
  const directors = named(credits?.crew).filter((person) => person.job === 'Director');
  return {
    id,
    title: text(film.title),
    originalTitle: text(film.original_title),
    overview: text(film.overview),
    tagline: text(film.tagline),
    status: text(film.status),
    releaseDate: text(film.release_date),
    runtime: integer(film.runtime),
    originalLanguage: text(film.original_language),
    countries: names(film.production_countries),
    companies: names(film.production_companies),
    // Films carry `keywords.keywords`, series `keywords.results`.
    keywords: names(object(film.keywords)?.keywords),
    genres: names(film.genres),
    budget: number(film.budget),
    revenue: number(film.revenue),
    popularity: number(film.popularity),
    voteAverage: number(film.vote_average),
    voteCount: integer(film.vote_count),
    cast: cast.map((person) => person.name),
    castIds: cast.map((person) => integer(person.id)),
    castCharacters: cast.map((person) => text(person.character)),
    castProfiles: cast.map((person) => text(person.profile_path)),
    directors: directors.map((person) => person.name),
    directorIds: directors.map((person) => integer(person.id)),
    directorProfiles: directors.map((person) => text(person.profile_path)),
    imdbId: text(film.imdb_id),
    posterPath: text(film.poster_path),
    backdropPath: text(film.backdrop_path),
    problem: null,
  };
}

function emptyRow(id: number, problem: string): BlockRow {
  // prettier-ignore
  return {
    id, title: null, originalTitle: null, overview: null, tagline: null, status: null, releaseDate: null, runtime: null,
    originalLanguage: null, countries: [], companies: [], keywords: [], genres: [], budget: null, revenue: null,
    popularity: null, voteAverage: null, voteCount: null, cast: [], castIds: [], castCharacters: [], castProfiles: [],
    directors: [], directorIds: [], directorProfiles: [], imdbId: null, posterPath: null, backdropPath: null, problem,
  };
}

/** An empty or blank text is unknown; any other stays as it came. */
function text(value: unknown): string | null {
  // A lone surrogate is no Unicode text, and Parquet keeps none.
  return typeof value === 'string' && value.trim() !== '' ? value.toWellFormed() : null;
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

const INT32 = 2 ** 31;

function integer(value: unknown): number | null {
  const given = number(value);
  if (given === null) return null;
  const whole = Math.round(given);
  return whole >= -INT32 && whole < INT32 ? whole : null;
}

function object(value: unknown): Json | null {
  return typeof value === 'object' && value !== null ? (value as Json) : null;
}

type Named = Json & { readonly name: string };

function named(list: unknown): Named[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry) => {
    const name = text(object(entry)?.name);
    return name === null ? [] : [{ ...(entry as Json), name }];
  });
}

/** Distinct names, in the document's order. */
function names(list: unknown): string[] {
  return [...new Set(named(list).map(({ name }) => name))];
}

/** Billing order; entries without one keep their place at the end. */
function byOrder(a: Named, b: Named): number {
  return (number(a.order) ?? Infinity) - (number(b.order) ?? Infinity) || 0;
}
