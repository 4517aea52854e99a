/**
 * A snapshot's tables as plain memory: typed arrays and bytes that cross from the loading thread to the API
 * without a copy. Row i of every film column is the i-th most popular film, ties by id, unknown popularity last: films
 * that are asked for most lie together, and the commonest order is that of the rows themselves.
 */

/**
 * Strings as one run of UTF-8, each followed by a zero byte: string i begins at `offsets[i]`, its zero byte lies
 * before `offsets[i + 1]`. Null where `missing[i]` is 1.
 */
export interface TextTable {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly offsets: Uint32Array<ArrayBuffer>;
  readonly missing: Uint8Array<ArrayBuffer> | null;
}

/** Lists of words: those of row i are `words[codes[offsets[i]]]` to `words[codes[offsets[i + 1] - 1]]`. */
export interface WordTable {
  readonly words: TextTable;
  readonly offsets: Uint32Array<ArrayBuffer>;
  readonly codes: Uint32Array<ArrayBuffer>;
}

/** What belongs to each of n things: that of thing i is `items[offsets[i]]` to `items[offsets[i + 1] - 1]`. */
export interface Postings {
  readonly offsets: Uint32Array<ArrayBuffer>;
  readonly items: Uint32Array<ArrayBuffer>;
}

export const ORDER_FIELDS = [
  'POPULARITY',
  'TITLE',
  'RELEASE_DATE',
  'VOTE_AVERAGE',
  'VOTE_COUNT',
  'BUDGET',
  'REVENUE',
  'ROI',
  'ID',
] as const;
export type OrderField = (typeof ORDER_FIELDS)[number];

/** One way to sort the films: nulls last in both directions, ties by id ascending. */
export interface OrderTable {
  /** Of each row, dense from 1, equal values equal; 0 is null. */
  readonly rank: Int32Array<ArrayBuffer>;
  /** Rows, first to last. Null: as they are numbered. */
  readonly ascending: Uint32Array<ArrayBuffer>;
  readonly descending: Uint32Array<ArrayBuffer> | null;
}

/** NaN in a number column is null. */
export type Numbers = Float64Array<ArrayBuffer>;

export const FILM_NUMBERS = [
  'year',
  'runtime',
  'budget',
  'revenue',
  'roi',
  'popularity',
  'voteAverage',
  'voteCount',
] as const;
export const FILM_TEXTS = [
  'title',
  'originalTitle',
  'overview',
  'tagline',
  'imdbId',
  'posterPath',
  'backdropPath',
] as const;
export const FILM_WORDS = [
  'status',
  'originalLanguage',
  'genres',
  'countries',
  'companies',
  'keywords',
] as const;

/** Columns that filters ask for ranges of values. */
export const RANGED = [
  'year',
  'voteCount',
  'voteAverage',
  'budget',
] as const satisfies readonly (typeof FILM_NUMBERS)[number][];
export type RangedColumn = (typeof RANGED)[number];

/**
 * Which texts hold which run of bytes: see `indexGrams`. Run 0 is empty; any other is a run before it and one more
 * byte, `256 × run + byte` in `keys`, which ascend. `counts[i]` texts hold run i; their rows begin at `data[starts[i]]`.
 */
