import { leastPoint } from './nelderMead.js';

/**
 * Forecasts of one yearly series without gaps, oldest first, at least one value: `horizon` values follow. A
 * series too short for a method gets the naive forecast.
 */
export type Method = (series: Float64Array, horizon: number) => Float64Array;

/** Years whose mean the window mean repeats. */
const WINDOW = 5;

/** As last year. */
export const naive: Method = (series, horizon) => new Float64Array(horizon).fill(series.at(-1)!);

/** Last year and on by the average change from the first year to the last. */
export const drift: Method = (series, horizon) => {
  const n = series.length;
  if (n < 2) return naive(series, horizon);
  const change = (series[n - 1]! - series[0]!) / (n - 1);
  return steps(horizon, (h) => series[n - 1]! + h * change);
};

/** The mean of the last five years. */
export const windowMean: Method = (series, horizon) => {
  const window = series.slice(-WINDOW);
  return new Float64Array(horizon).fill(window.reduce((a, b) => a + b, 0) / window.length);
};

/**
 * The standard Theta method (Assimakopoulos & Nikolopoulos 2000) as a state-space model (Fiorucci et al. 2016):
 * simple exponential smoothing beside half of the linear trend; smoothing and first level by least squared
 * one-step error, the first three not counted.
 */
export const theta: Method = (series, horizon) => {
  const n = series.length;
  if (n < 4) return naive(series, horizon);
  const { intercept, slope } = line(series);
  /** The linear trend's part of what is expected after `t` values. */
  const trend = (t: number, alpha: number): number => {
    const rest = (1 - alpha) ** t;
    return ((intercept - slope) * rest + (slope * (1 - rest * (1 - alpha))) / alpha) / 2;
  };
  const smooth = (first: number, alpha: number) => {
    let level = alpha * series[0]! + (1 - alpha) * first;
    let error = 0;
    for (let t = 1; t < n; t++) {
      const miss = series[t]! - level - trend(t, alpha);
      if (t >= 3) error += miss * miss;
      level = alpha * series[t]! + (1 - alpha) * level;
    }
    return { level, error };
  };
  const size = Math.max(1e-10, series.reduce((sum, value) => sum + Math.abs(value), 0) / n);
  const [first, alpha] = leastPoint(
    ([l, a]) => smooth(l!, a!).error / size,
    [
      { start: series[0]! / 2, least: -Infinity, most: Infinity },
      { start: 0.5, least: 0.1, most: 0.99 },
    ],
  ) as unknown as [number, number];
  let { level } = smooth(first, alpha);
  return steps(horizon, (h) => {
    const expected = level + trend(n + h - 1, alpha);
    level = alpha * expected + (1 - alpha) * level;
    return expected;
  });
};

/**
 * Damped additive trend, ETS(A,Ad,N) (Gardner & McKenzie 1985; Hyndman et al. 2008): α, β, φ and the first level
 * and trend by greatest likelihood, from the line through the first ten years on.
 */
export const dampedEts: Method = (series, horizon) => {
  if (series.length < 7) return naive(series, horizon);
  const { intercept, slope } = line(series.slice(0, 10));
  const first = 0.0001 + 0.2 * 0.9998;
  const free = { least: -Infinity, most: Infinity };
  const [alpha, beta, phi, level, trend] = leastPoint(
    (point) => {
      const { error } = damped(series, point);
      return series.length * Math.log(error > 0 ? error : 1e-8);
    },
    [
      { start: first, least: 0.0001, most: 0.9999 },
      { start: 0.0001 + 0.1 * (first - 0.0001), least: 0.0001, most: first },
      { start: 0.8 + 0.99 * 0.18, least: 0.8, most: 0.98 },
      { start: intercept - slope, ...free },
      { start: slope, ...free },
    ],
  ) as unknown as [number, number, number, number, number];
  const end = damped(series, [alpha, beta, phi, level, trend]);
  let reach = 0;
  return steps(horizon, (h) => {
    reach += phi ** h;
    return end.level + reach * end.trend;
  });
};

/** `point`: α, β, φ, first level, first trend. */
function damped(
  series: Float64Array,
  point: ArrayLike<number>,
): { readonly level: number; readonly trend: number; readonly error: number } {
  const [alpha, beta, phi] = [point[0]!, point[1]!, point[2]!];
  let [level, trend] = [point[3]!, point[4]!];
  let error = 0;
  for (const value of series) {
    const expected = level + phi * trend;
    const miss = value - expected;
    error += miss * miss;
    level = expected + alpha * miss;
    trend = phi * trend + beta * miss;
  }
  return { level, trend, error };
}

/** Least-squares line through (0, first), (1, second), … */
function line(series: Float64Array): { readonly intercept: number; readonly slope: number } {
  const n = series.length;
  const mean = series.reduce((a, b) => a + b, 0) / n;
  let above = 0;
  let below = 0;
  series.forEach((value, t) => {
    const gap = t - (n - 1) / 2;
    above += gap * (value - mean);
    below += gap * gap;
  });
  const slope = below > 0 ? above / below : 0;
  return { intercept: mean - (slope * (n - 1)) / 2, slope };
}

function steps(horizon: number, at: (h: number) => number): Float64Array {
  return Float64Array.from({ length: horizon }, (_, i) => at(i + 1));
}
