import { requireKind, type Estimator, type FittedModel } from './estimator.js';
import { TreeEnsemble, type EnsembleJson } from './trees/ensemble.js';
import { forest, type ForestParams } from './trees/forest.js';
import type { FeatureTable } from './trees/table.js';

/** The films of one genre and release year: number, mean popularity, and that ÷ the mean of the year's films. */
export interface GenreYear {
  readonly genre: string;
  readonly year: number;
  readonly films: number;
  readonly popularity: number;
  readonly index: number;
  /** Percent of the year's films, where it was read. */
  readonly share?: number;
}

/** A genre's year to come, whose mean popularity is asked. */
export type AskedYear = Pick<GenreYear, 'genre' | 'year'>;

/** Learns popularity from what the genres' years came to; the rows hold the answers. */
export interface PopularityEstimator<
  Json,
  Fitted extends FittedModel<readonly AskedYear[], Float64Array, Json> = FittedModel<
    readonly AskedYear[],
    Float64Array,
    Json
  >,
> extends Estimator<readonly GenreYear[], readonly AskedYear[], Float64Array, Json> {
  fit(cells: readonly GenreYear[], seed: number | string): Fitted;
}

export interface Forest50Json {
  readonly kind: 'forest50';
  readonly genres: readonly string[];
  /** What each genre counts for in the mean popularity of a year to come. */
  readonly shares: readonly number[];
  /** Last year learned from. */
  readonly lastYear: number;
  readonly ensemble: EnsembleJson;
}

/** Years whose films weigh the genres into the mean of a year to come. */
const WEIGHING_YEARS = 3;

/**
 * The plain forest of the notebooks: 50 trees, one-hot genre and release year → popularity. It learns from one
 * row per genre × year, the mean popularity weighted by its films: the same squared error as one row per film ×
 * genre, whatever the size of the catalogue. The bootstrap draws genre-years. `minLeaf` counts films.
 */
export const forest50Params: ForestParams = {
  trees: 50,
  maxDepth: 12,
  minLeaf: 5,
  featuresPerSplit: 1 / 3,
  maxBins: 255,
};

export const forest50 = (params: ForestParams): PopularityEstimator<Forest50Json, Forest50> => ({
  name: 'forest50',
  params,
  read: (json) => Forest50.fromJSON(json),
  /** Throws when there are no rows. */
  fit(cells, seed) {
    const genres = [...new Set(cells.map(({ genre }) => genre))].sort();
    const table = tableOf(cells, genres);
    const values = Float64Array.from(cells, ({ popularity }) => popularity);
    const weights = Float64Array.from(cells, ({ films }) => films);
    const lastYear = cells.reduce((last, { year }) => Math.max(last, year), -Infinity);
    const shares = sharesOf(cells, genres, lastYear);
    return new Forest50(genres, shares, lastYear, forest(params).fit({ table, values, weights }, seed));
  },
});

export class Forest50 implements FittedModel<readonly AskedYear[], Float64Array, Forest50Json> {
  constructor(
    readonly genres: readonly string[],
    readonly shares: readonly number[],
    readonly lastYear: number,
    readonly ensemble: TreeEnsemble,
  ) {}

  /** Popularity, in the unit it was learned in. A genre that it has never seen is none of the known ones. */
  predict(rows: readonly AskedYear[]): Float64Array {
    return this.ensemble.predict(tableOf(rows, this.genres));
  }

  /** The index that it implies per genre for one year: its popularity ÷ the mean that all genres together give. */
  indexes(year: number): Map<string, number> {
    const popularity = this.predict(this.genres.map((genre) => ({ genre, year })));
    const mean = popularity.reduce((sum, value, g) => sum + value * this.shares[g]!, 0);
    return new Map(this.genres.map((genre, g) => [genre, mean > 0 ? popularity[g]! / mean : NaN]));
  }

  toJSON(): Forest50Json {
    const { genres, shares, lastYear, ensemble } = this;
    return { kind: 'forest50', genres, shares, lastYear, ensemble: ensemble.toJSON() };
  }

  /** @throws NotThisModel */
  static fromJSON(json: Forest50Json): Forest50 {
    requireKind(json, 'forest50');
    const { genres, shares, lastYear, ensemble } = json;
    return new Forest50(genres, shares, lastYear, TreeEnsemble.fromJSON(ensemble));
  }
}

function tableOf(rows: readonly AskedYear[], genres: readonly string[]): FeatureTable {
  return {
    rows: rows.length,
    columns: [
      ...genres.map((name) => ({
        name: `genre ${name}`,
        kind: 'number' as const,
        values: Float64Array.from(rows, ({ genre }) => (genre === name ? 1 : 0)),
      })),
      { name: 'year', kind: 'number', values: Float64Array.from(rows, ({ year }) => year) },
    ],
  };
}

/**
 * Each genre's share of the last years' film × genre rows, divided by those rows' mean index: a film of many
 * genres has many rows, so the rows' mean is not the films' mean, which the index is relative to.
 */
function sharesOf(cells: readonly GenreYear[], genres: readonly string[], lastYear: number): number[] {
  const films = genres.map(() => 0);
  let indexes = 0;
  for (const cell of cells) {
    if (cell.year <= lastYear - WEIGHING_YEARS) continue;
    films[genres.indexOf(cell.genre)]! += cell.films;
    indexes += cell.films * cell.index;
  }
  return films.map((count) => count / indexes);
}
