import { readFile } from 'node:fs/promises';
import pl from 'nodejs-polars';
import { planFilm } from '../models/films/film.js';
import { FilmModel, readFilmModel } from '../models/films/model.js';
import type { ImportedRatings, Links } from '../models/personal/movielens.js';
import type { RatedFilms } from '../models/personal/file.js';

/** How many of the rated films, and of the ratings, are of this snapshot. */
export interface Join {
  readonly films: RatedFilms;
  readonly ratedFilms: number;
  readonly linkedFilms: number;
  readonly ratings: number;
  readonly joinedRatings: number;
}

const COLUMNS = ['id', 'title', 'year', 'runtime', 'budget', 'originalLanguage'] as const;
const LISTS = ['genres', 'directors', 'cast', 'companies', 'keywords'] as const;

/**
 * Joins rated films to the snapshot's by TMDB id, with their traits. Of two rated films with one TMDB id the more
 * rated stays. `ratingModel`: path of `ratingModel.json`; its expectations are left out when it is not trained.
 */
export async function joinFilms(
  { ratings, filmIds }: ImportedRatings,
  links: Links,
  filmsPath: string,
  ratingModel: string | undefined,
): Promise<Join> {
  const count = (item: number): number => ratings.itemStart[item + 1]! - ratings.itemStart[item]!;
  const { itemOf, linkedFilms } = itemsOf(filmIds, links, count);
  const frame = await readFilms(filmsPath, [...itemOf.keys()]);
  const ids = numbersOf(frame, 'id').map((id) => id!);
  const years = numbersOf(frame, 'year');
  const genres = namesOf(frame, 'genres');
  const expected = await expectedRatings(frame, ratingModel);
  const at = Int32Array.from(ids, (id) => itemOf.get(id)!);
  return {
    films: {
      ids: Int32Array.from(ids),
      at,
      traits: ids.map((_, i) => ({
        genres: genres[i]!,
        year: years[i] ?? null,
        expected: expected.get(i) ?? null,
      })),
    },
    ratedFilms: filmIds.length,
    linkedFilms,
    ratings: ratings.size,
    joinedRatings: at.reduce((sum, item) => sum + count(item), 0),
  };
}

/** The rated film of each TMDB id, as its number in the ratings, and how many rated films have such an id. */
function itemsOf(
  filmIds: ImportedRatings['filmIds'],
  links: Links,
  count: (item: number) => number,
): { readonly itemOf: ReadonlyMap<number, number>; readonly linkedFilms: number } {
  const itemOf = new Map<number, number>();
  let linkedFilms = 0;
  filmIds.forEach((id, item) => {
    const tmdb = links.tmdb.get(id);
    if (tmdb === undefined) return;
    linkedFilms++;
    const other = itemOf.get(tmdb);
    if (other === undefined || count(item) > count(other)) itemOf.set(tmdb, item);
  });
  return { itemOf, linkedFilms };
}

/** Those of the snapshot's films that are wanted, by id. */
async function readFilms(path: string, wanted: readonly number[]): Promise<pl.DataFrame> {
  const columns = [...COLUMNS, ...LISTS].map((name) => pl.col(name));
  const month = pl.col('releaseDate').date.month().cast(pl.Int32).alias('month');
  const films = await pl
    .scanParquet(path)
    .select(...columns, month)
    .collect();
  const ids = pl.DataFrame({ id: pl.Series('id', [...wanted], pl.Int32) });
  return films.join(ids, { on: 'id', how: 'semi' }).sort('id');
}

/** How the model expects the dated ones of the films to be rated, 0-10, by row; of no model: none. */
async function expectedRatings(
  frame: pl.DataFrame,
  ratingModel: string | undefined,
): Promise<ReadonlyMap<number, number>> {
  const model = ratingModel === undefined ? null : await readModel(ratingModel);
  if (model === null) return new Map();
  const [years, months] = [numbersOf(frame, 'year'), numbersOf(frame, 'month')];
  const [runtimes, budgets] = [numbersOf(frame, 'runtime'), numbersOf(frame, 'budget')];
  const languages = frame.getColumn('originalLanguage').toArray() as (string | null)[];
  const titles = frame.getColumn('title').toArray() as string[];
  const [genres, directors, cast] = [
    namesOf(frame, 'genres'),
    namesOf(frame, 'directors'),
    namesOf(frame, 'cast'),
  ];
  const [companies, keywords] = [namesOf(frame, 'companies'), namesOf(frame, 'keywords')];
  const dated = years.flatMap((year, i) => (year === null ? [] : [i]));
  // As the API plans a film, so that the same film is expected the same.
  const planned = dated.map((i) =>
    planFilm({
      title: titles[i]!,
      genres: genres[i]!,
      year: years[i]!,
      month: months[i] ?? null,
      runtime: runtimes[i] ?? null,
      budget: budgets[i] ?? null,
      language: languages[i] ?? null,
      directors: directors[i]!,
      cast: cast[i]!,
      companies: companies[i]!,
      keywords: keywords[i]!,
    }),
  );
  const found = model.answer.predict({ films: planned, knowledge: model.knowledge });
  return new Map(dated.map((i, at) => [i, Math.min(10, Math.max(0, found[at]!))]));
}

function numbersOf(frame: pl.DataFrame, column: string): (number | null)[] {
  return frame.getColumn(column).toArray() as (number | null)[];
}

function namesOf(frame: pl.DataFrame, column: string): string[][] {
  return (frame.getColumn(column).toArray() as unknown as ((string | null)[] | null)[]).map((names) =>
    (names ?? []).filter((one) => one !== null),
  );
}

async function readModel(path: string): Promise<FilmModel | null> {
  const data = readFilmModel('rating', await readFile(path, 'utf8'));
  return data.trained ? FilmModel.from('rating', data) : null;
}
