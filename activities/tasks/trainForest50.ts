import pl from 'nodejs-polars';
import { z } from 'zod';
import { trainPopularity } from '../../models/popularity.js';
import { finishReports } from '../../models/report.js';
import { writeModel, writeReport, writeRows } from '../modelFiles.js';
import type { Task } from '../task.js';

const params = z.strictObject({
  trees: z.int().min(1).max(1000).default(50),
  maxDepth: z.int().min(1).max(30).default(12),
  /** Share of the films that the random split tests on. */
  testShare: z.number().gt(0).lt(1).default(0.2),
  /** Years that the time split tests on. */
  years: z.int().min(1).max(20).default(3),
});

const BACKTEST_COLUMNS = {
  fold: pl.Utf8,
  model: pl.Utf8,
  genre: pl.Utf8,
  year: pl.Int32,
  films: pl.Int32,
  actual: pl.Float64,
  predicted: pl.Float64,
  rmse: pl.Float64,
} as const;

/** What a plain forest on genre and year says of popularity, and how far off it is. */
export const task: Task<z.infer<typeof params>> = {
  params,
  async compute({ params: options, inputs, out, seed }) {
    const { tables, facts } = inputs['films']!;
    const dataYear = facts['dataYear'] as number | null;
    const frame = await pl
      .scanParquet(tables['films']!)
      .filter(pl.col('released').and(pl.col('year').ltEq(pl.lit(dataYear ?? -1))))
      .select(pl.col('year'), pl.col('genres'), pl.col('popularity').fillNull(0))
      .collect();
    const genres = frame.getColumn('genres').toArray() as unknown as (string[] | null)[];
    const films = {
      years: Int32Array.from(frame.getColumn('year').toArray() as number[]),
      genres: genres.map((names) => [...new Set(names ?? [])]),
      popularity: Float64Array.from(frame.getColumn('popularity').toArray() as number[]),
    };
    const clock = () => performance.now();
    const { model, backtest, reports } = trainPopularity(films, { ...options, seed, dataYear, clock });
    const error = reports.find(({ name }) => name === 'forest50')?.metrics[0];
    return {
      tables: [
        await writeModel(out, 'forest50Model', model),
        writeRows(out, 'forest50Backtest', BACKTEST_COLUMNS, backtest),
        await writeReport(out, 'forest50Report', finishReports(reports, 'popularity', new Date())),
      ],
      summary: model.trained
        ? `RMSE ${error?.value?.toFixed(3)}, mean ${error?.baselineValue?.toFixed(3)}`
        : `not trained: ${model.reason}`,
    };
  },
};
