import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pl from 'nodejs-polars';
import { frameOf, writeParquet } from '../dataset/tables.js';
import type { FilmTask } from '../models/films/model.js';
import type { FilmTraining } from '../models/films/train.js';
import { finishReports, metric } from '../models/report.js';
import type { OutputTable, TaskOutput } from './task.js';

/** Columns of `ratingBacktest` and `revenueBacktest`: a tested film by each model that was tried on it. */
const FILM_BACKTEST_COLUMNS = {
  model: pl.Utf8,
  origin: pl.Int32,
  filmId: pl.Int32,
  year: pl.Int32,
  actual: pl.Float64,
  predicted: pl.Float64,
  lower: pl.Float64,
  upper: pl.Float64,
  probability: pl.Float64,
} as const;

/** Columns of the searches' tables: every candidate on each fold inside what the models are trained on. */
export const SEARCH_COLUMNS = {
  search: pl.Utf8,
  candidate: pl.Int32,
  chosen: pl.Bool,
  parameters: pl.Utf8,
  fold: pl.Utf8,
  error: pl.Float64,
} as const;

/** Writes a film model, its backtest and its reports; `stated`: the limits it was trained under, to stand in these. */
export async function writeFilmTraining(
  out: string,
  task: FilmTask,
  training: FilmTraining,
  trainedAt: Date,
  stated: Readonly<Record<string, number>>,
): Promise<TaskOutput> {
  const { model, backtest, search } = training;
  const limits = Object.entries(stated).map(([name, value]) => metric(name, value));
  const reports = training.reports.map((report) => ({ ...report, metrics: [...report.metrics, ...limits] }));
  const served = reports.find((report) => report.served);
  return {
    tables: [
      await writeModel(out, `${task}Model`, model),
      writeRows(out, `${task}Backtest`, FILM_BACKTEST_COLUMNS, backtest),
      writeRows(out, `${task}Search`, SEARCH_COLUMNS, search),
      await writeReport(out, `${task}Report`, finishReports(reports, task, trainedAt)),
    ],
    summary: model.trained
      ? `${model.rows.toLocaleString('en-US')} films, served: ${served!.name}`
      : `not trained: ${model.reason}`,
  };
}

/** A model's parameters, as they are: content, so without times. */
export async function writeModel(out: string, table: string, model: unknown): Promise<OutputTable> {
  await writeFile(join(out, `${table}.json`), JSON.stringify(model));
  return { table, file: `${table}.json`, rows: 1, content: true };
}

/** Reports hold times, so they are no content. */
export async function writeReport(
  out: string,
  table: string,
  reports: readonly unknown[],
): Promise<OutputTable> {
  await writeFile(join(out, `${table}.json`), `${JSON.stringify(reports, null, 2)}\n`);
  return { table, file: `${table}.json`, rows: reports.length, content: false };
}

/** A content table of plain rows; what is not a number becomes null. */
export function writeRows(
  out: string,
  table: string,
  columns: Readonly<Record<string, unknown>>,
  rows: readonly object[],
): OutputTable {
  const plain = rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, Number.isNaN(value) ? null : value]),
    ),
  );
  writeParquet(frameOf(columns, plain), join(out, `${table}.parquet`));
  return { table, file: `${table}.parquet`, rows: rows.length, content: true };
}
