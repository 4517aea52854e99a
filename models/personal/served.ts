import { floatsOf, integersOf, packed } from '../packed.js';
import { placeIn } from '../rising.js';
import type { BayesFit, FactorDraw } from './bayes.js';
import { foldIn, predictFolded, type RatedVector } from './foldIn.js';
import type { Ratings } from './ratings.js';
import {
  traitTable,
  traitVector,
  traitWeights,
  vectorOfTraits,
  type FilmTraits,
  type TraitTable,
} from './traits.js';

/** MovieLens's stars, 0.5-5, are doubled: everything that is asked and answered is 0-10. */
export const STARS = 2;

/** A film by its id, and what somebody gave it, 0-10. */
export interface OwnRating {
  readonly filmId: number;
  readonly rating: number;
}

/** What `personalModel.json` holds. */
export interface PersonalJson {
  readonly format: string;
  readonly trained: true;
  readonly name: string;
  readonly rows: number;
  readonly width: number;
  /** TMDB ids, rising. */
  readonly filmIds: string;
  readonly traits: TraitTable;
  readonly draws: readonly DrawJson[];
  readonly users: {
    /** Rising. */
    readonly ids: string;
    /** The ratings of user i are numbers start[i] … start[i + 1] - 1 of the next two. */
    readonly start: string;
    readonly films: string;
    /** Half stars. */
    readonly halves: string;
  };
}

interface DrawJson extends Pick<FactorDraw, 'centre' | 'precision'> {
  readonly priorMean: readonly number[];
  readonly priorPrecision: readonly number[];
  readonly films: string;
  readonly shared: string;
  /** Traits × width. */
  readonly weights: string;
}

export const PERSONAL_FORMAT = 'marquee personal model 1';

/** Numbers that a model file may hold in its films' vectors; beyond it fewer draws are kept. */
const MOST_NUMBERS = 3_000_000;

/** Films of a catalogue that people have rated, in rising order of TMDB id. */
export interface RatedFilms {
  readonly ids: Int32Array;
  /** Their numbers in the ratings. */
  readonly at: Int32Array;
  readonly traits: readonly FilmTraits[];
}

/** What a fit has to keep to answer for people, known and unknown, about the films of a catalogue. */
export function personalJson(
  name: string,
  fit: BayesFit,
  ratings: Ratings,
  userIds: Int32Array,
  films: RatedFilms,
): PersonalJson {
  const { width } = fit;
  const table = traitTable(films.traits);
  const vectors = films.traits.map((one) => traitVector(table, one));
  const counts = films.at.map((item) => ratings.itemStart[item + 1]! - ratings.itemStart[item]!);
  const most = Math.max(1, Math.floor(MOST_NUMBERS / Math.max(1, 2 * width * films.at.length)));
  const every = Math.ceil(fit.draws.length / most);
  const place = new Int32Array(ratings.items).fill(-1);
  films.at.forEach((item, i) => (place[item] = i));
  const known: number[] = [];
  const halves: number[] = [];
  const start = Int32Array.from({ length: ratings.users + 1 }, () => 0);
  for (let u = 0; u < ratings.users; u++) {
    for (let r = ratings.userStart[u]!; r < ratings.userStart[u + 1]!; r++) {
      const film = place[ratings.itemOf[r]!]!;
      if (film < 0) continue;
      known.push(film);
      halves.push(Math.round(2 * ratings.values[r]!));
    }
    start[u + 1] = known.length;
  }
  const take = (rows: Float32Array): Float32Array => {
    const taken = new Float32Array(films.at.length * width);
    films.at.forEach((item, i) => taken.set(rows.subarray(item * width, (item + 1) * width), i * width));
    return taken;
  };
  return {
    format: PERSONAL_FORMAT,
    trained: true,
    name,
    rows: ratings.size,
    width,
    filmIds: packed(films.ids),
    traits: table,
    draws: fit.draws
      .filter((_, d) => (d + 1) % every === 0)
      .map((draw) => ({
        centre: draw.centre,
        precision: draw.precision,
        priorMean: [...draw.priorMean],
        priorPrecision: [...draw.priorPrecision],
        films: packed(take(draw.films)),
        shared: packed(take(draw.shared)),
        weights: packed(traitWeights(draw, width, vectors, films.at, counts)),
      })),
    users: {
      ids: packed(userIds),
      start: packed(start),
      films: packed(Int32Array.from(known)),
      halves: packed(Int32Array.from(halves)),
    },
  };
}

