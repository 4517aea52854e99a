import pl from 'nodejs-polars';
import { wordListsOf } from '../dataset/columns.js';
import { foldName, planFilm } from '../models/films/film.js';
import type { FilmSample } from '../models/films/knowledge.js';

/** Which released films models learn from. */
export interface SampleRules {
  /** Column that is predicted, first; then those that only tell of earlier films. */
  readonly measures: readonly ('voteAverage' | 'voteCount' | 'revenue')[];
  /** Films whose known votes are fewer count as not rated: their average is a few people's. */
  readonly minVotes: number;
  /** Smaller revenues, in US dollars, are slips, such as millions written as units. */
  readonly minRevenue: number;
}

const INPUTS = [
  'id',
  'title',
  'year',
  'runtime',
  'budget',
  'originalLanguage',
  'genres',
  'directors',
  'cast',
  'companies',
  'keywords',
] as const;

/**
 * Reads the released films whose first measure is known, in the table's order: what is known of them before
 * release, and how they turned out (votes as log10(1 + votes), revenue as log10 of US dollars).
 */
export async function readFilmSample(path: string, rules: SampleRules): Promise<FilmSample> {
  const { minVotes, minRevenue } = rules;
  const unknown = pl.lit(null);
  const rated = pl.col('voteAverage').gt(0).and(pl.col('voteCount').fillNull(minVotes).gtEq(minVotes));
  const measures = {
    voteAverage: pl.when(rated).then(pl.col('voteAverage')).otherwise(unknown).cast(pl.Float64),
    voteCount: pl.col('voteCount').cast(pl.Float64),
    revenue: pl.when(pl.col('revenue').gtEq(minRevenue)).then(pl.col('revenue')).otherwise(unknown),
  };
  const frame = await pl
    .scanParquet(path)
    .filter(pl.col('released'))
    .select(
      ...INPUTS.map((name) => pl.col(name)),
      pl.col('releaseDate').cast(pl.Int32).alias('day'),
      pl.col('releaseDate').date.month().cast(pl.Int32).alias('month'),
      ...rules.measures.map((name) => measures[name].alias(`measure ${name}`)),
    )
    .filter(pl.col(`measure ${rules.measures[0]!}`).isNotNull())
    .collect();
  const column = (name: string) => frame.getColumn(name).toArray() as unknown[];
  const numbers = (name: string) => column(name) as (number | null)[];
  const [year, month, day] = [numbers('year'), numbers('month'), numbers('day')];
  const [runtime, budget] = [numbers('runtime'), numbers('budget')];
  const language = column('originalLanguage') as (string | null)[];
  const title = column('title') as string[];
  const [genres, directors, cast] = [
    namesOf(frame, 'genres'),
    namesOf(frame, 'directors'),
    namesOf(frame, 'cast'),
  ];
  const [companies, keywords] = [namesOf(frame, 'companies'), namesOf(frame, 'keywords')];
  return {
    ids: Int32Array.from(numbers('id'), (id) => id!),
    films: year.map((_, i) =>
      planFilm(
        {
          title: title[i]!,
          year: year[i]!,
          month: month[i],
          runtime: runtime[i],
          budget: budget[i],
          language: language[i],
          genres: genres(i),
          directors: directors(i),
          cast: cast(i),
          companies: companies(i),
          keywords: keywords(i),
        },
        day[i]!,
        // They are folded already, one by one of the distinct ones.
        (name) => name,
      ),
    ),
    measures: rules.measures.map((name) =>
      Float64Array.from(numbers(`measure ${name}`), (value) => scaled(name, value)),
    ),
  };
}

function scaled(measure: SampleRules['measures'][number], value: number | null): number {
  if (value === null) return NaN;
  if (measure === 'voteAverage') return value;
  return measure === 'voteCount' ? Math.log10(1 + value) : Math.log10(value);
}

/** The names of each film in one of its lists, as they are compared. Films that name the same share its text. */
function namesOf(frame: pl.DataFrame, column: string): (row: number) => string[] {
  const { words, offsets, codes } = wordListsOf(frame, column);
  const folded = words.map(foldName);
  return (row) => {
    const names: string[] = [];
    for (let i = offsets[row]!; i < offsets[row + 1]!; i++) names.push(folded[codes[i]!]!);
    return names;
  };
}
