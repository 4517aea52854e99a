import pl from 'nodejs-polars';

/**
 * The film table: one row per film, sorted by id. The same names and types stand in every block that a
 * fetch writes (`BLOCK_COLUMNS`) and in the published table (`FILM_COLUMNS`), which adds what cleaning derives.
 *
 * Units: money in whole US dollars (Float64: a film's revenue passes Int32's 2.1e9, and whole dollars are exact
 * to 2^53), runtime in minutes, votes 0-10, roi in percent. Unknown values are null; unknown lists are empty.
 *
 * Cast and directors are parallel lists (names, ids, …) in billing order, so that they explode together and an
 * analyst's SQL can unnest them without structs. A source without person ids has nulls in the id lists.
 */
const text = pl.Utf8;
const texts = pl.List(pl.Utf8);
const ids = pl.List(pl.Int32);

const DOCUMENT_COLUMNS = {
  id: pl.Int32,
  title: text,
  originalTitle: text,
  overview: text,
  tagline: text,
  status: text,
  releaseDate: text,
  runtime: pl.Int32,
  originalLanguage: text,
  countries: texts,
  companies: texts,
  keywords: texts,
  genres: texts,
  budget: pl.Float64,
  revenue: pl.Float64,
  popularity: pl.Float64,
  voteAverage: pl.Float64,
  voteCount: pl.Int32,
  cast: texts,
  castIds: ids,
  castCharacters: texts,
  castProfiles: texts,
  directors: texts,
  directorIds: ids,
  directorProfiles: texts,
  imdbId: text,
  posterPath: text,
  backdropPath: text,
} as const;

/**
 * What a film's document says, before any rule has been applied: `id` is the one that was asked for,
 * `releaseDate` still the source's text, `problem` what kept the document from being read, else null.
 */
export const BLOCK_COLUMNS = { ...DOCUMENT_COLUMNS, problem: text } as const;

/**
 * The published table. `releaseDate` is a Date; `year` its year; `released` is true when it is known and not
 * after the as-of date; `roi` = (revenue - budget) / budget * 100; `brokenText` flags text that was damaged
 * before it reached us (it is kept as it came).
 */
export const FILM_COLUMNS = {
  ...DOCUMENT_COLUMNS,
  releaseDate: pl.Date,
  year: pl.Int32,
  roi: pl.Float64,
  released: pl.Bool,
  brokenText: pl.Bool,
} as const;
