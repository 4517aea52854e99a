import pl from 'nodejs-polars';
import { FILM_COLUMNS } from './films.js';
import { brokenText, CLEANING_RULES, QUARANTINE_RULES, releaseDate } from './rules.js';
import { ahead, gather, inOrderOf, ROW_GROUP } from './tables.js';

/** A year counts as data when it is over and has this many released films. */
const FILMS_OF_A_DATA_YEAR = 30;

/** A crawl's films, in any order. */
export interface Crawl {
  /** LOOKED_AT of all of them. */
  readonly looked: pl.DataFrame;
  /** BLOCK_COLUMNS of those whose id is from `first` to `last`, both included. */
  readonly between: (first: number, last: number) => pl.LazyDataFrame;
}

/** What tells which films stay, and when they were released. */
export const LOOKED_AT = ['id', 'title', 'problem', 'releaseDate'] as const;

export interface CleanFilms<Films = pl.DataFrame> {
  /** FILM_COLUMNS, sorted by id. */
  readonly films: Films;
  readonly rows: number;
  /** id, rule, detail; sorted by id. */
  readonly quarantine: pl.DataFrame;
  /** How often each rule made a field null, and how many titles are flagged as broken; once `films` are read. */
  readonly counts: Readonly<Record<string, number>>;
  readonly asOf: string;
  readonly dataYear: number | null;
  readonly fromYear: number | null;
  readonly toYear: number | null;
}

/**
 * Cleans a crawl. `ids`: id and the export's popularity (null where it has none), which goes before the document's.
 * `exportDay`: the as-of date of a live crawl; null: 31 December of the last year. What concerns all films is
 * looked at first, in few columns; the films themselves come in pieces of ROW_GROUP, each computed when it is asked
 * for, so that a million of them fit in memory.
 */
export async function cleanInPieces(
  crawl: Crawl,
  ids: pl.LazyDataFrame,
  exportDay: string | null,
): Promise<CleanFilms<AsyncIterable<pl.DataFrame>>> {
  const seen = await judged(inOrderOf('id', crawl.looked).lazy())
    .select(...SEEN)
    .collect();
  const quarantine = await detailed(seen.lazy().filter(QUARANTINED)).collect();
  const kept = await seen
    .lazy()
    .filter(pl.col('rule').isNull())
    .select('id', 'year', pl.col('dated').alias('releaseDate'))
    .collect();
  const last = kept.getColumn('year').max() as number | null;
  const asOf = exportDay ?? `${String(last ?? 1970).padStart(4, '0')}-12-31`;
  const released = kept.filter(releasedBy(asOf)).getColumn('year').toTypedArray() as Int32Array;
  const keptIds = kept.getColumn('id').toTypedArray() as Int32Array;
  const counts: Record<string, number> = {};
  const cleaned = cleaning(asOf);

  const everyId = seen.getColumn('id').toTypedArray() as Int32Array;
  const piece = async (from: number): Promise<pl.DataFrame> => {
    const to = Math.min(keptIds.length, from + ROW_GROUP);
    const [first, last] = [keptIds[from] ?? 0, keptIds[to - 1] ?? -1];
    const rows = crawl.between(first, last);
    // A filter copies every text, also where all of them stay.
    const whole = placeOf(everyId, last + 1) - placeOf(everyId, first) === to - from;
    const stay = whole ? rows : judged(rows).filter(pl.col('rule').isNull());
    // One query: its steps go on while the piece before is being written.
    const films = await cleaned(stay, ids.filter(within(first, last))).collect();
    const [sums] = films.select(...FLAGGED).toRecords() as [Record<string, number>];
    for (const [name, sum] of Object.entries(sums)) counts[name] = (counts[name] ?? 0) + sum;
    // However the blocks were cut: the chunks of a frame show in the bytes of its file.
    return inOrderOf('id', films.select(...PUBLISHED)).rechunk();
  };
  const starts = Array.from(
    { length: Math.max(1, Math.ceil(keptIds.length / ROW_GROUP)) },
    (_, at) => at * ROW_GROUP,
  );
  const films = ahead(starts.map((from) => () => piece(from)));
  return { films, rows: keptIds.length, quarantine, counts, asOf, ...spanOf(released, asOf) };
}

/** Cleans a crawl that fits in memory. */
export async function cleanFilms(
  blocks: pl.LazyDataFrame,
  ids: pl.LazyDataFrame,
  exportDay: string | null,
): Promise<CleanFilms<pl.DataFrame>> {
  const looked = await blocks.select(...LOOKED_AT).collect();
  const between = (first: number, last: number): pl.LazyDataFrame => blocks.filter(within(first, last));
  const clean = await cleanInPieces({ looked, between }, ids, exportDay);
  return { ...clean, films: await gather(clean.films) };
}

/** Films whose id is from `first` to `last`, both included. */
export function within(first: number, last: number): pl.Expr {
  return pl.col('id').gtEq(first).and(pl.col('id').ltEq(last));
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
