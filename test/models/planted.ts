import { planFilm } from '../../models/films/film.js';
import type { FilmSample } from '../../models/films/knowledge.js';
import type { TrainOptions } from '../../models/films/train.js';
import { BOOSTING, FOREST } from '../../models/films/trees.js';
import type { GenreYear } from '../../models/forest50.js';
import { seededRandom } from '../../models/random.js';

export const trainOptions: TrainOptions = {
  seed: 1,
  minFilms: 50,
  maxRows: 60_000,
  level: 0.8,
  boosting: BOOSTING,
  forest: FOREST,
  dataYear: 2010,
  clock: () => 0,
  progress: () => undefined,
  tuning: null,
};

/** About normal: the sum of twelve uniform numbers (Irwin-Hall). */
export function noise(random: () => number): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random();
  return sum;
}

/**
 * Films of 1991-2010 whose outcome is 6 + their director's talent (`effect` × -1, 0 or 1) + noise; with effect 0
 * there is nothing to learn.
 */
export function plantedFilms(count: number, effect: number, spread = 0.3, seed = 1): FilmSample {
  const random = seededRandom(`${seed}/films`);
  const films = Array.from({ length: count }, (_, i) => {
    const day = 7670 + Math.floor((i * 20 * 365.2) / count);
    const date = new Date(day * 86_400_000);
    const director = Math.floor(random() * 30);
    return {
      director,
      film: planFilm(
        {
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          runtime: 80 + Math.floor(random() * 60),
          budget: random() < 0.5 ? null : 1e6 * (1 + Math.floor(random() * 50)),
          language: random() < 0.8 ? 'en' : 'fr',
          genres: random() < 0.5 ? ['Drama'] : ['Drama', 'Comedy'],
          directors: [`Director ${director}`],
          cast: [`Actor ${Math.floor(random() * 100)}`, `Actor ${Math.floor(random() * 100)}`],
        },
        day,
      ),
    };
  });
  return {
    ids: Int32Array.from({ length: count }, (_, i) => i + 1),
    films: films.map(({ film }) => film),
    measures: [
      Float64Array.from(films, ({ director }) => 6 + effect * ((director % 3) - 1) + spread * noise(random)),
      Float64Array.from(films, () => 2),
    ],
  };
}

/** Index series of some genres over the years up to 2020, `step` giving each next value. */
export function plantedTrends(
  genres: number,
  years: number,
  step: (previous: number, genre: number, t: number, random: () => number) => number,
  seed = 1,
): GenreYear[] {
  return Array.from({ length: genres }, (_, g) => {
    const random = seededRandom(`${seed}/genre/${g}`);
    let index = 1;
    return Array.from({ length: years }, (_, t) => {
      if (t > 0) index = step(index, g, t, random);
      const year = 2021 - years + t;
      return { genre: `Genre ${g}`, year, films: 50, popularity: index, index };
    });
  }).flat();
}
