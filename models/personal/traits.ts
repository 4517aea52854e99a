import type { FactorDraw } from './bayes.js';
import { solvePositive } from './solve.js';

/** What is known of a film without anybody's personal rating. */
export interface FilmTraits {
  readonly genres: readonly string[];
  readonly year: number | null;
  /** What the rating model expects of it, 0-10; null where there is none. */
  readonly expected: number | null;
}

/** How traits become numbers; the same for every film. */
export interface TraitTable {
  readonly genres: readonly string[];
  /** Stands in for an unknown expectation or year. */
  readonly expected: number;
  readonly year: number;
}

/** Genres that fewer films have tell nothing. */
const LEAST_FILMS = 5;

export function traitTable(films: readonly FilmTraits[]): TraitTable {
  const counts = new Map<string, number>();
  for (const genre of films.flatMap((film) => film.genres)) counts.set(genre, (counts.get(genre) ?? 0) + 1);
  return {
    genres: [...counts]
      .filter(([, count]) => count >= LEAST_FILMS)
      .map(([genre]) => genre)
      .sort(),
    expected: middle(
      films.map((film) => film.expected),
      6,
    ),
    year: middle(
      films.map((film) => film.year),
      2000,
    ),
  };
}

/** [1, expectation, its square, decade, one for each genre], the numbers around the table's middle. */
export function traitVector(table: TraitTable, film: FilmTraits): Float64Array {
  const expected = (film.expected ?? table.expected) - table.expected;
  const decade = ((film.year ?? table.year) - table.year) / 10;
  return Float64Array.from([
    1,
    expected,
    expected * expected,
    decade,
    ...table.genres.map((genre) => (film.genres.includes(genre) ? 1 : 0)),
  ]);
}

/** Films' worth of pull of all weights but the first to 0. */
const PULL = 5;
/** A film's vector counts for little while few have rated it: n / (n + this). */
const HALF = 5;

/**
 * Learns a film's vector from its traits (ridge, one weight for each trait and element): row-major traits × width. `at`:
 * the films' numbers in the draw, in the order of `traits`; `counts`: how many rated each.
 */
export function traitWeights(
  draw: FactorDraw,
  width: number,
  traits: readonly Float64Array[],
  at: Int32Array,
  counts: Int32Array,
): Float32Array {
  const size = traits[0]?.length ?? 0;
  const gram = new Float64Array(size * size);
  const sums = Array.from({ length: width }, () => new Float64Array(size));
  for (let t = 1; t < size; t++) gram[t * size + t] = PULL;
  gram[0] = 1e-6;
  traits.forEach((vector, i) => {
    const weight = counts[i]! / (counts[i]! + HALF);
    for (let a = 0; a < size; a++) {
      const x = weight * vector[a]!;
      if (x === 0) continue;
      for (let b = 0; b <= a; b++) gram[a * size + b]! += x * vector[b]!;
      for (let k = 0; k < width; k++) sums[k]![a]! += x * draw.films[at[i]! * width + k]!;
    }
  });
  const weights = new Float32Array(size * width);
  sums.forEach((sum, k) => {
    solvePositive(gram.slice(), sum);
    for (let t = 0; t < size; t++) weights[t * width + k] = sum[t]!;
  });
  return weights;
}

/** The vector that traits alone give. */
export function vectorOfTraits(weights: Float32Array, width: number, traits: Float64Array): Float64Array {
  const vector = new Float64Array(width);
  for (let t = 0; t < traits.length; t++) {
    for (let k = 0; k < width; k++) vector[k]! += traits[t]! * weights[t * width + k]!;
  }
  return vector;
}

function middle(values: readonly (number | null)[], otherwise: number): number {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? otherwise : known.reduce((sum, value) => sum + value, 0) / known.length;
}
