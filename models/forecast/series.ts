import type { GenreYear } from '../forest50.js';

/** What of a genre is forecast from year to year. */
export interface Series {
  readonly name: 'index' | 'share' | 'films';
  /** NaN where it is not known. */
  readonly valueOf: (cell: GenreYear) => number;
  /** Of a year without films of the genre; null: it has no value then. */
  readonly without: number | null;
}

/** Mean popularity ÷ the mean of all films of the year. */
export const INDEX: Series = { name: 'index', valueOf: ({ index }) => index, without: null };

/** Percent of the year's films that are of the genre. */
export const SHARE: Series = { name: 'share', valueOf: ({ share }) => share ?? NaN, without: 0 };

/** Films of the genre that are released in the year. */
export const FILMS: Series = { name: 'films', valueOf: ({ films }) => films, without: 0 };
