import type { Forest50, GenreYear } from '../forest50.js';
import { untrained, type ReportDraft } from '../report.js';
import type { SearchRow, Tuning } from '../tuning.js';
import { backtest, firstOrigin, type BacktestOptions, type ForecastRow } from './backtest.js';
import type { Forecaster } from './forecaster.js';
import { lastBand, type ScaledError } from './intervals.js';
import { LAG_SETTINGS } from './global.js';
import { FORECAST_BASELINE, forecasters, forecastPanel } from './models.js';
import { panelAt, type Panel } from './panel.js';
import { chooseServed, forecastMetrics } from './quality.js';
import { INDEX } from './series.js';
import { tuneForecasters } from './tune.js';

export interface ForecastOptions extends Omit<BacktestOptions, 'dataYear' | 'from' | 'lags' | 'progress'> {
  readonly dataYear: number | null;
  /** Years up to the data year that the series have; the forest looks at all there are. */
  readonly years: number;
  /** The plain forest, fitted to all years up to the data year; null where there is none: it is fitted here. */
  readonly forest: Forest50 | null;
  /** Null: the models on lags are fitted with the usual settings. */
  readonly tuning: Omit<Tuning, 'progress'> | null;
  readonly progress: (done: number, total: number, doing?: string) => void;
}

/** What is served of a series, as it was fitted; a row of its forecasts is a genre of `genres`. */
export type ForecastModelJson =
  | {
      readonly trained: true;
      readonly name: string;
      readonly origin: number;
      readonly genres: readonly string[];
      readonly fitted: unknown;
    }
  | { readonly trained: false; readonly reason: string };

/** One model's value of a genre in a year to come, in the unit of the series. */
export interface GenreForecast {
  readonly model: string;
  readonly served: boolean;
  readonly genre: string;
  readonly year: number;
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  readonly lower95: number;
  readonly upper95: number;
}

export interface GenreForecasting {
  readonly served: string | null;
  readonly forecasts: readonly GenreForecast[];
  readonly backtest: readonly ForecastRow[];
  readonly reports: readonly ReportDraft[];
  readonly model: ForecastModelJson;
  /** Every candidate of the searches, where there were any. */
  readonly search: readonly SearchRow[];
  /** Why there is no forecast. */
  readonly reason: string | null;
}

/**
 * Forecasts one series of every genre for the years after the data year by every model, with intervals, and judges the
 * models on the years before. `cells`: the trends table's rows. Too few years give nothing but the reason.
 */
export function forecastGenres(cells: readonly GenreYear[], options: ForecastOptions): GenreForecasting {
  const { series, dataYear, seed, clock, horizon, engine } = options;
  if (dataYear === null) return nothing('no year is complete and has films enough');
  const known = cells.filter((cell) => cell.year <= dataYear && Number.isFinite(series.valueOf(cell)));
  const from = dataYear - options.years + 1;
  if (known.length === 0) return nothing(`no genre has a known ${series.name} in any year`);
  const judging = { ...options, dataYear, from };
  const tuned =
    options.tuning === null || series !== INDEX
      ? null
      : tuneForecasters(
          known,
          firstOrigin(known, judging),
          { ...options.tuning, progress: options.progress },
          judging,
        );
  const lags = tuned?.settings ?? LAG_SETTINGS;
  const past = backtest(known, { ...judging, lags });
  const baseline = past.rows.get(FORECAST_BASELINE)!;
  if (baseline.length === 0) return nothing('fewer than three years to forecast from and to judge on');
  const served = chooseServed(past.rows, FORECAST_BASELINE);
  const panel = panelAt(known, dataYear, from, series);
  const forest = options.forest ?? undefined;
  const next = forecastPanel(panel, { series, horizon, seed, clock, engine, lags, forest });
  return {
    served,
    reason: null,
    model: {
      trained: true,
      name: served,
      origin: panel.origin,
      genres: panel.genres,
      fitted: next.get(served)!.fitted.toJSON(),
    },
    forecasts: [...next].flatMap(([model, { forecasts }]) =>
      rowsOf(model, model === served, panel, forecasts, past.errors.get(model)!),
    ),
    backtest: [...past.rows.values()].flat(),
    search: tuned?.rows ?? [],
    reports: [...past.rows.keys()].map((name) => ({
      name,
      ...reported(forecasters({ ...options, lags }).find((one) => one.name === name)),
      served: name === served,
      rows: known.length,
      seconds: past.seconds.get(name) ?? 0,
      metrics: forecastMetrics(past.rows.get(name)!, baseline, FORECAST_BASELINE, horizon),
    })),
  };
}

function reported(model: Forecaster | undefined): Pick<ReportDraft, 'parameters' | 'backend'> {
  return {
    ...(model?.params === undefined ? {} : { parameters: { ...model.params } }),
    ...(model?.backend === undefined ? {} : { backend: model.backend }),
  };
}

function rowsOf(
  model: string,
  served: boolean,
  { origin, genres, scales }: Panel,
  forecasts: readonly Float64Array[],
  errors: readonly ScaledError[],
): GenreForecast[] {
  return genres.flatMap((genre, g) =>
    Array.from(forecasts[g]!, (value, i) => {
      const usual = lastBand(errors, i + 1, 0.8)!;
      const wide = lastBand(errors, i + 1, 0.95)!;
      const bound = (error: number) => Math.max(0, value + error * scales[g]!);
      return {
        model,
        served,
        genre,
        year: origin + 1 + i,
        value,
        lower: bound(usual.lower),
        upper: bound(usual.upper),
        lower95: bound(wide.lower),
        upper95: bound(wide.upper),
      };
    }),
  );
}

function nothing(reason: string): GenreForecasting {
  const model = { trained: false, reason } as const;
  return {
    served: null,
    forecasts: [],
    backtest: [],
    search: [],
    reports: [untrained(reason)],
    model,
    reason,
  };
}