export interface GramTable {
  readonly keys: Uint32Array<ArrayBuffer>;
  readonly counts: Uint32Array<ArrayBuffer>;
  readonly starts: Uint32Array<ArrayBuffer>;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** Bitmaps of a column's smallest values, one after the other: see `prepareSteps`. */
export interface StepTable {
  /** Rows of each bitmap. */
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly bits: Uint32Array<ArrayBuffer>;
}

export interface FilmsTable {
  readonly count: number;
  readonly ids: Int32Array<ArrayBuffer>;
  readonly released: Uint8Array<ArrayBuffer>;
  /** Days since 1970. */
  readonly releaseDate: Numbers;
  readonly numbers: Readonly<Record<(typeof FILM_NUMBERS)[number], Numbers>>;
  readonly texts: Readonly<Record<(typeof FILM_TEXTS)[number], TextTable>>;
  /** A single word, as of status, is a list of one. */
  readonly words: Readonly<Record<(typeof FILM_WORDS)[number], WordTable>>;
  /** Accent-folded. */
  readonly foldedTitles: TextTable;
  readonly orders: Readonly<Record<OrderField, OrderTable>>;
  /** Rows of each genre and of each language, ascending. */
  readonly byGenre: Postings;
  readonly byLanguage: Postings;
  /** Of the folded titles. */
  readonly grams: GramTable;
  /** Of each column that is asked for ranges: see `prepareSteps`. */
  readonly steps: Readonly<Record<RangedColumn, StepTable>>;
}

export interface PersonsTable {
  readonly count: number;
  readonly ids: TextTable;
  readonly names: TextTable;
  readonly profilePaths: TextTable;
  readonly foldedNames: TextTable;
  /** Persons by id, and by folded name, in the order of their bytes. */
  readonly byId: Uint32Array<ArrayBuffer>;
  readonly byFoldedName: Uint32Array<ArrayBuffer>;
}

/**
 * Credits in the order film, role (0 actor, 1 director), billing: an actor's place in the billing is that of the credit
 * among its film's.
 */
export interface CreditsTable {
  /** Credits of the film with the i-th smallest id, from 0: `byFilm[i]` to `byFilm[i + 1] - 1`. */
  readonly byFilm: Uint32Array<ArrayBuffer>;
  readonly role: Uint8Array<ArrayBuffer>;
  readonly person: Int32Array<ArrayBuffer>;
  readonly character: TextTable;
  /** Of each person the film and role of every credit, as 2 × film row + role, ascending. */
  readonly byPerson: Postings;
}

/** The ranking of people; `genre` is a number of the films' genres, -1 all; `year` NaN is over all years. */
export interface RankingTable {
  readonly role: Uint8Array<ArrayBuffer>;
  readonly genre: Int32Array<ArrayBuffer>;
  readonly year: Numbers;
  readonly rank: Int32Array<ArrayBuffer>;
  readonly person: Int32Array<ArrayBuffer>;
  readonly movieCount: Int32Array<ArrayBuffer>;
}

/**
 * Released films with a known return on investment, best first: at place i of each column stands what is asked of the
 * i-th best.
 */
export interface ReturnsTable {
  /** Film rows. */
  readonly rows: Uint32Array<ArrayBuffer>;
  readonly budget: Numbers;
  readonly year: Numbers;
  /** Bitmaps of places, one after the other, of each genre by its code. */
  readonly genres: Uint32Array<ArrayBuffer>;
  /**
   * Places of those with a budget of `least` or more, ascending: of all, then of the dearest half, of half of these, and
   * so on. The best have low budgets; in the last level that begins at or below a bound, about every second is
   * above it.
   */
  readonly levels: readonly { readonly least: number; readonly places: Uint32Array<ArrayBuffer> }[];
}

/** What is large: made once when a snapshot is published, and opened by reading it. */
export interface PreparedTables {
  readonly films: FilmsTable;
  readonly persons: PersonsTable;
  readonly credits: CreditsTable;
  readonly ranking: RankingTable;
  /** Of each genre alone. */
  readonly genreRanking: RankingTable;
  readonly returns: ReturnsTable;
}

export interface TrendRow {
  readonly genre: string;
  readonly year: number;
  readonly movieCount: number;
  readonly popularity: number | null;
  readonly index: number | null;
  readonly voteAverage: number | null;
  readonly share: number;
}

export interface ForecastRow {
  readonly model: string;
  readonly served: boolean;
  readonly genre: string;
  readonly year: number;
  readonly index: number;
  readonly lower: number;
  readonly upper: number;
  readonly lower95: number;
  readonly upper95: number;
}

/** Of another series than the index: `share` in percent of the year's films, or `films`, their number. */
export interface SeriesForecastRow extends Omit<ForecastRow, 'index'> {
  readonly series: string;
  readonly value: number;
}

/** Rows of one model stand together, in the order origin, genre, year. */
export interface ForecastBacktestRow {
  readonly model: string;
  readonly genre: string;
  readonly origin: number;
  readonly year: number;
  readonly actual: number;
  readonly predicted: number;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly lower95: number | null;
  readonly upper95: number | null;
}

export interface SeriesBacktestRow extends ForecastBacktestRow {
  readonly series: string;
}

export interface DeadLetterRow {
  readonly id: number;
  readonly status: number | null;
  readonly attempts: number | null;
  readonly message: string;
}

export interface MetricRow {
  readonly name: string;
  readonly value: number | null;
  readonly baseline: string | null;
  readonly baselineValue: number | null;
}

export interface ReportRow {
  readonly name: string;
  readonly task: string;
  readonly trainedAt: string;
  readonly served: boolean;
  readonly rows: number;
  readonly seconds: number | null;
  readonly backend: string | null;
  readonly metrics: readonly MetricRow[];
}

/** The rest but for the models, small. */
export interface OtherTables {
  readonly trends: readonly TrendRow[];
  readonly forecast: readonly ForecastRow[];
  readonly forecastBacktest: readonly ForecastBacktestRow[];
  readonly seriesForecast: readonly SeriesForecastRow[];
  readonly seriesBacktest: readonly SeriesBacktestRow[];
  readonly deadLetters: readonly DeadLetterRow[];
  readonly reports: readonly ReportRow[];
  /** File name (`people.svg`) → SVG. */
  readonly pictures: Readonly<Record<string, string>>;
}

/** A table's name → where its file lies on this machine, and its size in bytes. */
export type TableFiles = Readonly<Record<string, { readonly file: string; readonly bytes: number }>>;
