import { partitionPoint } from './rising.js';

/**
 * Split-conformal intervals (Papadopoulos et al. 2002; Lei et al. 2018): the quantiles of errors on rows that the
 * model was not fitted on, with the finite-sample correction. They cover at least the level wherever new rows
 * are exchangeable with those rows; over time they are not quite, so reports state the coverage that came about.
 */
export interface ConformalBand {
  /** Added to a prediction, these bound its interval. */
  readonly lower: number;
  readonly upper: number;
}

/**
 * Signed errors (actual - predicted), so that a skewed error gives a skewed interval: each side leaves out
 * (1 - level) / 2. With too few errors for the level the band ends at the largest error seen; no errors: throws.
 */
export function conformalBand(errors: ArrayLike<number>, level: number): ConformalBand {
  if (errors.length === 0) throw new Error('An interval needs at least one error of a held-out row.');
  const sorted = Float64Array.from(errors).sort();
  const n = sorted.length;
  // (1 - 0.8) / 2 × 40 is a hair below 4 in floating point; it must count as 4.
  const outside = Math.min(n, Math.max(1, Math.floor(((1 - level) / 2) * (n + 1) + 1e-9)));
  return { lower: sorted[outside - 1]!, upper: sorted[n - outside]! };
}

/**
 * Chance that prediction + error ≥ threshold, from the held-out errors: the share that are at least the gap, a
 * half-count on either side keeping it inside (0, 1), and linear between neighbours so that it moves smoothly.
 * `sorted` is ascending and not empty.
 */
export function chanceAtLeast(prediction: number, threshold: number, sorted: ArrayLike<number>): number {
  const gap = threshold - prediction;
  const n = sorted.length;
  const low = partitionPoint(0, n, (at) => sorted[at]! < gap);
  let below = low;
  if (low > 0 && low < n) {
    const left = sorted[low - 1]!;
    const right = sorted[low]!;
    below = right > left ? low - 1 + (gap - left) / (right - left) + 0.5 : low;
  }
  return 1 - (Math.min(n, Math.max(0, below)) + 0.5) / (n + 1);
}
