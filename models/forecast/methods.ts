import { leastPoint } from './nelderMead.js';

/**
 * A way to forecast one yearly series without gaps, oldest first, at least one value: what is kept of it, and the
 * values that follow. A series too short for a method gets the naive forecast.
 */
export interface Method<State> {
  readonly learn: (series: Float64Array) => State;
  readonly go: (state: State, horizon: number) => Float64Array;
}

/** What a method says of one series. */
export function forecastBy<State>({ learn, go }: Method<State>, series: Float64Array, horizon: number) {
  return go(learn(series), horizon);
}

/** Years whose mean the window mean repeats. */
const WINDOW = 5;

interface Last {
  readonly last: number;
}

/** As last year. */
export const naive: Method<Last> = {
  learn: (series) => ({ last: series.at(-1)! }),
  go: ({ last }, horizon) => new Float64Array(horizon).fill(last),
};

/** Last year and on by the average change from the first year to the last. */
export const drift: Method<Last & { readonly change: number }> = {
  learn(series) {
    const n = series.length;
    const last = series[n - 1]!;
    return { last, change: n < 2 ? 0 : (last - series[0]!) / (n - 1) };
  },
  go: ({ last, change }, horizon) => steps(horizon, (h) => last + h * change),
};

/** The mean of the last five years. */
export const windowMean: Method<{ readonly mean: number }> = {
  learn(series) {
    const window = series.slice(-WINDOW);
    return { mean: window.reduce((a, b) => a + b, 0) / window.length };
  },
  go: ({ mean }, horizon) => new Float64Array(horizon).fill(mean),
};

interface ThetaState {
  readonly intercept: number;
  readonly slope: number;
  readonly alpha: number;
  readonly level: number;
  /** Values seen. */
  readonly n: number;
}

/**
 * The standard Theta method (Assimakopoulos & Nikolopoulos 2000) as a state-space model (Fiorucci et al. 2016):
 * simple exponential smoothing beside half of the linear trend; smoothing and first level by least squared
 * one-step error, the first three not counted.
 */
export const theta: Method<ThetaState | Last> = {
  learn(series) {
    const n = series.length;
    if (n < 4) return naive.learn(series);
    const trend = line(series);
    const smooth = (first: number, alpha: number) => {
      let level = alpha * series[0]! + (1 - alpha) * first;
      let error = 0;
      for (let t = 1; t < n; t++) {
        const miss = series[t]! - level - trendPart(trend, t, alpha);
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
    return { ...trend, alpha, level: smooth(first, alpha).level, n };
  },
  go(state, horizon) {
    if ('last' in state) return naive.go(state, horizon);
    const { alpha, n } = state;
    let { level } = state;
    return steps(horizon, (h) => {
      const expected = level + trendPart(state, n + h - 1, alpha);
      level = alpha * expected + (1 - alpha) * level;
      return expected;
    });
  },
};

/** The linear trend's part of what Theta expects after `t` values. */
function trendPart({ intercept, slope }: Pick<ThetaState, 'intercept' | 'slope'>, t: number, alpha: number) {
  const rest = (1 - alpha) ** t;
  return ((intercept - slope) * rest + (slope * (1 - rest * (1 - alpha))) / alpha) / 2;
}

interface DampedState {
  readonly level: number;
  readonly trend: number;
  readonly phi: number;
}

/**
 * Damped additive trend, ETS(A,Ad,N) (Gardner & McKenzie 1985; Hyndman et al. 2008): α, β, φ and the first level
 * and trend by greatest likelihood, from the line through the first ten years on.
 */
export const dampedEts: Method<DampedState | Last> = {
  learn(series) {
    if (series.length < 7) return naive.learn(series);
    const { intercept, slope } = line(series.slice(0, 10));
    const first = 0.0001 + 0.2 * 0.9998;
    const free = { least: -Infinity, most: Infinity };
    const point = leastPoint(
      (tried) => {
        const { error } = damped(series, tried);
        return series.length * Math.log(error > 0 ? error : 1e-8);
      },
      [
        { start: first, least: 0.0001, most: 0.9999 },
        { start: 0.0001 + 0.1 * (first - 0.0001), least: 0.0001, most: first },
        { start: 0.8 + 0.99 * 0.18, least: 0.8, most: 0.98 },
        { start: intercept - slope, ...free },
        { start: slope, ...free },
      ],
    );
    const { level, trend } = damped(series, point);
    return { level, trend, phi: point[2]! };
  },
  go(state, horizon) {
    if ('last' in state) return naive.go(state, horizon);
    let reach = 0;
    return steps(horizon, (h) => {
      reach += state.phi ** h;
      return state.level + reach * state.trend;
    });
  },
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
