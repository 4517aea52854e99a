import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pl from 'nodejs-polars';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InputArtefact, Task, TaskOutput } from '../../activities/task.js';
import { task as forecastGenres } from '../../activities/tasks/forecastGenres.js';
import { task as trainForest50 } from '../../activities/tasks/trainForest50.js';
import { task as trainRating } from '../../activities/tasks/trainRating.js';
import { task as trainRevenue } from '../../activities/tasks/trainRevenue.js';
import { FILM_COLUMNS } from '../../dataset/films.js';
import { frameOf, readParquet, writeParquet } from '../../dataset/tables.js';
import { genreTrends } from '../../dataset/trends.js';
import { loadRatingModel, loadRevenueModel } from '../../models/loading.js';
import type { ModelReport } from '../../models/report.js';
import { seededRandom } from '../../models/random.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'marquee-models-'))));
afterAll(() => rm(folder, { recursive: true }));

/** Lists that no model reads; a column of lists has to have one to get its type. */
const NOT_READ = {
  countries: ['US'],
  castIds: [1],
  castCharacters: ['Self'],
  castProfiles: ['/1.jpg'],
  directorIds: [2],
  directorProfiles: ['/2.jpg'],
};

/** Films of 1996-2015 with gaps of every kind, as the cleaned table has them. */
function filmRows(count: number): Record<string, unknown>[] {
  const random = seededRandom('rows');
  return Array.from({ length: count }, (_, i) => {
    const year = 1996 + Math.floor((20 * i) / count);
    const director = Math.floor(random() * 12);
    const budget = random() < 0.3 ? null : Math.round(1e6 + random() * 1e8);
    return {
      id: i + 1,
      title: `Film ${i + 1}`,
      releaseDate: new Date(Date.UTC(year, Math.floor(random() * 12), 1 + Math.floor(random() * 28))),
      year,
      released: true,
      runtime: random() < 0.1 ? null : 90 + director,
      originalLanguage: random() < 0.2 ? null : 'en',
      genres: random() < 0.1 ? [] : [['Drama', 'Comedy', 'Action'][i % 3]!, 'Family'],
      companies: ['A company'],
      keywords: ['a keyword'],
      ...NOT_READ,
      cast: random() < 0.2 ? [] : ['Someone', `Actor ${Math.floor(random() * 40)}`],
      directors: [`Director ${director}`],
      budget,
      revenue: budget === null || random() < 0.2 ? null : budget * (1 + director / 3),
      popularity: 1 + (i % 3) + random(),
      voteAverage: random() < 0.05 ? null : 4 + director / 3 + random(),
      voteCount: Math.floor(random() * 500),
    };
  });
}

async function inputsOf(name: string, count: number, dataYear: number | null) {
  const films = frameOf(FILM_COLUMNS, filmRows(count));
  const paths = {
    films: join(folder, `${name}-films.parquet`),
    trends: join(folder, `${name}-trends.parquet`),
  };
  writeParquet(films, paths.films);
  writeParquet(await genreTrends(films.lazy()).collect(), paths.trends);
  const facts = { asOf: '2015-12-31', dataYear };
  const inputs: Record<string, InputArtefact> = {
    films: { tables: { films: paths.films }, facts },
    trends: { tables: { trends: paths.trends }, facts: {} },
  };
  const forest = await run(trainForest50, inputs);
  inputs['forest50'] = { tables: { forest50Model: forest.path('forest50Model') }, facts: {} };
  return inputs;
}

async function run<Params>(task: Task<Params>, inputs: Record<string, InputArtefact>, given: object = {}) {
  const out = await mkdtemp(join(folder, 'out-'));
  const output = await task.compute({
    params: task.params.parse(given),
    inputs,
    out,
    seed: 1,
    run: { catalogue: 'file:test', limit: null, day: '2016-01-01', profile: 'quick' },
    progress: () => undefined,
  });
  return {
    output,
    path: (table: string) => join(out, output.tables.find((each) => each.table === table)!.file),
    reports: async (table: string) =>
      JSON.parse(await readFile(join(out, `${table}.json`), 'utf8')) as ModelReport[],
  };
}

const content = ({ tables }: TaskOutput) => tables.filter((table) => table.content).map(({ table }) => table);

