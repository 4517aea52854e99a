import { requireKind } from './estimator.js';
import type { GenreYear, PopularityEstimator } from './forest50.js';

interface MeanJson {
  readonly kind: 'mean popularity';
  readonly mean: number;
}

/** The mean of all films × genres that were learned from. */
export const meanPopularity: PopularityEstimator<MeanJson> = {
  name: 'mean',
  fit: (cells) => meanOf({ kind: 'mean popularity', mean: overall(cells) }),
  read: meanOf,
};

function meanOf(json: MeanJson): ReturnType<typeof meanPopularity.fit> {
  requireKind(json, 'mean popularity');
  return { predict: (rows) => new Float64Array(rows.length).fill(json.mean), toJSON: () => json };
}

interface LastJson {
  readonly kind: 'last popularity';
  /** Of genres that were never seen. */
  readonly mean: number;
  /** Genre by genre its years, rising, with what they came to. */
  readonly genres: readonly (readonly [genre: string, years: readonly (readonly [number, number])[]])[];
}

/** The genre's mean in its latest year before the asked one that was learned from. */
export const lastPopularity: PopularityEstimator<LastJson> = {
  name: 'last value',
  fit(cells) {
    const genres = new Map<string, [number, number][]>();
    for (const { genre, year, popularity } of cells)
      genres.set(genre, [...(genres.get(genre) ?? []), [year, popularity]]);
    for (const years of genres.values()) years.sort(([a], [b]) => a - b);
    return lastOf({ kind: 'last popularity', mean: overall(cells), genres: [...genres] });
  },
  read: lastOf,
};

function lastOf(json: LastJson): ReturnType<typeof lastPopularity.fit> {
  requireKind(json, 'last popularity');
  const genres = new Map(json.genres);
  return {
    predict: (rows) =>
      Float64Array.from(
        rows,
        ({ genre, year }) => genres.get(genre)?.findLast(([known]) => known < year)?.[1] ?? json.mean,
      ),
    toJSON: () => json,
  };
}

function overall(cells: readonly GenreYear[]): number {
  let sum = 0;
  let films = 0;
  for (const cell of cells) {
    sum += cell.films * cell.popularity;
    films += cell.films;
  }
  return sum / films;
}
