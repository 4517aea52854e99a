import { conformalBand, type ConformalBand } from '../conformal.js';

/** A past forecast and what came, in units of the series' own yearly change. */
export interface ScaledError {
  readonly horizon: number;
  /** Year that was forecast. */
  readonly year: number;
  readonly error: number;
}

/** Fewer errors than this tell nothing of an interval in a backtest. */
const LEAST_ERRORS = 10;

/**
 * The conformal band per horizon, from errors of all genres whose year was over at `origin`: an interval in a
 * backtest knows no more than one could have known then. Null with too few of them.
 */
export function bandAt(
  errors: readonly ScaledError[],
  origin: number,
  horizon: number,
  level: number,
): ConformalBand | null {
  const known = errors.filter((each) => each.horizon === horizon && each.year <= origin);
  return known.length >= LEAST_ERRORS
    ? conformalBand(
        known.map(({ error }) => error),
        level,
      )
    : null;
}

/**
 * The band for what is not yet known, from all errors. A horizon that no past year could be judged on takes the
 * band of the longest shorter one, widened as a random walk's error grows: with the square root of the years.
 * Null without any error.
 */
export function lastBand(
  errors: readonly ScaledError[],
  horizon: number,
  level: number,
): ConformalBand | null {
  for (let h = horizon; h > 0; h--) {
    const known = errors.filter((each) => each.horizon === h).map(({ error }) => error);
    if (known.length === 0) continue;
    const { lower, upper } = conformalBand(known, level);
    const wider = Math.sqrt(horizon / h);
    return { lower: lower * wider, upper: upper * wider };
  }
  return null;
}
