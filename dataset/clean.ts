import pl from 'nodejs-polars';
import { FILM_COLUMNS } from './films.js';
import { brokenText, CLEANING_RULES, QUARANTINE_RULES, releaseDate } from './rules.js';

/** A year counts as data when it is over and has this many released films. */
const FILMS_OF_A_DATA_YEAR = 30;

export interface CleanFilms {
  /** FILM_COLUMNS, sorted by id. */
  readonly films: pl.DataFrame;
  /** id, rule, detail; sorted by id. */
  readonly quarantine: pl.DataFrame;
  /** How often each rule made a field null, and how many titles are flagged as broken. */
  readonly counts: Readonly<Record<string, number>>;
  readonly asOf: string;
  readonly dataYear: number | null;
  readonly fromYear: number | null;
  readonly toYear: number | null;
}

/**
 * Cleans a crawl. `blocks`: BLOCK_COLUMNS; `ids`: id and the export's popularity (null where it has none), which
 * goes before the document's. `exportDay`: the as-of date of a live crawl; null: 31 December of the last year.
 */
export async function cleanFilms(
  blocks: pl.LazyDataFrame,
  ids: pl.LazyDataFrame,
  exportDay: string | null,
): Promise<CleanFilms> {
  const reason = QUARANTINE_RULES.reduceRight<pl.Expr>(
    (otherwise, rule) => pl.when(rule.applies).then(pl.lit(rule.name)).otherwise(otherwise),
    pl.lit(null).cast(pl.Utf8),
  );
  const detail = QUARANTINE_RULES.reduceRight<pl.Expr>(
    (otherwise, rule) => pl.when(rule.applies).then(rule.detail).otherwise(otherwise),
    pl.lit(null).cast(pl.Utf8),
  );
  const crawl = await blocks.sort('id').withColumns(reason.alias('rule'), detail.alias('detail')).collect();
  const quarantine = crawl.filter(pl.col('rule').isNotNull()).select('id', 'rule', 'detail');
  const kept = crawl.filter(pl.col('rule').isNull());

  const broken = kept.select(
    ...CLEANING_RULES.map(({ name, breaks }) => breaks.cast(pl.Int32).sum().alias(name)),
    brokenText.cast(pl.Int32).sum().alias('brokenText'),
  );
  const counts = Object.fromEntries(
    broken.columns.map((name) => [name, Number(broken.getColumn(name).get(0) ?? 0)]),
  );

  const rulesOf = (column: string): pl.Expr[] =>
    CLEANING_RULES.filter((rule) => rule.column === column).map(({ breaks }) => breaks.fillNull(false));
  const cleaned = ['runtime', 'budget', 'revenue', 'popularity', 'voteCount', 'voteAverage'].map((column) =>
    pl
      .when(anyOf(rulesOf(column)))
      .then(pl.lit(null))
      .otherwise(pl.col(column))
      .alias(column),
  );
  const dated = kept
    .lazy()
    .withColumns(
      ...cleaned,
      pl
        .when(anyOf(rulesOf('releaseDate')))
        .then(pl.lit(null))
        .otherwise(releaseDate)
        .cast(pl.Date)
        .alias('releaseDate'),
      brokenText.alias('brokenText'),
    )
    .withColumns(pl.col('releaseDate').date.year().cast(pl.Int32).alias('year'))
    .join(ids.select(pl.col('id'), pl.col('popularity').alias('listedPopularity')), { on: 'id', how: 'left' })
    .withColumns(
      pl
        .when(pl.col('listedPopularity').gtEq(0))
        .then(pl.col('listedPopularity'))
        .otherwise(pl.col('popularity'))
        .alias('popularity'),
      pl.col('revenue').minus(pl.col('budget')).div(pl.col('budget')).mul(100).alias('roi'),
    );
  const years = await dated.select('year').collect();
  const last = years.getColumn('year').max() as number | null;
  const asOf = exportDay ?? `${String(last ?? 1970).padStart(4, '0')}-12-31`;
  const films = await dated
    .withColumns(
      pl
        .col('releaseDate')
        .ltEq(pl.lit(asOf).str.strptime(pl.Date, '%Y-%m-%d'))
        .fillNull(false)
        .alias('released'),
    )
    .sort('id')
    .select(...Object.keys(FILM_COLUMNS))
    .collect();

  const released = films.filter(pl.col('released')).getColumn('year').toArray() as number[];
  return { films, quarantine, counts, asOf, ...spanOf(released, asOf) };
}

/** First and last release year, and the last year that is over at `asOf` and has films enough. */
export function spanOf(
  years: readonly number[],
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
