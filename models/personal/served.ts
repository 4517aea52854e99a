import { placeIn } from '../rising.js';
import type { PersonalTables } from './file.js';
import { foldIn, predictFolded, type RatedVector } from './foldIn.js';
import { traitVector, vectorOfTraits, type FilmTraits } from './traits.js';

/** MovieLens's stars, 0.5-5, are doubled: everything that is asked and answered is 0-10. */
export const STARS = 2;

/** A film by its id, and what somebody gave it, 0-10. */
export interface OwnRating {
  readonly filmId: number;
  readonly rating: number;
}

/** Somebody whose taste is known from ratings. */
export interface Taste {
  /** 0-10; null for a film of which neither ratings nor traits are known. */
  predict(filmId: number): number | null;
  /** Rated films that this person has not rated, best first, ties by id; only films for which `keep` holds. */
  recommend(first: number, keep?: (filmId: number) => boolean): { filmId: number; rating: number }[];
}

export type TraitsOf = (filmId: number) => FilmTraits | null;

/** Answers for people, those in the data and others, about the films of a catalogue. */
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
