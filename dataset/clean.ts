import pl from 'nodejs-polars';
import { partitionPoint } from '../models/rising.js';
import { FILM_COLUMNS } from './films.js';
import { brokenText, CLEANING_RULES, QUARANTINE_RULES, date, readDate } from './rules.js';
import { ahead, gather, inOrderOf, ROW_GROUP } from './tables.js';

/** A year counts as data when it is over and has this many released films. */
const FILMS_OF_A_DATA_YEAR = 30;

/** A crawl's films, in any order. */
export interface Crawl {
  /** LOOKED_AT of all of them. */
  readonly looked: pl.DataFrame;
  /** BLOCK_COLUMNS of those in it. */
  readonly within: (range: Range) => pl.LazyDataFrame;
}

/** Films whose id is from `first` to `last`, both included. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly holds: pl.Expr;
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
  /** How many films have each field, by FIELDS; once `films` are read. */
  readonly known: Readonly<Record<string, number>>;
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
  const seen = await judged(inOrderOf('id', crawl.looked).lazy()).collect();
  const [quarantine, kept] = await Promise.all([
    seen
      .lazy()
      .filter(STAYS.not())
      .select(...QUARANTINED)
      .collect(),
    seen
      .lazy()
      .filter(STAYS)
      .withColumns(readDate)
      .select(...KEPT)
      .withColumns(YEAR)
      .collect(),
  ]);
  const last = kept.getColumn('year').max() as number | null;
  const asOf = exportDay ?? `${String(last ?? 1970).padStart(4, '0')}-12-31`;
  const isReleased = releasedBy(asOf);
  const released = kept.filter(isReleased).getColumn('year').toTypedArray() as Int32Array;
  const keptIds = kept.getColumn('id').toTypedArray() as Int32Array;
  const counts: Record<string, number> = {};
  const known: Record<string, number> = {};
  const cleaned = cleaning(isReleased);

  // Twelve bytes a film: read once, not for each piece.
  const listed = (await ids.select(...LISTED).collect()).lazy();
  const everyId = seen.getColumn('id').toTypedArray() as Int32Array;
  const piece = async (from: number): Promise<pl.DataFrame> => {
    const to = Math.min(keptIds.length, from + ROW_GROUP);
    const [first, last] = [keptIds[from] ?? 0, keptIds[to - 1] ?? -1];
    const range = rangeOf(first, last);
    const rows = crawl.within(range);
    // A filter copies every text, also where all of them stay.
    const whole = placeOf(everyId, last + 1) - placeOf(everyId, first) === to - from;
    const stay = whole ? rows : judged(rows).filter(STAYS);
    // One query: its steps go on while the piece before is being written.
    const films = await cleaned(stay, listed.filter(range.holds)).collect();
    const summed = await films
      .lazy()
      .select(FLAGGED, ...COVERED)
      .collect();
    const [sums] = summed.toRecords() as [Record<string, number>];
    for (const name of COUNTED) counts[name] = (counts[name] ?? 0) + sums[flagOf(name)]!;
    for (const name of FIELDS) known[name] = (known[name] ?? 0) + sums[name]!;
    // However the blocks were cut: the chunks of a frame show in the bytes of its file.
    return inOrderOf('id', films.select(...PUBLISHED)).rechunk();
  };
  const starts = Array.from(
    { length: Math.max(1, Math.ceil(keptIds.length / ROW_GROUP)) },
    (_, at) => at * ROW_GROUP,
  );
  const films = ahead(starts.map((from) => () => piece(from)));
  return { films, rows: keptIds.length, quarantine, counts, known, asOf, ...spanOf(released, asOf) };
}

/** Cleans a crawl that fits in memory. */
export async function cleanFilms(
  blocks: pl.LazyDataFrame,
  ids: pl.LazyDataFrame,
  exportDay: string | null,
): Promise<CleanFilms<pl.DataFrame>> {
  const looked = await blocks.select(pl.cols([...LOOKED_AT])).collect();
  const within = ({ holds }: Range): pl.LazyDataFrame => blocks.filter(holds);
  const clean = await cleanInPieces({ looked, within }, ids, exportDay);
  return { ...clean, films: await gather(clean.films) };
}

export function rangeOf(first: number, last: number): Range {
  return { first, last, holds: ID.gtEq(first).and(ID.ltEq(last)) };
}

/** Where in ascending numbers the first stands that is not below `value`. */
function placeOf(ascending: Int32Array, value: number): number {
  return partitionPoint(0, ascending.length, (at) => ascending[at]! < value);
}

// Expressions are few, and made once for all pieces: nodejs-polars takes a millisecond for each (its literals and columns
// count), more than what it computes for a small piece. One `pl.cols` stands for many columns.
const ID = pl.col('id');
const NULL = pl.lit(null);
const LISTED = [ID, pl.col('popularity').alias('listedPopularity')];

