import {
  forest50,
  forest50Params,
  type Forest50,
  type Forest50Json,
  type GenreYear,
  type PopularityEstimator,
} from './forest50.js';
import { lastPopularity, meanPopularity } from './popularityBaselines.js';
import { mae, rmse } from './metrics.js';
import { seededRandom } from './random.js';
import { metric, untrained, type Clock, type Metric, type ReportDraft } from './report.js';
import { holdout, timeSplit, type Fold } from './splits.js';

/** Released films up to the data year, as columns. Popularity in the source's unit, unknown counted as 0. */
export interface PopularFilms {
  readonly years: Int32Array;
  readonly genres: readonly (readonly string[])[];
  readonly popularity: Float64Array;
}

export interface PopularityOptions {
  readonly trees: number;
  readonly maxDepth: number;
  readonly testShare: number;
  /** Years of the time split's test, and of the implied indexes. */
  readonly years: number;
  readonly seed: number;
  readonly dataYear: number | null;
  readonly clock: Clock;
}

export interface PopularityTraining {
  readonly model: PopularityModelJson;
  readonly backtest: readonly PopularityRow[];
  readonly reports: readonly ReportDraft[];
}

/** What `forest50Model.json` holds. */
export type PopularityModelJson =
  | { readonly trained: true; readonly model: Forest50Json; readonly implied: readonly ImpliedIndex[] }
  | { readonly trained: false; readonly reason: string };

export interface ImpliedIndex {
  readonly genre: string;
  readonly year: number;
  readonly index: number;
}

/** The tested films of a genre and year: their mean popularity and one model's answer and error. */
interface PopularityRow {
  readonly fold: string;
  readonly model: string;
  readonly genre: string;
  readonly year: number;
  readonly films: number;
  readonly actual: number;
  readonly predicted: number;
  readonly rmse: number;
}

/** One row per film × genre, as the notebooks had it. */
interface Tests {
  readonly genre: readonly string[];
  readonly year: Int32Array;
  readonly popularity: Float64Array;
}

interface FoldResult {
  readonly fold: string;
  readonly tests: Tests;
  /** Largest less smallest popularity of the training films: the unit of the min-max normalised error. */
  readonly range: number;
  readonly predicted: ReadonlyMap<string, Float64Array>;
  readonly seconds: number;
}

/** With fewer films nothing is trained. */
const LEAST_FILMS = 10;

const MODELS = [meanPopularity.name, lastPopularity.name, 'forest50'];

/**
 * Fits the plain forest and judges it per film × genre, on a random share of the films and on the latest years.
 * All rows of a film are on one side. Without popularity, or with one year only, nothing is trained.
 */
export function trainPopularity(films: PopularFilms, options: PopularityOptions): PopularityTraining {
  const all = Int32Array.from(films.years, (_, i) => i);
  const cells = genreYears(films, all);
  const lastYear = options.dataYear;
  const firstYear = films.years.reduce((first, year) => Math.min(first, year), Infinity);
  if (lastYear === null || cells.length === 0)
    return nothing('no year is complete and has films with genres');
  if (!films.popularity.some((value) => value > 0)) return nothing('no film has a popularity');
  if (all.length < LEAST_FILMS) return nothing(`${all.length} films; ${LEAST_FILMS} are needed`);
  if (firstYear >= lastYear) return nothing('all films are of one year');
  const cutoff = Math.max(firstYear, lastYear - options.years);
  const random = seededRandom(`${options.seed}/holdout`);
  const results = [
    holdout(all.length, options.testShare, random),
    timeSplit(films.years, cutoff, lastYear),
  ].map((fold) => judge(films, fold, options));
  const from = options.clock();
  const model = fit(cells, options);
  const seconds = (options.clock() - from) / 1000;
  const served = bestOf(results[1]!);
  const implied = Array.from({ length: options.years }, (_, h) => lastYear + 1 + h).flatMap((year) =>
    [...model.indexes(year)].map(([genre, index]) => ({ genre, year, index })),
  );
  return {
    model: { trained: true, model: model.toJSON(), implied },
    backtest: results.flatMap(backtestRows),
    reports: MODELS.map((name) => ({
      name,
      served: name === served,
      rows: films.genres.reduce((sum, genres) => sum + genres.length, 0),
      seconds: name === 'forest50' ? seconds + results.reduce((sum, each) => sum + each.seconds, 0) : 0,
      metrics: results.flatMap((result, i) => metricsOf(result, name, i === 0 ? '' : ', latest years')),
    })),
  };
}

