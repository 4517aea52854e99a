import pl from 'nodejs-polars';

/**
 * Cleaning. Each rule is an expression over a block's columns that is true where a value cannot be; the film
 * stays, that one field becomes null, and the rule counts. Nothing is repaired or guessed.
 */
interface CleaningRule {
  readonly name: string;
  readonly column: string;
  readonly breaks: pl.Expr;
}

/** Films exist since 1874 (Janssen's Passage de Vénus); TMDB announces them a few years ahead. */
const FIRST_YEAR = 1874;
const LAST_YEAR = 2100;

const title = pl.col('title');
const problem = pl.col('problem');
const voteAverage = pl.col('voteAverage');

const releaseDate = pl.col('releaseDate');

/**
 * `date`: the source's text as a date, ISO 8601, else null. A column of its own, which the rules take as given: Polars
 * would read the text once for each time that a rule asks.
 */
export const readDate = releaseDate.str.strptime(pl.Date, '%Y-%m-%d').alias('date');
export const date = pl.col('date');
const year = date.date.year();

export const CLEANING_RULES: readonly CleaningRule[] = [
  {
    name: 'impossibleDate',
    column: 'releaseDate',
    breaks: releaseDate.isNotNull().and(date.isNull().or(year.lt(FIRST_YEAR)).or(year.gt(LAST_YEAR))),
  },
  { name: 'noRuntime', column: 'runtime', breaks: pl.col('runtime').ltEq(0) },
  { name: 'noBudget', column: 'budget', breaks: pl.col('budget').ltEq(0) },
  { name: 'noRevenue', column: 'revenue', breaks: pl.col('revenue').ltEq(0) },
  { name: 'negativePopularity', column: 'popularity', breaks: pl.col('popularity').lt(0) },
  { name: 'negativeVoteCount', column: 'voteCount', breaks: pl.col('voteCount').lt(0) },
  {
    // TMDB gives an average of 0 to films that nobody has rated: that is no rating.
    name: 'noVoteAverage',
    column: 'voteAverage',
    breaks: voteAverage
      .isNotNull()
      .and(voteAverage.lt(0).or(voteAverage.gt(10)).or(pl.col('voteCount').fillNull(1).ltEq(0))),
  },
];

/** Reasons for which a film cannot be in the table at all, in the order in which they are looked at. */
export const QUARANTINE_RULES: readonly {
  readonly name: string;
  readonly applies: pl.Expr;
  readonly detail: pl.Expr;
}[] = [
  { name: 'unreadable', applies: problem.isNotNull(), detail: problem },
  { name: 'missingTitle', applies: title.isNull(), detail: pl.lit('the document has no title') },
  {
    name: 'duplicateId',
    applies: pl.col('id').isFirstDistinct().not(),
    detail: pl.lit('the id stands a second time in the crawl'),
  },
];

/**
 * What the bytes 80 to BF, which continue a character in UTF-8, become when they are read as Windows-1252. A no-break
 * space (A0) is left out: it follows a capital with an accent in good French.
 */
const CONTINUES = '[\u{80}-\u{9F}\u{A1}-\u{BF}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]';

/**
 * Text whose UTF-8 was read as Windows-1252 once (`AmÃ©lie`): a lead byte and as many continuing ones as it calls
 * for; or the replacement character. It is flagged, not rewritten: what was lost cannot be known.
 * https://en.wikipedia.org/wiki/Mojibake
 */
export const brokenText = title
  .fillNull('')
  .str.contains(
    `\u{FFFD}|Ã\u{A0}|[Â-ß]${CONTINUES}|[à-ï]${CONTINUES}${CONTINUES}|[ð-ô]${CONTINUES}${CONTINUES}${CONTINUES}`,
  );
