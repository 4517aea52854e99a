import type { OwnRating, PersonalModel, Taste } from '../../models/personal/served.js';
import type { FilmTraits } from '../../models/personal/traits.js';
import type { Film } from './film.js';
import type { Snapshot } from './snapshot.js';

/** Films without ratings that the rating model is asked about for one person: its answers take a while. */
const MOST_ASKED = 50;

/** The personal model together with what the snapshot knows of its films. */
export class Personal {
  readonly #snapshot: Snapshot;
  readonly #model: PersonalModel;

  constructor(snapshot: Snapshot, model: PersonalModel) {
    this.#snapshot = snapshot;
    this.#model = model;
  }

  /** Ratings of someone in the data; null for an id that is not. */
  ratingsOf(userId: number): OwnRating[] | null {
    return this.#model.ratingsOf(userId);
  }

  taste(ratings: readonly OwnRating[]): Taste {
    let asked = 0;
    return this.#model.taste(ratings, (filmId) => {
      const row = this.#snapshot.rowOf(filmId);
      return row === null ? null : this.#traitsOf(this.#snapshot.film(row), asked++ < MOST_ASKED);
    });
  }

  /** As the training saw films: see `joinFilms`. */
  #traitsOf(film: Film, ask: boolean): FilmTraits {
    const { snapshot, genres, year } = film;
    const model = ask && year !== null ? snapshot.ratingModel() : null;
    if (year === null || model === null || !model.trained) return { genres, year, expected: null };
    const { rating } = model.predict({
      title: film.title,
      genres,
      year,
      month: film.releaseDate === null ? null : Number(film.releaseDate.slice(5, 7)),
      runtime: film.runtime,
      budget: film.budget,
      language: film.originalLanguage,
      directors: film.directors,
      cast: snapshot.people.namesOf(film.row, 'ACTOR', Infinity),
      companies: film.companies,
      keywords: film.keywords,
    });
    return { genres, year, expected: rating };
  }
}
