import { seededRandom } from '../../models/random.js';
import { gaussian } from './draws.js';
import { GENRES, type Genre } from './genres.js';

/** The trends that a synthetic catalogue is made from, so that what a forecast finds can be checked. */
export interface PlantedIndex {
  readonly genres: readonly Genre[];
  /** 1930 … 2025. */
  readonly years: readonly number[];
  /** Expected popularity of a film of this genre alone ÷ that of all films of its year. 1 = as all films. */
  index(genre: Genre, year: number): number;
}

export const FIRST_YEAR = 1930;
export const LAST_YEAR = 2025;

/** Autocorrelation of a genre's yearly deviations, and the standard deviation of each year's own shock. */
const PHI = 0.6;
const SIGMA = 0.15;

/** Shares of the genres in a film's draws, about TMDB's; they sum to 1. */
export const GENRE_SHARES: Readonly<Record<Genre, number>> = {
  Action: 0.08,
  Adventure: 0.045,
  Animation: 0.045,
  Comedy: 0.14,
  Crime: 0.05,
  Documentary: 0.09,
  Drama: 0.19,
  Family: 0.04,
  Fantasy: 0.03,
  History: 0.02,
  Horror: 0.06,
  Music: 0.025,
  Mystery: 0.025,
  Romance: 0.05,
  'Science Fiction': 0.03,
  'TV Movie': 0.02,
  Thriller: 0.04,
  War: 0.01,
  Western: 0.01,
};

/**
 * For each genre g, with its own level a ~ N(0, 0.25) and slope b ~ N(0, 0.006) a year:
 *   raw(g, y) = exp(a + b·(y − 1978) + e(y)),  e(y) = φ·e(y − 1) + N(0, σ),  e(1930) ~ N(0, σ / √(1 − φ²))
 *   index(g, y) = raw(g, y) ÷ Σ_h share(h)·raw(h, y)
 * An index compares with all films of the year, so what all genres share in a year must cancel.
 */
export function plantedIndex(seed: number): PlantedIndex {
  const years = Array.from({ length: LAST_YEAR - FIRST_YEAR + 1 }, (_, at) => FIRST_YEAR + at);
  const raw = GENRES.map((genre) => {
    const random = seededRandom(`${seed}:trend:${genre}`);
    const level = 0.25 * gaussian(random);
    const slope = 0.006 * gaussian(random);
    let deviation = (SIGMA / Math.sqrt(1 - PHI * PHI)) * gaussian(random);
    return years.map((year, at) => {
      if (at > 0) deviation = PHI * deviation + SIGMA * gaussian(random);
      return Math.exp(level + slope * (year - 1978) + deviation);
    });
  });
  const common = years.map((_, at) =>
    GENRES.reduce((sum, genre, g) => sum + GENRE_SHARES[genre] * raw[g]![at]!, 0),
  );
  const indices = new Map(GENRES.map((genre, g) => [genre, raw[g]!.map((value, at) => value / common[at]!)]));
  return { genres: GENRES, years, index: (genre, year) => indices.get(genre)![year - FIRST_YEAR]! };
}
