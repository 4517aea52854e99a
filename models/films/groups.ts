import { numberFeature, type FeatureGroup, type Past } from './features.js';
import { LISTED, type PlannedFilm, type Role } from './film.js';

/** What the groups learn from the training films; plain data, kept with the model. */
export interface Vocabulary {
  readonly genres: readonly string[];
  readonly languages: readonly string[];
  /** Mean of each measure over the training films: what is expected of a name without a record. */
  readonly priors: readonly number[];
}

/**
 * Films' worth of the prior that a record is mixed with: (sum + k × prior) / (films + k). A genre needs little; a
 * keyword, shared by films that have nothing else in common, much; a film tells a lot of its sequel.
 */
const STRENGTH: Readonly<Record<Role, number>> = {
  genres: 20,
  directors: 2,
  cast: 3,
  companies: 5,
  keywords: 8,
  title: 0.7,
};

/** Genres and languages of fewer training films have no column of their own. */
const MIN_FILMS = 10;

export function learnVocabulary(
  films: readonly PlannedFilm[],
  measures: readonly Float64Array[],
): Vocabulary {
  return {
    genres: frequent(films, (film) => film.names.genres),
    languages: frequent(films, ({ language }) => (language === null ? [] : [language])),
    priors: measures.map((values) => {
      let [sum, known] = [0, 0];
      for (const value of values) {
        if (Number.isNaN(value)) continue;
        sum += value;
        known++;
      }
      return known > 0 ? sum / known : 0;
    }),
  };
}

/** Kept while their vocabulary is: making them again would be a third of an answer for one film. */
const made = new WeakMap<Vocabulary, readonly FeatureGroup[]>();

/** All that the rating and the revenue models look at. */
export function filmGroups(vocabulary: Vocabulary): readonly FeatureGroup[] {
  const groups = made.get(vocabulary) ?? makeGroups(vocabulary);
  made.set(vocabulary, groups);
  return groups;
}

function makeGroups(vocabulary: Vocabulary): FeatureGroup[] {
  return [
    genreGroup(vocabulary.genres),
    ...['year', 'month', 'runtime', 'budget'].map(numberFeature),
    languageGroup(vocabulary.languages),
    ...LISTED.map((role) => recordGroup(role, vocabulary.priors)),
    ...[0, 1].map((place) => billedGroup(place, vocabulary.priors)),
    seriesGroup(vocabulary.priors),
  ];
}

function genreGroup(genres: readonly string[]): FeatureGroup {
  return {
    topic: 'genres',
    kind: 'number',
    columns: genres.map((name) => `genre ${name}`),
    values: (film) => genres.map((name) => (film.names.genres.includes(name) ? 1 : 0)),
  };
}

function languageGroup(languages: readonly string[]): FeatureGroup {
  return {
    topic: 'language',
    kind: 'category',
    columns: ['language'],
    values: (film) => [film.language === null ? -1 : languages.indexOf(film.language)],
  };
}

/** How the earlier films of the names in a role turned out. All is missing where the film lists none. */
function recordGroup(role: Role, priors: readonly number[]): FeatureGroup {
  const strength = STRENGTH[role];
  const columns = [`${role} listed`, `${role} with films`, `${role} earlier films`];
  priors.forEach((_, m) =>
    columns.push(...['mean', 'least', 'most', 'pooled', 'last'].map((what) => `${role} ${what} ${m}`)),
  );
  const missing = columns.map(() => NaN);
  return {
    topic: role,
    kind: 'number',
    columns,
    values(film: PlannedFilm, past: Past) {
      const names = film.names[role];
      if (names.length === 0) return missing;
      const values = [names.length, 0, 0];
      priors.forEach((prior, m) => {
        let known = 0;
        let films = 0;
        let sum = 0;
        let means = 0;
        let least = Infinity;
        let most = -Infinity;
        let last = NaN;
        for (const name of names) {
          const record = past(role, name, m);
          const mean = (record.sum + strength * prior) / (record.films + strength);
          means += mean;
          if (record.films === 0) continue;
          known++;
          films += record.films;
          sum += record.sum;
          least = Math.min(least, mean);
          most = Math.max(most, mean);
          if (Number.isNaN(last)) last = record.last;
        }
        if (m === 0) [values[1], values[2]] = [known, films];
        const pooled = (sum + strength * prior) / (films + strength);
        const seen = known > 0;
        values.push(means / names.length, seen ? least : NaN, seen ? most : NaN, pooled, last);
      });
      return values;
    },
  };
}

/** The same of one of the cast alone, counted from 0: an audience comes for the first two. */
function billedGroup(place: number, priors: readonly number[]): FeatureGroup {
  return nameGroup('cast', `actor ${place + 1}`, (film) => film.names.cast[place], priors);
}

/** How the earlier films of a series turned out. */
function seriesGroup(priors: readonly number[]): FeatureGroup {
  return nameGroup('title', 'series', (film) => film.names.title[0], priors);
}

/** What the earlier films of one name came to: their number and, of each measure, the mean and the last. */
function nameGroup(
  role: Role,
  label: string,
  nameOf: (film: PlannedFilm) => string | undefined,
  priors: readonly number[],
): FeatureGroup {
  const strength = STRENGTH[role];
  const columns = [
    `${label} earlier films`,
    ...priors.flatMap((_, m) => [`${label} mean ${m}`, `${label} last ${m}`]),
  ];
  return {
    topic: role,
    kind: 'number',
    columns,
    values(film: PlannedFilm, past: Past) {
      const name = nameOf(film);
      if (name === undefined) return columns.map(() => NaN);
      const records = priors.map((_, m) => past(role, name, m));
      return [
        records[0]!.films,
        ...records.flatMap(({ films, sum, last }, m) => [
          (sum + strength * priors[m]!) / (films + strength),
          last,
        ]),
      ];
    },
  };
}

/** Names that occur often enough, most frequent first, ties in alphabetical order. */
function frequent(
  films: readonly PlannedFilm[],
  namesOf: (film: PlannedFilm) => readonly string[],
): string[] {
  const counts = new Map<string, number>();
  for (const film of films) for (const name of namesOf(film)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= MIN_FILMS)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([name]) => name);
}
