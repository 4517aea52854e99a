/** Draws numbers in [0, 1). */
export type Random = () => number;

/** Standard normal, by Box and Muller. */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

/** Position drawn with probability ∝ weight; `cumulative` ends at the sum of the weights. */
export function weighted(random: Random, cumulative: readonly number[]): number {
  const at = random() * cumulative[cumulative.length - 1]!;
  let low = 0;
  while (low < cumulative.length - 1 && cumulative[low]! <= at) low++;
  return low;
}

export function cumulate(weights: readonly number[]): readonly number[] {
  let sum = 0;
  return weights.map((weight) => (sum += weight));
}

/**
 * A rank 0 … size − 1 with P(rank) ∝ 1 / (rank + flat), the law of Zipf and Mandelbrot: a few are met often,
 * most hardly ever. Inverse of the distribution, so O(1).
 */
export function zipf(random: Random, size: number, flat: number): number {
  return Math.min(size - 1, Math.floor(flat * ((size + flat) / flat) ** random() - flat));
}
