import { solvePositive } from '../../models/personal/solve.js';
import type { Counts } from './count.js';

/** A request as it was measured: what its answer held, and its CPU in microseconds. */
export interface Point {
  readonly counts: Counts;
  readonly cpu: number;
}

/** For unknowns that no point tells apart; too small to be seen in those that are. */
const RIDGE = 1e-9;

/**
 * Microseconds of each thing that points count, by least squares of the relative errors, so that a short request
 * says as much as a long one.
 */
export function fitCosts(points: readonly Point[]): ReadonlyMap<string, number> {
  const names = [...new Set(points.flatMap(({ counts }) => [...counts.keys()]))];
  const n = names.length;
  const normal = new Float64Array(n * n);
  const right = new Float64Array(n);
  for (const { counts, cpu } of points) {
    const row = names.map((name) => (counts.get(name) ?? 0) / cpu);
    row.forEach((a, i) => {
      right[i]! += a;
      if (a !== 0) row.forEach((b, j) => (normal[i * n + j]! += a * b));
    });
  }
  for (let i = 0; i < n; i++) normal[i * n + i]! *= 1 + RIDGE;
  solvePositive(normal, right);
  return new Map(names.map((name, i) => [name, right[i]!]));
}

/** Largest and middle share by which the fitted costs miss a point. */
export function missesOf(points: readonly Point[], costs: ReadonlyMap<string, number>): number[] {
  return points
    .map(({ counts, cpu }) => {
      let sum = 0;
      for (const [name, count] of counts) sum += count * costs.get(name)!;
      return Math.abs(sum / cpu - 1);
    })
    .sort((a, b) => a - b);
}
