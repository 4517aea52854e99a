import pl from 'nodejs-polars';
import { FILM_COLUMNS } from './films.js';
import { brokenText, CLEANING_RULES, QUARANTINE_RULES, releaseDate } from './rules.js';
import { LOOKED_AT, within } from './crawl.js';
import { inOrderOf, ROW_GROUP } from './tables.js';

/** A year counts as data when it is over and has this many released films. */
const FILMS_OF_A_DATA_YEAR = 30;

/** What is to be done with a crawl: which films stay is decided, they are not cleaned yet. Plain data but the frame. */
export interface Cleaning {
  /** Of the films that stay. */
  readonly rows: number;
  /** id, rule, detail; sorted by id. */
  readonly quarantine: pl.DataFrame;
  readonly pieces: readonly Piece[];
  readonly asOf: string;
  readonly dataYear: number | null;
  readonly fromYear: number | null;
  readonly toYear: number | null;
}

/** ROW_GROUP films that stay, by the first and last of their ids. */
export interface Piece {
  readonly first: number;
  readonly last: number;
  /** Whether all films between these stay: a filter copies every text, also where it drops none. */
  readonly whole: boolean;
}

export interface CleanPiece {
  /** FILM_COLUMNS, sorted by id. */
  readonly films: pl.DataFrame;
  /** How often each rule made a field null, and how many titles are flagged as broken. */
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * Looks at what concerns all films, in few columns: LOOKED_AT of all of a crawl's films, in any order. The films
 * themselves are cleaned in pieces of ROW_GROUP, so that a million of them fit in memory. `exportDay`: the as-of date
 * of a live crawl; null: 31 December of the last year.
 */
export async function planCleaning(looked: pl.DataFrame, exportDay: string | null): Promise<Cleaning> {
  const seen = await judged(inOrderOf('id', looked).lazy())
    .select(...SEEN)
    .collect();
  const quarantine = await detailed(seen.lazy().filter(QUARANTINED)).collect();
  const kept = await seen
    .lazy()
    .filter(pl.col('rule').isNull())
    .select('id', 'year', pl.col('dated').alias('releaseDate'))
    .collect();
  const year = kept.getColumn('year').max() as number | null;
  const asOf = exportDay ?? `${String(year ?? 1970).padStart(4, '0')}-12-31`;
  const released = kept.filter(releasedBy(asOf)).getColumn('year').toTypedArray() as Int32Array;
  const everyId = seen.getColumn('id').toTypedArray() as Int32Array;
  const keptIds = kept.getColumn('id').toTypedArray() as Int32Array;
  const pieces = Array.from({ length: Math.max(1, Math.ceil(keptIds.length / ROW_GROUP)) }, (_, at) => {
    const from = at * ROW_GROUP;
    const to = Math.min(keptIds.length, from + ROW_GROUP);
    const [first, last] = [keptIds[from] ?? 0, keptIds[to - 1] ?? -1];
    return { first, last, whole: placeOf(everyId, last + 1) - placeOf(everyId, first) === to - from };
  });
  return { rows: keptIds.length, quarantine, pieces, asOf, ...spanOf(released, asOf) };
}

/**
 * Cleans pieces of a crawl. `between`: BLOCK_COLUMNS of the films whose id is from `first` to `last`, both included.
 * `ids`: id and the export's popularity (null where it has none), which goes before the document's.
 */
export function pieceCleaner(
  between: (first: number, last: number) => pl.LazyDataFrame,
  ids: pl.LazyDataFrame,
  asOf: string,
): (piece: Piece) => Promise<CleanPiece> {
  const cleaned = cleaning(asOf);
  return async ({ first, last, whole }) => {
    const rows = between(first, last);
    const stay = whole ? rows : judged(rows).filter(pl.col('rule').isNull());
    const films = await cleaned(stay, ids.filter(within(first, last))).collect();
    const [counts] = films.select(...FLAGGED).toRecords() as [Record<string, number>];
    // However the blocks were cut: the chunks of a frame show in the bytes of its file.
    return { films: inOrderOf('id', films.select(...PUBLISHED)).rechunk(), counts };
  };
}

/** Adds counts by name to others. */
export function addCounts(to: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) to[name] = (to[name] ?? 0) + count;
}

export interface CleanFilms extends Omit<Cleaning, 'pieces'>, CleanPiece {}

/** Cleans a crawl that fits in memory. */
export async function cleanFilms(
  blocks: pl.LazyDataFrame,
  ids: pl.LazyDataFrame,
  exportDay: string | null,
): Promise<CleanFilms> {
  const looked = await blocks.select(...LOOKED_AT).collect();
  const { pieces, ...plan } = await planCleaning(looked, exportDay);
  const between = (first: number, last: number): pl.LazyDataFrame => blocks.filter(within(first, last));
  const clean = pieceCleaner(between, ids, plan.asOf);
  const films: pl.DataFrame[] = [];
  const counts: Record<string, number> = {};
  for (const piece of pieces) {
    const made = await clean(piece);
    films.push(made.films);
    addCounts(counts, made.counts);
  }
  return { ...plan, films: pl.concat(films), counts };
}

