import { task } from '../../activities/tasks/forecastGenres.js';
import { forecastGenres } from '../../models/forecast/forecast.js';
import { panelAt } from '../../models/forecast/panel.js';
import { INDEX } from '../../models/forecast/series.js';
import type { GenreYear } from '../../models/forest50.js';
import type { Engine } from '../../models/networks/backend.js';
import { coverage, spearman, topHits } from '../../models/metrics.js';

/** A forecast of a genre's value in a year that was held out. */
export interface HeldForecast {
  /** What is ranked together: one catalogue's genres of one year. */
  readonly ranking: string;
  readonly model: string;
  readonly served: boolean;
  readonly genre: string;
  readonly actual: number;
  readonly predicted: number;
  readonly lower: number;
  readonly upper: number;
  readonly lower95: number;
  readonly upper95: number;
  /** Mean yearly change of the genre's series before the year: the unit of MASE. */
  readonly scale: number;
}

/**
 * The whole task `forecast`, its choice of a model and its intervals included, on the years before `year` alone, with
 * the parameters that the pipeline uses; then what came in `year`, of every genre that had a film.
 */
export function holdOut(
  cells: readonly GenreYear[],
  year: number,
  label: string,
  engine: Engine,
  series = INDEX,
): HeldForecast[] {
  const before = cells.filter((cell) => cell.year < year);
  const options = task.params.parse({});
  const { forecasts } = forecastGenres(before, {
    ...options,
    series,
    seed: 1,
    dataYear: year - 1,
    forest: null,
    clock: () => performance.now(),
    engine,
    tuning: null,
    progress: () => undefined,
  });
  const { genres, scales } = panelAt(before, year - 1, year - options.years, series);
  const came = new Map(
    cells.filter((cell) => cell.year === year).map((cell) => [cell.genre, series.valueOf(cell)]),
  );
  return forecasts
    .filter((forecast) => forecast.year === year && came.has(forecast.genre))
    .map(({ value, ...forecast }) => ({
      ...forecast,
      ranking: `${label} ${year}`,
      predicted: value,
      actual: came.get(forecast.genre)!,
      scale: scales[genres.indexOf(forecast.genre)]!,
    }));
}

export interface HeldScore {
  readonly values: number;
  readonly spearman: number;
  readonly top5: number;
  readonly mase: number;
  readonly covered80: number;
  readonly covered95: number;
}

export function scoreHeld(forecasts: readonly HeldForecast[]): HeldScore {
  const rankings = groupBy(forecasts, ({ ranking }) => ranking);
  const overRankings = (measure: (actual: number[], predicted: number[]) => number): number =>
    mean(
      [...rankings.values()].map((of) =>
        measure(
          of.map(actualOf),
          of.map(({ predicted }) => predicted),
        ),
      ),
    );
  const inside = (lower: 'lower' | 'lower95', upper: 'upper' | 'upper95'): number =>
    coverage(
      forecasts.map(actualOf),
      forecasts.map((one) => one[lower]),
      forecasts.map((one) => one[upper]),
    );
  return {
    values: forecasts.length,
    spearman: overRankings(spearman),
    top5: overRankings((actual, predicted) => topHits(actual, predicted, 5)),
    mase: mean(forecasts.map(({ actual, predicted, scale }) => Math.abs(actual - predicted) / scale)),
    covered80: inside('lower', 'upper'),
    covered95: inside('lower95', 'upper95'),
  };
}

export function groupBy<Row>(rows: readonly Row[], key: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group === undefined) groups.set(key(row), [row]);
    else group.push(row);
  }
  return groups;
}

export function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function actualOf({ actual }: HeldForecast): number {
  return actual;
}
