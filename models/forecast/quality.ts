import { coverage, mae, rmse, smape, spearman, topHits } from '../metrics.js';
import { metric, type Metric } from '../report.js';
import type { ForecastRow } from './backtest.js';

/** Genres of the ranking whose hits are counted. */
const TOP = 5;

/** Mean absolute error, each in units of its series' mean yearly change up to the origin (Hyndman & Koehler 2006). */
function scaledError(rows: readonly ForecastRow[]): number {
  return meanOf(rows.map(({ actual, predicted, scale }) => Math.abs(actual - predicted) / scale));
}

/**
 * By how much a model's MASE is below the baseline's, and the standard error of that over origins: forecasts
 * from one origin miss together, so they count as one. `rows` and `baseline` are of the same forecasts.
 */
function gainOver(
  rows: readonly ForecastRow[],
  baseline: readonly ForecastRow[],
): { readonly gain: number; readonly standardError: number } {
  const origins = [...new Set(rows.map(({ origin }) => origin))];
  const at = (all: readonly ForecastRow[], origin: number) => all.filter((row) => row.origin === origin);
  const gains = origins.map((origin) => scaledError(at(baseline, origin)) - scaledError(at(rows, origin)));
  const centre = meanOf(gains);
  const variance = gains.reduce((sum, gain) => sum + (gain - centre) ** 2, 0) / (gains.length - 1);
  return { gain: centre, standardError: Math.sqrt(variance / gains.length) };
}

/**
 * The model to serve: the least MASE among those that beat the baseline by more than one standard error, so that
 * luck among many models does not pass for skill (the one-standard-error rule, Breiman et al. 1984); else the
 * baseline.
 */
export function chooseServed(rows: ReadonlyMap<string, readonly ForecastRow[]>, baseline: string): string {
  let served = baseline;
  for (const [model, own] of rows) {
    if (model === baseline) continue;
    const { gain, standardError } = gainOver(own, rows.get(baseline)!);
    if (gain > standardError && scaledError(own) < scaledError(rows.get(served)!)) served = model;
  }
  return served;
}

/** Everything about a model's backtest, beside the baseline's on the same forecasts. */
export function forecastMetrics(
  rows: readonly ForecastRow[],
  baseline: readonly ForecastRow[],
  name: string,
  horizon: number,
): Metric[] {
  const beside = (title: string, measure: (of: readonly ForecastRow[]) => number) =>
    metric(title, measure(rows), name, measure(baseline));
  const { gain, standardError } = gainOver(rows, baseline);
  const ahead = Array.from({ length: horizon }, (_, i) => i + 1);
  const at = (h: number) => (of: readonly ForecastRow[]) => of.filter((row) => row.year - row.origin === h);
  return [
    beside('MASE', scaledError),
    beside('MAE', (of) => mae(of.map(actualOf), of.map(predictedOf))),
    beside('RMSE', (of) => rmse(of.map(actualOf), of.map(predictedOf))),
    beside('sMAPE', (of) => smape(of.map(actualOf), of.map(predictedOf))),
    metric('MASE gain', gain, 'its standard error', standardError),
    ...ahead.map((h) => beside(`MASE, ${yearsAhead(h)}`, (of) => scaledError(at(h)(of)))),
    beside('Spearman', (of) => meanRanking(of, spearmanOf)),
    beside(`top-${TOP} hits`, (of) => meanRanking(of, hitsOf)),
    ...ahead.flatMap((h) => [
      metric(`coverage 80 %, ${yearsAhead(h)}`, covered(at(h)(rows), 'lower', 'upper'), 'nominal', 0.8),
      metric(`coverage 95 %, ${yearsAhead(h)}`, covered(at(h)(rows), 'lower95', 'upper95'), 'nominal', 0.95),
    ]),
  ];
}

function covered(
  rows: readonly ForecastRow[],
  lower: 'lower' | 'lower95',
  upper: 'upper' | 'upper95',
): number {
  const known = rows.filter((row) => !Number.isNaN(row[lower]));
  return coverage(
    known.map(actualOf),
    known.map((row) => row[lower]),
    known.map((row) => row[upper]),
  );
}

/** The mean over origins and years of a measure of the genres' ranking. */
function meanRanking(
  rows: readonly ForecastRow[],
  measure: (actual: readonly number[], predicted: readonly number[]) => number,
): number {
  const rankings = new Map<string, ForecastRow[]>();
  for (const row of rows) {
    const key = `${row.origin} ${row.year}`;
    rankings.set(key, [...(rankings.get(key) ?? []), row]);
  }
  const values = [...rankings.values()].map((of) => measure(of.map(actualOf), of.map(predictedOf)));
  return meanOf(values.filter((value) => !Number.isNaN(value)));
}

function spearmanOf(actual: readonly number[], predicted: readonly number[]): number {
  return actual.length > 2 ? spearman(actual, predicted) : NaN;
}

function hitsOf(actual: readonly number[], predicted: readonly number[]): number {
  return actual.length > TOP ? topHits(actual, predicted, TOP) : NaN;
}

function yearsAhead(h: number): string {
  return h === 1 ? '1 year ahead' : `${h} years ahead`;
}

function actualOf({ actual }: ForecastRow): number {
  return actual;
}

function predictedOf({ predicted }: ForecastRow): number {
  return predicted;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
