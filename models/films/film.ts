import type { MovieInput } from '../prediction.js';

/** Those whose earlier films tell of a new one. */
export const LISTED = ['genres', 'directors', 'cast', 'companies', 'keywords'] as const;
export type Listed = (typeof LISTED)[number];

/** By what earlier films tell of a new one: the title by the series that it names. */
export const ROLES = [...LISTED, 'title'] as const;
export type Role = (typeof ROLES)[number];

/**
 * What is known of a film before its release, and nothing else: the only thing that features are built from.
 * `day` counts from 1970-01-01, runtime is in minutes, budget in US dollars; unknown values are null.
 */
export interface PlannedFilm {
  readonly day: number;
  readonly year: number;
  readonly month: number | null;
  readonly runtime: number | null;
  readonly budget: number | null;
  readonly language: string | null;
  /** Names as they are compared, each once; the cast's are the first billed. */
  readonly names: { readonly [role in Role]: readonly string[] };
}

/** The first billed are whom an audience is told of; beyond them sources differ in how many they list. */
const BILLED = 5;

/** Milliseconds of a day. */
const DAY = 86_400_000;

/**
 * A film as models see it. `day` is its release day where that is known; else the first of its month, or of its
 * year: then only films of earlier months, or years, count as earlier. `fold`: of the names in lists,
 * for who has folded them before.
 */
export function planFilm(input: MovieInput, day?: number, fold = foldName): PlannedFilm {
  const { year, month = null, runtime = null, budget = null, language = null } = input;
  return {
    day: day ?? Math.floor(Date.UTC(year, (month ?? 1) - 1, 1) / DAY),
    year,
    month,
    runtime: runtime !== null && runtime > 0 ? runtime : null,
    budget: budget !== null && budget > 0 ? budget : null,
    language,
    names: {
      genres: distinct(input.genres, fold),
      directors: distinct(input.directors ?? [], fold),
      cast: distinct((input.cast ?? []).slice(0, BILLED), fold),
      companies: distinct(input.companies ?? [], fold),
      keywords: distinct(input.keywords ?? [], fold),
      title: distinct([seriesOf(input.title ?? '')], foldName),
    },
  };
}

/** Has no accents to take off. */
const ASCII = /^[ -~]*$/;

/** Names are compared without case, accents and outer space. */
export function foldName(name: string): string {
  const plain = ASCII.test(name) ? name : name.normalize('NFD').replace(/\p{M}/gu, '');
  return plain.trim().toLowerCase();
}

/** What follows a film's name in the titles of a series: a subtitle, then a number or a part. */
const SUBTITLE = /\s*(:|\s[-–]\s).*$/;
const NUMBER = /\s+(\d{1,2}|i{1,3}|iv|vi{0,3}|ix|x|part .*|chapter .*|episode .*)$/;

/** The part of a title that a sequel would share: `Saw` of `Saw III`; a whole title that is only a number stays. */
export function seriesOf(title: string): string {
  return foldName(title).replace(SUBTITLE, '').replace(NUMBER, '');
}

/** In their order. Few enough to be looked through: a set for each list would take most of a large table's time. */
function distinct(names: readonly string[], fold: (name: string) => string): string[] {
  const found: string[] = [];
  for (const name of names) {
    const folded = fold(name);
    if (folded !== '' && !found.includes(folded)) found.push(folded);
  }
  return found;
}
