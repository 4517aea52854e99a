import type { Panel } from './panel.js';

/** One genre seen from the end of one year: what is known then of its own past, and how far ahead to look. */
export interface Lagged {
  /** What the forecast is relative to: the mean log index of the last years. */
  readonly base: number;
  readonly features: readonly number[];
}

/** Views whose outcome was known by the origin. Targets are log index − base. */
export interface LagExamples {
  readonly views: readonly Lagged[];
  readonly targets: Float64Array;
  /** What each outcome counts: the share of it that is not a few films' luck. */
  readonly weights: Float64Array;
}

export const LAG_NAMES = [
  'lag 0',
  'lag 1',
  'lag 2',
  'lag 3',
  'slope',
  'base',
  'films',
  'years ahead',
] as const;

const LAGS = 4;
/** Years that the base is the mean of, and that the slope is fitted to. */
const BASE = 10;
const SLOPE = 20;
/** Log index of a year without any heat would be -∞. */
const LEAST_INDEX = 0.02;
/** Films at which half of an outcome's deviation is taken for real. */
const HALF_FILMS = 10;

/**
 * All genres' pasts as rows of one table, so that one model learns from all of them (a global model, Montero-Manso &
 * Hyndman 2021): a single genre's 60 noisy years would not do.
 */
export class LagTable {
  readonly #logs: readonly Float64Array[];
  readonly #films: readonly Float64Array[];

  constructor(readonly panel: Panel) {
    this.#logs = panel.series.map((series) => series.map((value) => Math.log(Math.max(LEAST_INDEX, value))));
    const films = new Map(panel.cells.map((cell) => [`${cell.genre} ${cell.year}`, cell.films]));
    this.#films = panel.series.map(({ length }, g) =>
      Float64Array.from({ length }, (_, t) => {
        const year = panel.origin - length + 1 + t;
        return films.get(`${panel.genres[g]!} ${year}`) ?? 0;
      }),
    );
  }

  /** What is known of a genre at the origin, for each year ahead; null where its series is shorter than the lags. */
  now(genre: number, horizon: number): Lagged[] | null {
    const last = this.#logs[genre]!.length - 1;
    if (last < LAGS - 1) return null;
    return Array.from({ length: horizon }, (_, h) => this.#view(genre, last, h + 1));
  }

  /** Every earlier view with what came 1 to `horizon` years later. */
  examples(horizon: number): LagExamples {
    const views: Lagged[] = [];
    const targets: number[] = [];
    const weights: number[] = [];
    this.#logs.forEach((logs, g) => {
      for (let t = LAGS - 1; t < logs.length - 1; t++)
        for (let ahead = 1; ahead <= horizon && t + ahead < logs.length; ahead++) {
          const films = this.#films[g]![t + ahead]!;
          // A year that was bridged tells nothing.
          if (films === 0) continue;
          const view = this.#view(g, t, ahead);
          views.push(view);
          targets.push(logs[t + ahead]! - view.base);
          weights.push(films / (films + HALF_FILMS));
        }
    });
    return { views, targets: Float64Array.from(targets), weights: Float64Array.from(weights) };
  }

  #view(genre: number, t: number, ahead: number): Lagged {
    const logs = this.#logs[genre]!;
    const recent = logs.subarray(Math.max(0, t - BASE + 1), t + 1);
    const base = recent.reduce((a, b) => a + b, 0) / recent.length;
    const lags = Array.from({ length: LAGS }, (_, k) => logs[t - k]! - base);
    const slope = slopeOf(logs.subarray(Math.max(0, t - SLOPE + 1), t + 1));
    return { base, features: [...lags, slope, base, Math.log1p(this.#films[genre]![t]!), ahead] };
  }
}

/** Of the least-squares line, per year. */
function slopeOf(values: Float64Array): number {
  const centre = (values.length - 1) / 2;
  let along = 0;
  let square = 0;
  values.forEach((value, t) => {
    along += (t - centre) * value;
    square += (t - centre) ** 2;
  });
  return square > 0 ? along / square : 0;
}
