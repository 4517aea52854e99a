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
  const itemOf = new Map<number, number>();
  let linkedFilms = 0;
  filmIds.forEach((id, item) => {
    const tmdb = links.tmdb.get(id);
    if (tmdb === undefined) return;
    linkedFilms++;
    const other = itemOf.get(tmdb);
    if (other === undefined || count(item) > count(other)) itemOf.set(tmdb, item);
  });
  const wanted = pl.DataFrame({ id: pl.Series('id', [...itemOf.keys()], pl.Int32) });
  const frame = (
    await pl
      .scanParquet(filmsPath)
      .select(
        ...[...COLUMNS, ...LISTS].map((name) => pl.col(name)),
        pl.col('releaseDate').date.month().cast(pl.Int32).alias('month'),
      )
      .collect()
  )
    .join(wanted, { on: 'id', how: 'semi' })
    .sort('id');
  const numbers = (name: string): (number | null)[] => frame.getColumn(name).toArray() as (number | null)[];
  const lists = (name: string): string[][] =>
    (frame.getColumn(name).toArray() as unknown as ((string | null)[] | null)[]).map((names) =>
      (names ?? []).filter((one) => one !== null),
    );
  const [ids, years, months] = [numbers('id'), numbers('year'), numbers('month')];
  const [runtimes, budgets] = [numbers('runtime'), numbers('budget')];
  const languages = frame.getColumn('originalLanguage').toArray() as (string | null)[];
  const titles = frame.getColumn('title').toArray() as string[];
  const [genres, directors, cast] = [lists('genres'), lists('directors'), lists('cast')];
  const [companies, keywords] = [lists('companies'), lists('keywords')];
  const dated = ids.flatMap((_, i) => (years[i] === null ? [] : [i]));
  const expected = new Map<number, number>();
  const model = ratingModel === undefined ? null : await readModel(ratingModel);
  if (model !== null) {
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
    dated.forEach((i, at) => expected.set(i, Math.min(10, Math.max(0, found[at]!))));
  }
  const at = Int32Array.from(ids, (id) => itemOf.get(id!)!);
  return {
    films: {
      ids: Int32Array.from(ids, (id) => id!),
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

async function readModel(path: string): Promise<FilmModel | null> {
  const data = readFilmModel('rating', await readFile(path, 'utf8'));
  return data.trained ? FilmModel.from('rating', data) : null;
}
