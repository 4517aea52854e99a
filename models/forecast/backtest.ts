import type { GenreYear } from '../forest50.js';
import type { Engine } from '../networks/backend.js';
import type { Clock } from '../report.js';
import type { LagSettings } from './global.js';
import { bandAt, type ScaledError } from './intervals.js';
import { forecastModels, forecastPanel } from './models.js';
import { panelAt } from './panel.js';
import type { Series } from './series.js';

export interface BacktestOptions {
  /** What is forecast. */
  readonly series: Series;
  readonly horizon: number;
  /** Origins that models are judged on. */
  readonly origins: number;
  /** Origins before those, which only calibrate the first intervals. */
  readonly calibration: number;
  readonly dataYear: number;
  /** First year of the series. */
  readonly from: number;
  readonly seed: number;
  readonly clock: Clock;
  /** What trains the network; null: it is left out. */
  readonly engine: Engine | null;
  /** What the models on lags are fitted with. */
  readonly lags: LagSettings;
  readonly progress: (done: number, total: number) => void;
}

/** A forecast for a year that is over. Bounds are NaN where too little was known to give an interval. */
export interface ForecastRow {
  readonly model: string;
  readonly genre: string;
  readonly origin: number;
  readonly year: number;
  readonly actual: number;
  readonly predicted: number;
  readonly lower: number;
  readonly upper: number;
  readonly lower95: number;
  readonly upper95: number;
  /** Mean yearly change of the genre's series up to the origin: the unit of MASE. */
  readonly scale: number;
}

export interface Backtest {
  /** Judged forecasts by model, in order of origin, genre, year. */
  readonly rows: ReadonlyMap<string, readonly ForecastRow[]>;
  /** All errors by model, those of the calibrating origins too. */
  readonly errors: ReadonlyMap<string, readonly ScaledError[]>;
  readonly seconds: ReadonlyMap<string, number>;
}

/** The year from whose end models first forecast, to be judged or to calibrate. */
export function firstOrigin(
  cells: readonly GenreYear[],
  {
    from,
    dataYear,
    origins,
    calibration,
  }: Pick<BacktestOptions, 'from' | 'dataYear' | 'origins' | 'calibration'>,
): number {
  const first = cells.reduce((year, cell) => Math.min(year, cell.year), Infinity);
  return Math.max(Math.max(first, from) + 1, dataYear - origins - calibration);
}

/**
 * Rolling origin (Tashman 2000): every model forecasts from the end of each of the last years, knowing what was
 * known then, and is judged on every year since that has a value of the genre. Empty with less than three years.
 */
export function backtest(cells: readonly GenreYear[], options: BacktestOptions): Backtest {
  const { series, horizon, dataYear, seed, clock, engine, lags } = options;
  const start = firstOrigin(cells, options);
  const judgedFrom = dataYear - options.origins;
  const actual = new Map(cells.map((cell) => [`${cell.year} ${cell.genre}`, series.valueOf(cell)]));
  const models = forecastModels(options);
  const rows = new Map(models.map((model) => [model, [] as ForecastRow[]]));
  const errors = new Map(models.map((model) => [model, [] as ScaledError[]]));
  const seconds = new Map<string, number>();
  const spent = (model: string, more: number) => seconds.set(model, (seconds.get(model) ?? 0) + more);
  for (let origin = start; origin < dataYear; origin++) {
    const panel = panelAt(cells, origin, options.from, series);
    if (panel.genres.length === 0) continue;
    for (const [model, { forecasts }] of forecastPanel(panel, {
      series,
      horizon,
      seed,
      clock,
      engine,
      lags,
      spent,
    })) {
      const past = errors.get(model)!;
      const made: ScaledError[] = [];
      const bands = Array.from({ length: horizon }, (_, h) => ({
        usual: bandAt(past, origin, h + 1, 0.8),
        wide: bandAt(past, origin, h + 1, 0.95),
      }));
      panel.genres.forEach((genre, g) => {
        for (let h = 1; h <= horizon && origin + h <= dataYear; h++) {
          const year = origin + h;
          const came = actual.get(`${year} ${genre}`) ?? series.without;
          if (came === null) continue;
          const predicted = forecasts[g]![h - 1]!;
          const scale = panel.scales[g]!;
          made.push({ horizon: h, year, error: (came - predicted) / scale });
          if (origin < judgedFrom) continue;
          const { usual, wide } = bands[h - 1]!;
          rows.get(model)!.push({
            model,
            genre,
            origin,
            year,
            actual: came,
            predicted,
            lower: usual === null ? NaN : Math.max(0, predicted + usual.lower * scale),
            upper: usual === null ? NaN : Math.max(0, predicted + usual.upper * scale),
            lower95: wide === null ? NaN : Math.max(0, predicted + wide.lower * scale),
            upper95: wide === null ? NaN : Math.max(0, predicted + wide.upper * scale),
            scale,
          });
        }
      });
      past.push(...made);
    }
    options.progress(origin - start + 1, dataYear - start);
  }
  return { rows, errors, seconds };
}