/** Where in ascending numbers the first stands that is not below `value`. */
function placeOf(ascending: Int32Array, value: number): number {
  let [from, to] = [0, ascending.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (ascending[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** What concerns all films. */
const DATED = datedBy();
const SEEN = [
  pl.col('id'),
  pl.col('rule'),
  pl.col('problem'),
  DATED.alias('dated'),
  DATED.date.year().cast(pl.Int32).alias('year'),
];

/** The name of the rule for which a row cannot be in the table, if any. */
const RULE = QUARANTINE_RULES.reduceRight<pl.Expr>(
  (otherwise, rule) => pl.when(rule.applies).then(pl.lit(rule.name)).otherwise(otherwise),
  pl.lit(null).cast(pl.Utf8),
).alias('rule');

const QUARANTINED = pl.col('rule').isNotNull();

/** Rows in the order of the crawl, with the `rule` for which each cannot be in the table, if any. */
function judged(crawl: pl.LazyDataFrame): pl.LazyDataFrame {
  return crawl.withColumns(RULE);
}

/** id, rule, detail of rows that are quarantined. */
function detailed(rows: pl.LazyDataFrame): pl.LazyDataFrame {
  const detail = QUARANTINE_RULES.reduceRight<pl.Expr>(
    (otherwise, rule) =>
      pl
        .when(pl.col('rule').eq(pl.lit(rule.name)))
        .then(rule.detail)
        .otherwise(otherwise),
    pl.lit(null).cast(pl.Utf8),
  );
  return rows.select('id', 'rule', detail.alias('detail'));
}

/** What is counted of the films that stay. */
const COUNTED = [...CLEANING_RULES.map(({ name }) => name), 'brokenText'];

/** The column that says of which films a rule counts. */
function flagOf(name: string): string {
  return name === 'brokenText' ? name : `breaks ${name}`;
}

/** How many rows each rule's flag stands on. */
const FLAGGED = COUNTED.map((name) => pl.col(flagOf(name)).cast(pl.Int32).sum().alias(name));

const PUBLISHED = Object.keys(FILM_COLUMNS).map((name) => pl.col(name));

/**
 * FILM_COLUMNS of rows that stay, and each rule's flags. The expressions are made once for all pieces: nodejs-polars
 * gives every expression some two hundred closures, which cost more than what it computes for a small piece.
 */
function cleaning(asOf: string): (rows: pl.LazyDataFrame, ids: pl.LazyDataFrame) => pl.LazyDataFrame {
  const numbers = ['runtime', 'budget', 'revenue', 'popularity', 'voteCount', 'voteAverage'].map((column) =>
    pl
      .when(anyOf(flagsOf(column)))
      .then(pl.lit(null))
      .otherwise(pl.col(column))
      .alias(column),
  );
  const flags = [
    ...CLEANING_RULES.map(({ name, breaks }) => breaks.fillNull(false).alias(flagOf(name))),
    brokenText.alias('brokenText'),
  ];
  const nulled = [...numbers, DATED];
  const year = pl.col('releaseDate').date.year().cast(pl.Int32).alias('year');
  const listed = [pl.col('id'), pl.col('popularity').alias('listedPopularity')];
  const derived = [
    pl
      .when(pl.col('listedPopularity').gtEq(0))
      .then(pl.col('listedPopularity'))
      .otherwise(pl.col('popularity'))
      .alias('popularity'),
    pl.col('revenue').minus(pl.col('budget')).div(pl.col('budget')).mul(100).alias('roi'),
    releasedBy(asOf).alias('released'),
  ];
  const shown = [...PUBLISHED, ...CLEANING_RULES.map(({ name }) => pl.col(flagOf(name)))];
  return (rows, ids) =>
    rows
      .withColumns(...flags)
      .withColumns(...nulled)
      .withColumns(year)
      .join(ids.select(...listed), { on: 'id', how: 'left' })
      .withColumns(...derived)
      .select(...shown);
}

function flagsOf(column: string): pl.Expr[] {
  return CLEANING_RULES.filter((rule) => rule.column === column).map(({ name }) => pl.col(flagOf(name)));
}

/** A block's release date as a date, null where it cannot be. */
function datedBy(): pl.Expr {
  return pl
    .when(anyOf(rulesOf('releaseDate')))
    .then(pl.lit(null))
    .otherwise(releaseDate)
    .cast(pl.Date)
    .alias('releaseDate');
}

function releasedBy(asOf: string): pl.Expr {
  return pl.col('releaseDate').ltEq(pl.lit(asOf).str.strptime(pl.Date, '%Y-%m-%d')).fillNull(false);
}

function rulesOf(column: string): pl.Expr[] {
  return CLEANING_RULES.filter((rule) => rule.column === column).map(({ breaks }) => breaks.fillNull(false));
}

/** First and last release year, and the last year that is over at `asOf` and has films enough. */
export function spanOf(
  years: Iterable<number>,
  asOf: string,
): { readonly fromYear: number | null; readonly toYear: number | null; readonly dataYear: number | null } {
  const lastWhole = asOf.endsWith('-12-31') ? Number(asOf.slice(0, 4)) : Number(asOf.slice(0, 4)) - 1;
  const films = new Map<number, number>();
  for (const year of years) films.set(year, (films.get(year) ?? 0) + 1);
  const all = [...films.keys()].sort((a, b) => a - b);
  const whole = all.filter((year) => year <= lastWhole && (films.get(year) ?? 0) >= FILMS_OF_A_DATA_YEAR);
  return { fromYear: all[0] ?? null, toYear: all.at(-1) ?? null, dataYear: whole.at(-1) ?? null };
}

function anyOf(expressions: readonly pl.Expr[]): pl.Expr {
  return expressions.reduce((either, one) => either.or(one), pl.lit(false));
}