/** The films `at` by genre and year, sorted; the sums follow the films' order, so that they are repeatable. */
export function genreYears({ years, genres, popularity }: PopularFilms, at: Int32Array): GenreYear[] {
  const yearly = new Map<number, { films: number; sum: number }>();
  const cells = new Map<string, { genre: string; year: number; films: number; sum: number }>();
  for (const film of at) {
    const year = years[film]!;
    const ofYear = yearly.get(year) ?? { films: 0, sum: 0 };
    ofYear.films++;
    ofYear.sum += popularity[film]!;
    yearly.set(year, ofYear);
    for (const genre of genres[film]!) {
      const key = `${year} ${genre}`;
      const cell = cells.get(key) ?? { genre, year, films: 0, sum: 0 };
      cell.films++;
      cell.sum += popularity[film]!;
      cells.set(key, cell);
    }
  }
  return [...cells.values()]
    .sort((a, b) => (a.genre === b.genre ? a.year - b.year : a.genre < b.genre ? -1 : 1))
    .map(({ genre, year, films, sum }) => {
      const mean = yearly.get(year)!.sum / yearly.get(year)!.films;
      return { genre, year, films, popularity: sum / films, index: mean > 0 ? sum / films / mean : 1 };
    });
}

function fit(cells: readonly GenreYear[], { trees, maxDepth, seed }: PopularityOptions): Forest50 {
  return forest50({ ...forest50Params, trees, maxDepth }).fit(cells, seed);
}

function judge(films: PopularFilms, fold: Fold, options: PopularityOptions): FoldResult {
  const cells = genreYears(films, fold.train);
  const from = options.clock();
  const forest = cells.length > 0 ? fit(cells, options) : null;
  const tests = testsOf(films, fold.test);
  const keys = new Map<string, { genre: string; year: number }>();
  const keyOf = (i: number) => `${tests.year[i]} ${tests.genre[i]}`;
  tests.genre.forEach((genre, i) => keys.set(keyOf(i), { genre, year: tests.year[i]! }));
  const wanted = [...keys.values()];
  const answers = forest?.predict(wanted) ?? new Float64Array(wanted.length).fill(NaN);
  const place = new Map([...keys.keys()].map((key, i) => [key, i]));
  const seconds = (options.clock() - from) / 1000;
  const answersOf = (model: PopularityEstimator<unknown>) => {
    const said = model.fit(cells, options.seed).predict(wanted);
    return Float64Array.from(tests.genre, (_, i) => said[place.get(keyOf(i))!]!);
  };
  const training = Float64Array.from(fold.train, (i) => films.popularity[i]!);
  return {
    fold: fold.name,
    tests,
    seconds,
    range:
      training.reduce((a, b) => Math.max(a, b), -Infinity) -
      training.reduce((a, b) => Math.min(a, b), Infinity),
    predicted: new Map([
      [meanPopularity.name, answersOf(meanPopularity)],
      [lastPopularity.name, answersOf(lastPopularity)],
      ['forest50', Float64Array.from(tests.genre, (_, i) => answers[place.get(keyOf(i))!]!)],
    ]),
  };
}

function testsOf({ years, genres, popularity }: PopularFilms, at: Int32Array): Tests {
  const rows = Array.from(at).flatMap((film) => genres[film]!.map((genre) => ({ film, genre })));
  return {
    genre: rows.map(({ genre }) => genre),
    year: Int32Array.from(rows, ({ film }) => years[film]!),
    popularity: Float64Array.from(rows, ({ film }) => popularity[film]!),
  };
}

/** Least RMSE on the later years; a baseline wins ties, and where there is nothing to judge on. */
function bestOf({ tests, predicted }: FoldResult): string {
  return MODELS.reduce<string>(
    (best, name) =>
      rmse(tests.popularity, predicted.get(name)!) < rmse(tests.popularity, predicted.get(best)!)
        ? name
        : best,
    meanPopularity.name,
  );
}

function metricsOf({ tests, predicted, range }: FoldResult, name: string, where: string): Metric[] {
  const actual = tests.popularity;
  const beside = (title: string, measure: (predicted: Float64Array) => number) =>
    MODELS.filter((base) => base !== 'forest50' && base !== name).map((base) =>
      metric(`${title}${where}`, measure(predicted.get(name)!), base, measure(predicted.get(base)!)),
    );
  return [
    ...beside('RMSE', (values) => rmse(actual, values)),
    ...beside('MAE', (values) => mae(actual, values)),
    ...beside('RMSE of min-max normalised popularity', (values) => rmse(actual, values) / range),
  ];
}

function backtestRows({ fold, tests, predicted }: FoldResult): PopularityRow[] {
  const groups = new Map<string, number[]>();
  tests.genre.forEach((genre, i) => {
    const key = `${genre} ${tests.year[i]}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [i]);
    else group.push(i);
  });
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, at]) => at);
  return MODELS.flatMap((model) =>
    sorted.map((at) => {
      const actual = at.map((i) => tests.popularity[i]!);
      const guess = predicted.get(model)![at[0]!]!;
      return {
        fold,
        model,
        genre: tests.genre[at[0]!]!,
        year: tests.year[at[0]!]!,
        films: at.length,
        actual: actual.reduce((a, b) => a + b, 0) / at.length,
        predicted: guess,
        rmse: rmse(
          actual,
          at.map(() => guess),
        ),
      };
    }),
  );
}

function nothing(reason: string): PopularityTraining {
  return { model: { trained: false, reason }, backtest: [], reports: [untrained(reason)] };
}
