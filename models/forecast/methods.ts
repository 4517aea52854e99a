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
 * The Theta method (Assimakopoulos & Nikolopoulos 2000) in its closed form, simple exponential smoothing with
 * half the linear trend as drift (Hyndman & Billah 2003); α by least squared one-step error.
 */
export const theta: Method = (series, horizon) => {
  const n = series.length;
  if (n < 4) return naive(series, horizon);
  const alpha = leastOf(grid(0.05, 1, 20), (candidate) => smooth(series, candidate).error);
  const { level } = smooth(series, alpha);
  const half = line(series).slope / 2;
  return steps(horizon, (h) => level + half * (h - 1 + (1 - (1 - alpha) ** n) / alpha));
};

/**
 * Damped additive trend, ETS(A,Ad,N) (Gardner & McKenzie 1985; Hyndman et al. 2008), α, β and φ by least squared
 * one-step error over a grid, starting from the line through the first ten years.
 */
export const dampedEts: Method = (series, horizon) => {
  if (series.length < 6) return naive(series, horizon);
  const start = line(series.slice(0, 10));
  let best = { error: Infinity, level: 0, trend: 0, phi: 0 };
  for (const alpha of grid(0.1, 1, 10))
    for (const share of [0, 0.05, 0.1, 0.2, 0.4])
      for (const phi of [0.8, 0.9, 0.98]) {
        const fitted = damped(series, alpha, alpha * share, phi, start);
        if (fitted.error < best.error) best = { ...fitted, phi };
      }
  let reach = 0;
  return steps(horizon, (h) => {
    reach += best.phi ** h;
    return best.level + reach * best.trend;
  });
};

function smooth(series: Float64Array, alpha: number): { readonly level: number; readonly error: number } {
  let level = series[0]!;
  let error = 0;
  for (let t = 1; t < series.length; t++) {
    const miss = series[t]! - level;
    error += miss * miss;
    level += alpha * miss;
  }
  return { level, error };
}

function damped(
  series: Float64Array,
  alpha: number,
  beta: number,
  phi: number,
  start: { readonly intercept: number; readonly slope: number },
): { readonly level: number; readonly trend: number; readonly error: number } {
  let level = start.intercept - start.slope;
  let trend = start.slope;
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

function grid(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

function leastOf(candidates: readonly number[], error: (candidate: number) => number): number {
  return candidates.reduce((best, candidate) => (error(candidate) < error(best) ? candidate : best));
}
