/** Bounds of one parameter; Infinity where there is none. */
export interface Range {
  readonly start: number;
  readonly least: number;
  readonly most: number;
}

const MOST_STEPS = 1000;

/** The search ends when the corners' values spread less than this (standard deviation). */
const TOLERANCE = 1e-4;

/**
 * Least value of a function without derivatives (Nelder & Mead 1965) with the dimension's own coefficients (Gao &
 * Han 2012), every corner kept inside its ranges. Starts, steps and tolerance are those of statsforecast, so that
 * its forecasts and ours can be compared digit by digit.
 */
export function leastPoint(of: (point: Float64Array) => number, ranges: readonly Range[]): Float64Array {
  const n = ranges.length;
  const expansion = 1 + 2 / n;
  const contraction = 0.75 - 1 / (2 * n);
  const shrinkage = 1 - 1 / n;
  const inside = (point: Float64Array): Float64Array =>
    point.map((value, i) => Math.min(ranges[i]!.most, Math.max(ranges[i]!.least, value)));
  const start = inside(Float64Array.from(ranges, (range) => range.start));
  const corners = Array.from({ length: n + 1 }, (_, corner) => {
    const point = start.slice();
    if (corner < n) point[corner] = point[corner] === 0 ? 1e-4 : point[corner]! * 1.05;
    return inside(point);
  });
  const values = corners.map(of);
  for (let step = 0; step < MOST_STEPS && spread(values) >= TOLERANCE; step++) {
    const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
    const [best, nextWorst, worst] = [order[0]!, order[n - 1]!, order[n]!];
    const centre = new Float64Array(n);
    corners.forEach((corner, i) => {
      if (i !== worst) corner.forEach((value, k) => (centre[k]! += value / n));
    });
    const away = (point: Float64Array, share: number): Float64Array =>
      inside(centre.map((value, k) => value + share * (point[k]! - value)));
    const replace = (point: Float64Array, value: number): void => {
      corners[worst] = point;
      values[worst] = value;
    };
    const reflected = away(corners[worst]!, -1);
    const atReflected = of(reflected);
    if (atReflected < values[best]!) {
      const expanded = away(reflected, expansion);
      const atExpanded = of(expanded);
      if (atExpanded < atReflected) replace(expanded, atExpanded);
      else replace(reflected, atReflected);
      continue;
    }
    if (atReflected < values[nextWorst]!) {
      replace(reflected, atReflected);
      continue;
    }
    const outside = atReflected < values[worst]!;
    const contracted = away(reflected, outside ? contraction : -contraction);
    const atContracted = of(contracted);
    if (outside ? atContracted <= atReflected : atContracted < values[worst]!) {
      replace(contracted, atContracted);
      continue;
    }
    const kept = corners[best]!;
    for (let i = 1; i <= n; i++) {
      corners[i] = inside(corners[i]!.map((value, k) => kept[k]! + shrinkage * (value - kept[k]!)));
      values[i] = of(corners[i]!);
    }
  }
  return corners[values.indexOf(Math.min(...values))]!;
}

function spread(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
