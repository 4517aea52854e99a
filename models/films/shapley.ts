export interface ShapleyValues {
  /** The value without any part. */
  readonly none: number;
  /** What each part adds: they sum to the value with all parts less `none`. */
  readonly effects: Float64Array;
}

/**
 * Exact Shapley values (Shapley 1953): what each of n parts adds to a value, over all orders in which parts may come.
 * `values`: of every set of parts, 2^n of them; set s holds part t where bit t of s is set.
 */
export function shapleyValues(values: Float64Array): ShapleyValues {
  const n = Math.log2(values.length);
  if (!Number.isInteger(n))
    throw new RangeError(`${values.length} values are not those of all sets of parts.`);
  const weights = Float64Array.from({ length: n }, (_, size) => 1 / (n * choose(n - 1, size)));
  const effects = new Float64Array(n);
  for (let set = 0; set < values.length; set++) {
    const weight = weights[countBits(set)]!;
    for (let t = 0; t < n; t++) {
      if ((set & (1 << t)) === 0) effects[t]! += weight * (values[set | (1 << t)]! - values[set]!);
    }
  }
  return { none: values[0]!, effects };
}

/** The sum of `none` and the parts of every set, all equally long vectors: row-major sets × length, sets as above. */
export function setSums(none: ArrayLike<number>, parts: readonly Float64Array[]): Float64Array {
  const width = none.length;
  const sums = new Float64Array(width * 2 ** parts.length);
  sums.set(none);
  let filled = width;
  for (const part of parts) {
    // All sets so far, once more with this part.
    for (let from = 0, at = filled; from < filled; from += width)
      for (let i = 0; i < width; i++) sums[at++] = sums[from + i]! + part[i]!;
    filled *= 2;
  }
  return sums;
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return ways;
}

function countBits(set: number): number {
  let count = 0;
  for (let rest = set; rest > 0; rest &= rest - 1) count++;
  return count;
}
