import { readFile } from 'node:fs/promises';
import pl from 'nodejs-polars';
import { z } from 'zod';
import { readParquet } from '../../dataset/tables.js';
import { forecastGenres } from '../../models/forecast/forecast.js';
import { Forest50, type GenreYear } from '../../models/forest50.js';
import type { PopularityModelJson } from '../../models/popularity.js';
import { BACKENDS, openEngine } from '../../models/networks/backend.js';
import { finishReports } from '../../models/report.js';
import { writeReport, writeRows } from '../modelFiles.js';
import type { Task } from '../task.js';

const params = z.strictObject({
  /** Years after the data year that are forecast. */
  horizon: z.int().min(1).max(10).default(3),
  /** Last years from whose end the models are judged. */
  origins: z.int().min(1).max(50).default(10),
  /** Years before those, whose errors calibrate the first intervals. */
  calibration: z.int().min(0).max(50).default(10),
  /** Years up to the data year that the series have. */
  years: z.int().min(3).default(60),
  /** Where TensorFlow.js trains the network: the bytes of a forecast are those of one backend. */
  backend: z.enum(BACKENDS).default('wasm'),
});

const FORECAST_COLUMNS = {
  model: pl.Utf8,
  served: pl.Bool,
  genre: pl.Utf8,
  year: pl.Int32,
  index: pl.Float64,
  lower: pl.Float64,
  upper: pl.Float64,
  lower95: pl.Float64,
  upper95: pl.Float64,
} as const;

const BACKTEST_COLUMNS = {
  model: pl.Utf8,
  genre: pl.Utf8,
  origin: pl.Int32,
  year: pl.Int32,
  actual: pl.Float64,
  predicted: pl.Float64,
  lower: pl.Float64,
  upper: pl.Float64,
  lower95: pl.Float64,
  upper95: pl.Float64,
} as const;

/** Which genres will be popular: every model's index for the years to come, and how such forecasts have fared. */
export const task: Task<z.infer<typeof params>> = {
  params,
  async compute({ params: { backend, ...options }, inputs, out, seed, progress }) {
    const result = forecastGenres(await readTrends(inputs['trends']!.tables['trends']!), {
      ...options,
      seed,
      dataYear: inputs['films']!.facts['dataYear'] as number | null,
      forest: await readForest(inputs['forest50']!.tables['forest50Model']!),
      clock: () => performance.now(),
      engine: await openEngine(backend),
      progress,
    });
    return {
      tables: [
        writeRows(out, 'genreForecast', FORECAST_COLUMNS, result.forecasts),
        writeRows(out, 'genreForecastBacktest', BACKTEST_COLUMNS, result.backtest),
        await writeReport(
          out,
          'genreForecastReport',
          finishReports(result.reports, 'genreForecast', new Date()),
        ),
      ],
      summary: result.reason === null ? `served: ${result.served}` : `no forecast: ${result.reason}`,
    };
  },
};

async function readTrends(path: string): Promise<GenreYear[]> {
  const frame = await readParquet(path, ['genre', 'year', 'movieCount', 'popularity', 'index']);
  const column = (name: string) => frame.getColumn(name).toArray() as unknown[];
  const [years, films] = [column('year') as number[], column('movieCount') as number[]];
  const [popularity, index] = [column('popularity') as number[], column('index') as (number | null)[]];
  return (column('genre') as string[]).map((genre, i) => ({
    genre,
    year: years[i]!,
    films: films[i]!,
    popularity: popularity[i]!,
    index: index[i] ?? NaN,
  }));
}

async function readForest(path: string): Promise<Forest50 | null> {
  const saved = JSON.parse(await readFile(path, 'utf8')) as PopularityModelJson;
  return saved.trained ? Forest50.fromJSON(saved.model) : null;
}
