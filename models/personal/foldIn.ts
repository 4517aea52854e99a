import { meet, type FactorDraw } from './bayes.js';
import { solvePositive } from './solve.js';

/** A film that somebody rated, as one draw knows it. */
export interface RatedVector {
  /** Where its vector begins in `vectors`. */
  readonly at: number;
  readonly vectors: Float32Array | Float64Array;
  /** Where its shared vector begins in the draw's; null for a film that nobody had rated. */
  readonly shared: number | null;
  readonly value: number;
}

/**
 * A person's vector from their ratings alone, the films' as they are: the mean of its conditional posterior under one
 * draw, which is a ridge regression on the films' vectors whose pull is the learned prior.
 */
export function foldIn(draw: FactorDraw, width: number, rated: readonly RatedVector[]): Float64Array {
  const { centre, precision, priorMean, priorPrecision } = draw;
  const expected = priorMean.slice();
  const known = rated.filter(({ shared }) => shared !== null);
  const scale = known.length === 0 ? 0 : 1 / Math.sqrt(known.length);
  for (const { shared } of known) {
    for (let k = 0; k < width; k++) expected[k]! += scale * draw.shared[shared! + k]!;
  }
  const a = new Float64Array(width * width);
  const b = expected.map((mean, k) => priorPrecision[k]! * mean);
  for (let k = 0; k < width; k++) a[k * width + k] = priorPrecision[k]!;
  for (const { at, vectors, value } of rated) {
    const rest = value - centre - vectors[at]!;
    for (let k = 0; k < width; k++) {
      // A person's bias meets 1, the rest of their vector the film's.
      const x = precision * (k === 0 ? 1 : vectors[at + k]!);
      b[k]! += x * rest;
      a[k * width]! += x;
      for (let j = 1; j <= k; j++) a[k * width + j]! += x * vectors[at + j]!;
    }
  }
  solvePositive(a, b);
  return b;
}

/** What a folded-in person would give a film under one draw. */
export function predictFolded(
  { centre }: FactorDraw,
  person: Float64Array,
  vectors: Float32Array | Float64Array,
  at: number,
): number {
  return centre + meet(person, 0, vectors, at, person.length);
}