/** Somebody whose taste is known from ratings. */
export interface Taste {
  /** 0-10; null for a film of which neither ratings nor traits are known. */
  predict(filmId: number): number | null;
  /** Rated films that this person has not rated, best first, ties by id; only films for which `keep` holds. */
  recommend(first: number, keep?: (filmId: number) => boolean): { filmId: number; rating: number }[];
}

export type TraitsOf = (filmId: number) => FilmTraits | null;

/** The same in typed arrays. */
export interface PersonalTables extends Pick<PersonalJson, 'trained' | 'name' | 'rows' | 'width' | 'traits'> {
  readonly filmIds: Int32Array;
  readonly draws: readonly (FactorDraw & { readonly weights: Float32Array })[];
  readonly users: {
    readonly ids: Int32Array;
    readonly start: Int32Array;
    readonly films: Int32Array;
    readonly halves: Int32Array;
  };
}

export function readTables({ trained, name, rows, width, traits, ...json }: PersonalJson): PersonalTables {
  const { ids, start, films, halves } = json.users;
  return {
    ...{ trained, name, rows, width, traits },
    filmIds: integersOf(json.filmIds),
    draws: json.draws.map((draw) => ({
      centre: draw.centre,
      precision: draw.precision,
      priorMean: Float64Array.from(draw.priorMean),
      priorPrecision: Float64Array.from(draw.priorPrecision),
      films: floatsOf(draw.films),
      shared: floatsOf(draw.shared),
      weights: floatsOf(draw.weights),
    })),
    users: {
      ids: integersOf(ids),
      start: integersOf(start),
      films: integersOf(films),
      halves: integersOf(halves),
    },
  };
}

export class PersonalModel {
  readonly #tables: PersonalTables;

  constructor(tables: PersonalTables) {
    this.#tables = tables;
  }

  /** Ratings of someone in the data, 0-10; null for an id that is not. */
  ratingsOf(userId: number): OwnRating[] | null {
    const { filmIds, users } = this.#tables;
    const { ids, start, films, halves } = users;
    const user = placeIn(ids, userId);
    if (user < 0) return null;
    return Array.from({ length: start[user + 1]! - start[user]! }, (_, i) => {
      const at = start[user]! + i;
      return { filmId: filmIds[films[at]!]!, rating: halves[at]! };
    });
  }

  /** Folds somebody in; a film that nobody in the data has rated counts through its traits, else not at all. */
  taste(ratings: readonly OwnRating[], traitsOf: TraitsOf): Taste {
    const { filmIds, width, draws } = this.#tables;
    const own = ratings.map(({ filmId, rating }) => {
      const place = placeIn(filmIds, filmId);
      return { place, traits: place < 0 ? this.#vectorOf(filmId, traitsOf) : null, value: rating / STARS };
    });
    const people = draws.map((draw) => {
      const rated: RatedVector[] = [];
      for (const { place, traits, value } of own) {
        const at = place * width;
        if (place >= 0) rated.push({ at, vectors: draw.films, shared: at, value });
        else if (traits !== null)
          rated.push({ at: 0, vectors: vectorOfTraits(draw.weights, width, traits), shared: null, value });
      }
      return foldIn(draw, width, rated);
    });
    const known = (place: number): number =>
      this.#mean((draw, d) => predictFolded(draw, people[d]!, draw.films, place * width));
    const seen = new Set(ratings.map(({ filmId }) => filmId));
    return {
      predict: (filmId) => {
        const place = placeIn(filmIds, filmId);
        if (place >= 0) return known(place);
        const traits = this.#vectorOf(filmId, traitsOf);
        if (traits === null) return null;
        return this.#mean((draw, d) =>
          predictFolded(draw, people[d]!, vectorOfTraits(draw.weights, width, traits), 0),
        );
      },
      recommend: (first, keep = () => true) =>
        Array.from(filmIds, (filmId, place) => ({ filmId, place }))
          .filter(({ filmId }) => !seen.has(filmId) && keep(filmId))
          .map(({ filmId, place }) => ({ filmId, rating: known(place) }))
          .sort((a, b) => b.rating - a.rating || a.filmId - b.filmId)
          .slice(0, first),
    };
  }

  #vectorOf(filmId: number, traitsOf: TraitsOf): Float64Array | null {
    const traits = traitsOf(filmId);
    return traits === null ? null : traitVector(this.#tables.traits, traits);
  }

  /** Mean over the draws, in 0-10 and kept inside MovieLens's scale. */
  #mean(predict: (draw: PersonalTables['draws'][number], d: number) => number): number {
    const { draws } = this.#tables;
    let sum = 0;
    for (let d = 0; d < draws.length; d++) sum += predict(draws[d]!, d);
    return STARS * Math.min(5, Math.max(0.5, sum / draws.length));
  }
}