describe('the tasks that train', () => {
  let inputs: Record<string, InputArtefact>;
  beforeAll(async () => (inputs = await inputsOf('whole', 900, 2015)));

  /** Each task's first run, which all tests look at: training is what takes the time here. */
  const runs = new Map<unknown, ReturnType<typeof run>>();
  const firstOf = <Params>(task: Task<Params>): ReturnType<typeof run> => {
    const first = runs.get(task) ?? run(task, inputs);
    runs.set(task, first);
    return first;
  };

  it.each([
    ['forest50', trainForest50],
    ['forecast', forecastGenres],
    ['rating', trainRating],
    ['revenue', trainRevenue],
  ] as [string, Task<unknown>][])(
    '%s: writes the same content for the same films and seed',
    async (_, task) => {
      const [one, other] = [await firstOf(task), await run(task, inputs)];
      expect(content(one.output).length).toBeGreaterThan(1);
      for (const table of content(one.output))
        expect((await readFile(one.path(table))).equals(await readFile(other.path(table)))).toBe(true);
    },
  );

  it('report one served model each, in the shape of the contract', async () => {
    const tables = [
      [trainForest50, 'forest50Report', 'popularity'],
      [forecastGenres, 'genreForecastReport', 'genreForecast'],
      [trainRating, 'ratingReport', 'rating'],
      [trainRevenue, 'revenueReport', 'revenue'],
    ] as [Task<unknown>, string, string][];
    for (const [task, table, name] of tables) {
      const { output, reports } = await firstOf(task);
      const all = await reports(table);
      expect(output.tables.find((each) => each.table === table)).toMatchObject({
        rows: all.length,
        content: false,
      });
      expect(all.filter(({ served }) => served)).toHaveLength(1);
      for (const report of all) {
        expect(report).toMatchObject({ task: name, rows: expect.any(Number) as number });
        expect(new Date(report.trainedAt).toISOString()).toBe(report.trainedAt);
        expect(report.metrics.length).toBeGreaterThan(0);
      }
    }
  });

  it('forecast every genre for the three years after the data year by every model', async () => {
    const forecast = await firstOf(forecastGenres);
    const frame = await readParquet(forecast.path('genreForecast'));
    expect(frame.columns).toEqual([
      'model',
      'served',
      'genre',
      'year',
      'index',
      'lower',
      'upper',
      'lower95',
      'upper95',
    ]);
    expect([...new Set(frame.getColumn('year').toArray())]).toEqual([2016, 2017, 2018]);
    expect(frame.height).toBe(11 * 4 * 3);
    expect(frame.filter(pl.col('served')).height).toBe(4 * 3);
    const others = await readParquet(forecast.path('genreSeriesForecast'));
    expect([...new Set(others.getColumn('series').toArray())]).toEqual(['share', 'films']);
    expect(others.filter(pl.col('served')).height).toBe(2 * 4 * 3);
  });

  it('take a network among the candidates for revenue where it is asked for, and say what computed it', async () => {
    const { path } = await run(trainRevenue, inputs, { network: true });
    const reports = JSON.parse(await readFile(path('revenueReport'), 'utf8')) as ModelReport[];
    const network = reports.find(({ name }) => name === 'network')!;
    expect(network.backend).toBe('TensorFlow.js, wasm');
    expect(network.metrics.find(({ name }) => name.startsWith('RMSE'))!.value).toBeGreaterThan(0);
  });

  it('leave models that answer', async () => {
    const film = { genres: ['Drama'], year: 2016, budget: 5e7, directors: ['Director 11'] };
    const rating = loadRatingModel(await readFile((await firstOf(trainRating)).path('ratingModel'), 'utf8'));
    expect(rating.predict(film).rating).toBeGreaterThan(6.5);
    const revenue = loadRevenueModel(
      await readFile((await firstOf(trainRevenue)).path('revenueModel'), 'utf8'),
    );
    expect(revenue.predict(film).revenue).toBeGreaterThan(5e7);
  });
});

describe.each([
  ['30 films', 30, null],
  ['one film', 1, null],
])('%s', (name, count, dataYear) => {
  it('give empty tables and reports that say why', async () => {
    const inputs = await inputsOf(name, count, dataYear);
    for (const task of [forecastGenres, trainRating, trainRevenue, trainForest50] as Task<unknown>[]) {
      const { output } = await run(task, inputs);
      expect(output.summary).toMatch(/^(no forecast|not trained): /);
      for (const { table, rows } of output.tables) if (!/Model$|Report$/.test(table)) expect(rows).toBe(0);
    }
  });
});