/** What concerns all films. */
const DATED = datedBy();
const YEAR = pl.col('releaseDate').date.year().cast(pl.Int32).alias('year');
const KEPT = [ID, DATED];

/** The name of the rule for which a row cannot be in the table, if any: the first that applies. */
const RULE = saidOf(
  ({ applies }) => applies,
  ({ name }) => pl.lit(name),
).alias('rule');
const NAME = pl.col('rule');
const STAYS = NAME.isNull();
const DETAIL = saidOf(
  ({ name }) => NAME.eq(pl.lit(name)),
  ({ detail }) => detail,
).alias('detail');
const QUARANTINED = [pl.cols('id', 'rule'), DETAIL];

type QuarantineRule = (typeof QUARANTINE_RULES)[number];

/** What is to be said of a row by the first rule that holds of it; null where none does. */
function saidOf(holds: (rule: QuarantineRule) => pl.Expr, said: (rule: QuarantineRule) => pl.Expr): pl.Expr {
  return QUARANTINE_RULES.reduceRight<pl.Expr>(
    (otherwise, rule) => pl.when(holds(rule)).then(said(rule)).otherwise(otherwise),
    NULL.cast(pl.Utf8),
  );
}

/** Rows in the order of the crawl, with the `rule` for which each cannot be in the table, if any. */
function judged(crawl: pl.LazyDataFrame): pl.LazyDataFrame {
  return crawl.withColumns(RULE);
}

/** What is counted of the films that stay. */
const COUNTED = [...CLEANING_RULES.map(({ name }) => name), 'brokenText'];

/** The column that says of which films a rule counts. */
function flagOf(name: string): string {
  return name === 'brokenText' ? name : `breaks ${name}`;
}

/** How many rows each rule's flag stands on. */
const FLAGGED = pl.cols(COUNTED.map(flagOf)).sum();

const PUBLISHED = Object.keys(FILM_COLUMNS);

/** Fields of which it is counted how many films have them. */
const FIELDS = PUBLISHED.filter(
  (name) => !/^(id|released|brokenText|castIds|castCharacters|castProfiles|director[IP].*)$/.test(name),
);
const LISTS = ['countries', 'companies', 'keywords', 'genres', 'cast', 'directors'];
const COVERED = [
  pl.cols(FIELDS.filter((name) => !LISTS.includes(name))).count(),
  pl.cols(LISTS).lst.lengths().gt(0).sum(),
];

/** FILM_COLUMNS of rows that stay, and each rule's flags. `isReleased`: of a cleaned film. */
function cleaning(
  isReleased: pl.Expr,
): (rows: pl.LazyDataFrame, listed: pl.LazyDataFrame) => pl.LazyDataFrame {
  const numbers = ['runtime', 'budget', 'revenue', 'popularity', 'voteCount', 'voteAverage'].map((column) =>
    pl
      .when(anyOf(flagsOf(column)))
      .then(NULL)
      .otherwise(pl.col(column))
      .alias(column),
  );
  const flags = [
    ...CLEANING_RULES.map(({ name, breaks }) => breaks.alias(flagOf(name))),
    brokenText.alias('brokenText'),
  ];
  const nulled = [...numbers, DATED];
  const popularity = pl.col('popularity');
  const listedPopularity = pl.col('listedPopularity');
  const budget = pl.col('budget');
  const derived = [
    pl.when(listedPopularity.gtEq(0)).then(listedPopularity).otherwise(popularity).alias('popularity'),
    pl.col('revenue').minus(budget).div(budget).mul(100).alias('roi'),
    isReleased.alias('released'),
  ];
  const shown = pl.cols([...PUBLISHED, ...CLEANING_RULES.map(({ name }) => flagOf(name))]);
  return (rows, listed) =>
    rows
      .withColumns(readDate)
      .withColumns(...flags)
      .withColumns(...nulled)
      .withColumns(YEAR)
      .join(listed, { on: 'id', how: 'left' })
      .withColumns(...derived)
      .select(shown);
}

function flagsOf(column: string): pl.Expr[] {
  return CLEANING_RULES.filter((rule) => rule.column === column).map(({ name }) => pl.col(flagOf(name)));
}

/** A block's release date as a date, null where it cannot be. */
function datedBy(): pl.Expr {
  return pl
    .when(anyOf(rulesOf('releaseDate')))
    .then(NULL)
    .otherwise(date)
    .alias('releaseDate');
}

function releasedBy(asOf: string): pl.Expr {
  return pl.col('releaseDate').ltEq(pl.lit(asOf).str.strptime(pl.Date, '%Y-%m-%d')).fillNull(false);
}

function rulesOf(column: string): pl.Expr[] {
  return CLEANING_RULES.filter((rule) => rule.column === column).map(({ breaks }) => breaks);
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
  return expressions.reduce((either, one) => either.or(one));
}
