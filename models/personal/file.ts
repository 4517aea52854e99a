import { floatsOf, integersOf, packed } from '../packed.js';
import type { BayesFit, FactorDraw } from './bayes.js';
import type { Ratings } from './ratings.js';
import { traitTable, traitVector, traitWeights, type FilmTraits, type TraitTable } from './traits.js';

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

/** What the file holds, in typed arrays. */
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
