import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { join } from 'node:path';
import { prepare } from '../../models/films/knowledge.js';
import { FilmModel } from '../../models/films/model.js';
import { BOOSTING, boostingLearner } from '../../models/films/trees.js';
import { plantedFilms } from '../models/planted.js';
import { emptyFolder, serveFolder, type Api } from './api.js';
import { isReleased, personId, rankPeople, roiOf, testFilms, writeSnapshot, yearOf } from './snapshot.js';

const films = testFilms(300);
let api: Api;

beforeAll(async () => {
  const folder = emptyFolder();
  writeSnapshot(join(folder, 'data'), films, { texts: { revenueModel: JSON.stringify(revenueModel()) } });
  api = await serveFolder(folder);
});
afterAll(async () => await api.close());

/** Of films whose directors make the difference. */
function revenueModel(): FilmModel {
  const training = prepare(plantedFilms(300, 1), 300, 1);
  const answer = boostingLearner({ ...BOOSTING, trees: 20 }).fit(training, 1);
  return new FilmModel('revenue', 'boosting', 300, 0.8, training.knowledge, answer, [-1, 0, 1]);
}

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

describe('films', () => {
  it('come with every field as the table has it', async () => {
    const film = films.find(
      ({ cast, budget, releaseDate }) => cast.length > 2 && budget !== null && releaseDate !== null,
    )!;
    const { movie } = await api.ask<{ movie: unknown }>(
      `query ($id: Int!) { movie(id: $id) { id title releaseDate year genres budget revenue roi popularity voteAverage voteCount
        originalLanguage countries companies keywords cast directors imdbId status runtime overview originalTitle } }`,
      { id: film.id },
    );
    const names = (people: readonly { id: number | null; name: string }[]): string[] => [
      ...new Map(people.map((one) => [personId(one), one.name])).values(),
    ];
    expect(movie).toEqual({
      id: film.id,
      title: film.title,
      releaseDate: film.releaseDate,
      year: yearOf(film),
      genres: film.genres,
      budget: film.budget,
      revenue: film.revenue,
      roi: roiOf(film),
      popularity: film.popularity,
      voteAverage: film.voteAverage,
      voteCount: film.voteCount,
      originalLanguage: film.language,
      countries: film.id % 3 === 0 ? ['US', 'FR'] : [],
      companies: [],
      keywords: [],
      cast: names(film.cast),
      directors: names(film.directors),
      imdbId: null,
      status: isReleased(film) ? 'Released' : null,
      runtime: 60 + (film.id % 90),
      overview: film.id % 2 === 0 ? `Film ${film.id} – a story` : null,
      originalTitle: null,
    });
  });

  it('are null when the snapshot has none of that id', async () => {
    expect(await api.ask('{ movie(id: 4) { id } person(id: "4") { name } }')).toEqual({
      movie: null,
      person: null,
    });
  });

  it('are found by title without accents and case', async () => {
    for (const title of ['amelie', 'AMÉL', 'é', 'ω', '🎬', 'a 2', 'nothing like it']) {
      const { movies } = await api.ask<{ movies: { totalCount: number; nodes: { id: number }[] } }>(
        'query ($title: String) { movies(first: 100, filter: { title: $title }, orderBy: { field: ID, direction: ASC }) { totalCount nodes { id } } }',
        { title },
      );
      const expected = films.filter((film) => fold(film.title).includes(fold(title)));
      expect([title, movies.totalCount]).toEqual([title, expected.length]);
      expect(movies.nodes.map(({ id }) => id)).toEqual(expected.slice(0, 100).map(({ id }) => id));
    }
  });

  it('are found by all conditions together', async () => {
    const { movies } = await api.ask<{ movies: { nodes: { id: number }[] } }>(
      `{ movies(first: 100, orderBy: { field: ID, direction: ASC }, filter: { genres: ["Drama"], person: "bo li", fromYear: 2011,
        toYear: 2018, minVoteCount: 50, minVoteAverage: 5.5, minBudget: 60000000, hasRoi: true, language: "en" }) { nodes { id } } }`,
    );
    const expected = films.filter(
      (film) =>
        film.genres.includes('Drama') &&
        [...film.cast, ...film.directors].some(({ name }) => name === 'Bo Li') &&
        yearOf(film) !== null &&
        yearOf(film)! >= 2011 &&
        yearOf(film)! <= 2018 &&
        (film.voteCount ?? -1) >= 50 &&
        (film.voteAverage ?? 0) >= 5.5 &&
        (film.budget ?? 0) >= 60_000_000 &&
        roiOf(film) !== null &&
        film.language === 'en',
    );
    expect(movies.nodes.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
  });

  it('list their credits in billing order, with whoever plays two parts twice', async () => {
    const film = films.find(({ cast }) => cast.some(({ character }) => character === 'The double'))!;
    const { movie } = await api.ask<{
      movie: { cast: string[]; credits: { order: number; person: { id: string } }[] };
    }>(
      'query ($id: Int!) { movie(id: $id) { cast credits(role: ACTOR) { order character person { id name } movie { id } } } }',
      { id: film.id },
    );
    expect(movie.credits).toEqual(
      film.cast.map((one, order) => ({
        order,
        character: one.character,
        person: { id: personId(one), name: one.name },
        movie: { id: film.id },
      })),
    );
    expect(movie.cast.length).toBe(new Set(film.cast.map(personId)).size);
  });
});

describe('rankings', () => {
  it('count released films of each genre', async () => {
    const { genres } = await api.ask<{ genres: unknown }>('{ genres { name movieCount } }');
    const expected = ['Drama', 'Comedy', 'Thriller', 'Horror']
      .map((name) => ({
        name,
        movieCount: films.filter((film) => isReleased(film) && film.genres.includes(name)).length,
      }))
      .sort((a, b) => b.movieCount - a.movieCount || (a.name < b.name ? -1 : 1));
    expect(genres).toEqual(expected);
  });

  it('give a series per genre asked for, in that order', async () => {
    const { genreTrends } = await api.ask<{ genreTrends: { genre: string; points: { year: number }[] }[] }>(
      '{ genreTrends(genres: ["Thriller", "Drama", "None"], fromYear: 2012, toYear: 2014) { genre points { year movieCount share } } }',
    );
    expect(genreTrends.map(({ genre }) => genre)).toEqual(['Thriller', 'Drama', 'None']);
    for (const { genre, points } of genreTrends.slice(0, 2)) {
      expect(points.map(({ year }) => year)).toEqual([2012, 2013, 2014]);
      for (const point of points as { year: number; movieCount?: number }[])
        expect(point.movieCount).toBe(
          films.filter(
            (film) => isReleased(film) && yearOf(film) === point.year && film.genres.includes(genre),
          ).length,
        );
    }
    expect(genreTrends[2]?.points).toEqual([]);
  });

  it('count each person once a film, in a year and in a genre too', async () => {
    const query = `query ($role: PersonRole!, $year: Int, $genre: String) {
      people(role: $role, year: $year, genre: $genre) { rank name movieCount person { id } } }`;
    for (const role of ['ACTOR', 'DIRECTOR'] as const)
      for (const year of [null, 2015])
        for (const genre of [null, 'Drama', 'None']) {
          const { people } = await api.ask<{ people: unknown[] }>(query, { role, year, genre });
          const expected = rankPeople(
            films,
            role,
            (film) =>
              (year === null || yearOf(film) === year) && (genre === null || film.genres.includes(genre)),
          );
          expect(people).toEqual(
            expected.map(({ id, name, movieCount }, at) => ({
              rank: at + 1,
              name,
              movieCount,
              person: { id },
            })),
          );
        }
  });

  it('order by return, budgets strictly above the bound', async () => {
    const { roiRanking } = await api.ask<{ roiRanking: { movie: { id: number }; rank: number }[] }>(
      '{ roiRanking(minBudget: 60000000, fromYear: 2011, toYear: 2019, genre: "Comedy", first: 50) { rank budget revenue roi movie { id } } }',
    );
    const expected = films
      .filter(
        (film) =>
          isReleased(film) &&
          roiOf(film) !== null &&
          film.budget! > 60_000_000 &&
          yearOf(film)! >= 2011 &&
          yearOf(film)! <= 2019 &&
          film.genres.includes('Comedy'),
      )
      .sort((a, b) => roiOf(b)! - roiOf(a)! || a.id - b.id)
      .map((film, at) => ({
        rank: at + 1,
        budget: film.budget,
        revenue: film.revenue,
        roi: roiOf(film),
        movie: { id: film.id },
      }));
    expect(expected.length).toBeGreaterThan(3);
    expect(roiRanking).toEqual(expected.slice(0, 50));
  });

  it('list a person’s films by date, unknown last, each once', async () => {
    const { person } = await api.ask<{ person: { movies: { totalCount: number; nodes: { id: number }[] } } }>(
      '{ person(id: "name:Cy Ångström") { id name movies(first: 100) { totalCount nodes { id } } } }',
    );
    const expected = films
      .filter(({ cast, directors }) => [...cast, ...directors].some(({ name }) => name === 'Cy Ångström'))
      .sort((a, b) =>
        (a.releaseDate ?? '9') < (b.releaseDate ?? '9')
          ? -1
          : (a.releaseDate ?? '9') > (b.releaseDate ?? '9')
            ? 1
            : a.id - b.id,
      );
    expect(person.movies.totalCount).toBe(expected.length);
    expect(person.movies.nodes.map(({ id }) => id)).toEqual(expected.slice(0, 100).map(({ id }) => id));
  });
});

describe('models', () => {
  it('rank genres by the served forecast of the next year', async () => {
    const { genreForecast } = await api.ask<{ genreForecast: { ranking: unknown[] } }>(
      '{ genreForecast(first: 3) { year model trainedThrough ranking { rank genre index lower upper95 } } }',
    );
    expect(genreForecast).toEqual({
      year: 2021,
      model: 'naive',
      trainedThrough: 2020,
      ranking: [
        { rank: 1, genre: 'Thriller', index: 3, lower: 2.9, upper95: 3.2 },
        { rank: 2, genre: 'Comedy', index: 2, lower: 1.9, upper95: 2.2 },
        { rank: 3, genre: 'Drama', index: 1, lower: 0.9, upper95: 1.2 },
      ],
    });
  });

  it('tell shares and numbers of films too, where the snapshot has them', async () => {
    const { genreForecast } = await api.ask<{ genreForecast: { ranking: unknown[] } }>(
      '{ genreForecast(series: SHARE, year: 2022) { series year model ranking { genre value lower } backtest { year } } }',
    );
    const { ranking, ...rest } = genreForecast;
    expect(rest).toEqual({ series: 'SHARE', year: 2022, model: 'theta', backtest: [] });
    expect(ranking.slice(-1)).toEqual([{ genre: 'Drama', value: 10, lower: 9 }]);
    const { errors } = await api.post({ query: '{ genreForecast(series: FILMS) { year } }' });
    expect(errors[0]?.message).toContain('no forecast of FILMS');
  });

  it('show how the model asked for has fared, latest first, no more than are wanted', async () => {
    const { genreForecast } = await api.ask<{ genreForecast: { backtest: unknown[]; two: unknown[] } }>(
      `{ genreForecast(model: "ets") {
          backtest(genre: "Drama") { genre origin year actual predicted lower upper95 }
          two: backtest(first: 2) { origin } } }`,
    );
    expect(genreForecast.backtest).toEqual([
      { genre: 'Drama', origin: 2019, year: 2020, actual: 1, predicted: 1.5, lower: 0.9, upper95: 1.2 },
      { genre: 'Drama', origin: 2018, year: 2019, actual: 1, predicted: 1.5, lower: null, upper95: null },
      { genre: 'Drama', origin: 2018, year: 2020, actual: 1, predicted: 1.5, lower: null, upper95: null },
    ]);
    expect(genreForecast.two).toEqual([{ origin: 2019 }, { origin: 2019 }]);
    const { errors } = await api.post({ query: '{ genreForecast { backtest(first: 101) { year } } }' });
    expect(errors[0]?.message).toBe('first is 101; legal is 0 to 100.');
  });

  it('say what is legal where a year or model is not forecast', async () => {
    const year = await api.post({ query: '{ genreForecast(year: 2024) { year } }' });
    expect(year.errors[0]).toMatchObject({
      message: 'year is 2024; legal is 2021 to 2023.',
      extensions: { code: 'BAD_USER_INPUT' },
    });
    const model = await api.post({ query: '{ genreForecast(model: "oracle") { year } }' });
    expect(model.errors[0]?.message).toContain('ets, naive');
  });

  it('are reported, and null with a code where they are not trained', async () => {
    const { data, errors } = await api.post({
      query: `{ models { name metrics { name value baselineValue } }
        recommend(ratings: [{ movieId: 1, rating: 8 }]) { predictedRating }
        predictRating(movie: { genres: ["Drama"], year: 2021 }) { rating } }`,
    });
    expect(data).toEqual({
      models: [{ name: 'mean', metrics: [{ name: 'RMSE', value: 1.2, baselineValue: 1.2 }] }],
      recommend: null,
      predictRating: null,
    });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual([
      'MODEL_NOT_TRAINED',
      'MODEL_NOT_TRAINED',
    ]);
  });

  it('explain a prediction when asked for its reasons, and only then', async () => {
    const explain = vi.spyOn(FilmModel.prototype, 'explain');
    // Each time another film, since answers are kept; a query is compiled when it comes again.
    const ask = (fields: string, year: number): Promise<{ predictRevenue: Answer }> =>
      api.ask(`query ($movie: MovieInput!) { predictRevenue(movie: $movie) { ${fields} } }`, {
        movie: { genres: ['Drama', 'Opera'], year, directors: ['Director 2'] },
      });
    interface Answer {
      readonly revenue: number;
      readonly unknown: readonly string[];
      readonly reasons: readonly unknown[];
    }
    await ask('revenue', 2000); // reads the model, which tries itself out
    explain.mockClear();
    for (const year of [2001, 2002, 2003]) {
      const { predictRevenue } = await ask('revenue unknown', year);
      expect(predictRevenue.revenue).toBeGreaterThan(0);
      expect(predictRevenue.unknown).toEqual(['genre: Opera']);
    }
    expect(explain).not.toHaveBeenCalled();
    for (const year of [2004, 2005, 2006]) {
      const { predictRevenue } = await ask('revenue reasons { feature value effect }', year);
      expect(predictRevenue.reasons[0]).toMatchObject({ feature: 'directors', value: 'Director 2' });
    }
    expect(explain).toHaveBeenCalledTimes(3);
    explain.mockRestore();
  });

  it('refuse films that cannot be', async () => {
    for (const [movie, text] of [
      ['genres: [], year: 1200', 'movie.year is 1200; legal is 1870 to 2100.'],
      ['genres: [], year: 2020, month: 13', 'movie.month is 13; legal is 1 to 12.'],
      ['genres: [], year: 2020, runtime: 0', 'movie.runtime is 0; legal is 1 to 1000.'],
      [
        'genres: [], year: 2020, budget: 0',
        'movie.budget is 0; legal is any amount above 0, or null when it is unknown.',
      ],
    ]) {
      const { errors } = await api.post({ query: `{ predictRevenue(movie: { ${movie} }) { revenue } }` });
      expect(errors[0]).toMatchObject({ message: text, extensions: { code: 'BAD_USER_INPUT' } });
    }
  });
});

describe('the snapshot', () => {
  it('says where it comes from and what was lost', async () => {
    expect(
      await api.ask(`{ snapshot { id number catalogue movieCount asOf dataYear attribution coverage { field known } }
        snapshots { id } deadLetters(first: 1, offset: 2) { totalCount nodes { id status attempts message } } pipeline { tasks { name kind after } mermaid } }`),
    ).toMatchObject({
      snapshot: {
        id: 'test/1',
        number: 1,
        movieCount: 300,
        asOf: '2020-12-31',
        attribution: expect.stringContaining('TMDB'),
      },
      snapshots: [{ id: 'test/1' }],
      deadLetters: {
        totalCount: 3,
        nodes: [{ id: 902, status: 429, attempts: 12, message: 'Film 902 failed' }],
      },
      pipeline: {
        tasks: [
          { name: 'listIds', kind: 'activity', after: [] },
          { name: 'fetchFilms', kind: 'workflow', after: ['listIds'] },
        ],
      },
    });
  });
});
