import { readFile } from 'node:fs/promises';
import pl from 'nodejs-polars';
import { z } from 'zod';
import { forecastGenres, type GenreForecasting } from '../../models/forecast/forecast.js';
import { FILMS, INDEX, SHARE } from '../../models/forecast/series.js';
import { Forest50 } from '../../models/forest50.js';
import type { PopularityModelJson } from '../../models/popularity.js';
import { BACKENDS, openEngine } from '../../models/networks/backend.js';
import { finishReports } from '../../models/report.js';
import { SEARCH_COLUMNS, writeModel, writeReport, writeRows } from '../modelFiles.js';
import { readTrends } from '../readTrends.js';
import { UNKEPT, type Task } from '../task.js';

const params = z.strictObject({
  /** Years after the data year that are forecast. */
  horizon: z.int().min(1).max(10).default(3),
  /** Last years from whose end the models are judged. */
  origins: z.int().min(1).max(50).default(10),
  /** Years before those, whose errors calibrate the first intervals. */
  calibration: z.int().min(0).max(50).default(10),
  /** Years up to the data year that the series have. */
  years: z.int().min(3).default(60),
  /** Random candidates for the settings of each model on lags; 0: the usual settings. */
  candidates: z.int().min(0).max(1000).default(0),
  /** Where TensorFlow.js trains the network: the bytes of a forecast are those of one backend. */
  backend: z.enum(BACKENDS).default('wasm'),
});

const BOUNDS = { lower: pl.Float64, upper: pl.Float64, lower95: pl.Float64, upper95: pl.Float64 } as const;

export const FORECAST_COLUMNS = {
  model: pl.Utf8,
  served: pl.Bool,
  genre: pl.Utf8,
  year: pl.Int32,
  index: pl.Float64,
  ...BOUNDS,
} as const;

const BACKTEST_COLUMNS = {
  model: pl.Utf8,
  genre: pl.Utf8,
  origin: pl.Int32,
  year: pl.Int32,
  actual: pl.Float64,
  predicted: pl.Float64,
  ...BOUNDS,
} as const;

/** The series beside the index, in tables of their own: `series` is `share` or `films`. */
const SERIES_COLUMNS = {
  series: pl.Utf8,
  model: pl.Utf8,
  served: pl.Bool,
  genre: pl.Utf8,
  year: pl.Int32,
  value: pl.Float64,
  ...BOUNDS,
} as const;
const OTHER_SERIES = [
  { series: SHARE, task: 'genreShare' },
  { series: FILMS, task: 'genreFilms' },
] as const;

/**
 * Which genres will be popular, and how many films there will be of each: every model's values for the years to come,
 * and how such forecasts have fared.
 */
export const task: Task<z.infer<typeof params>> = {
  params,
  async compute({ params: { backend, candidates, ...options }, inputs, out, seed, progress, searches }) {
    const trends = await readTrends(inputs['trends']!.tables['trends']!);
    const shared = {
      ...options,
      seed,
      dataYear: inputs['films']!.facts['dataYear'] as number | null,
      forest: await readForest(inputs['forest50']!.tables['forest50Model']!),
      clock: () => performance.now(),
      engine: await openEngine(backend),
      tuning: candidates === 0 ? null : { ...(searches ?? UNKEPT), candidates },
    };
    const result = forecastGenres(trends, { ...shared, series: INDEX, progress });
    const others = OTHER_SERIES.map(({ series, task }) => ({
      series: series.name,
      task,
      ...forecastGenres(trends, { ...shared, series, progress: () => undefined }),
    }));
    const named = <Row>(rows: (of: GenreForecasting) => readonly Row[]) =>
      others.flatMap(({ series, ...of }) => rows(of).map((row) => ({ series, ...row })));
    const index = result.forecasts.map(({ value, ...row }) => ({ ...row, index: value }));
    return {
      tables: [
        writeRows(out, 'genreForecast', FORECAST_COLUMNS, index),
        writeRows(out, 'genreForecastBacktest', BACKTEST_COLUMNS, result.backtest),
        writeRows(out, 'forecastSearch', SEARCH_COLUMNS, result.search),
        await writeReport(
          out,
          'genreForecastReport',
          finishReports(result.reports, 'genreForecast', new Date()),
        ),
        writeRows(
          out,
          'genreSeriesForecast',
          SERIES_COLUMNS,
          named(({ forecasts }) => forecasts),
        ),
        writeRows(
          out,
          'genreSeriesBacktest',
          { series: pl.Utf8, ...BACKTEST_COLUMNS },
          named(({ backtest }) => backtest),
        ),
        await writeModel(out, 'genreForecastModel', {
          index: result.model,
          ...Object.fromEntries(others.map(({ series, model }) => [series, model])),
        }),
        await writeReport(
          out,
          'genreSeriesReport',
          others.flatMap(({ reports, task }) => finishReports(reports, task, new Date())),
        ),
      ],
      summary: result.reason === null ? `served: ${result.served}` : `no forecast: ${result.reason}`,
    };
  },
};

async function readForest(path: string): Promise<Forest50 | null> {
  const saved = JSON.parse(await readFile(path, 'utf8')) as PopularityModelJson;
  return saved.trained ? Forest50.fromJSON(saved.model) : null;
}
