export interface ShapleyValues {
  /** The value without any part. */
  readonly none: number;
  /** What each part adds: they sum to the value with all parts less `none`. */
  readonly effects: Float64Array;
}

/**
 * Exact Shapley values (Shapley 1953) of a function of a sum of parts, equally long vectors: what a part adds, over all
 * orders in which parts may come. Takes 2^parts evaluations: for a dozen parts.
 */
export function shapleyValues(
  parts: readonly Float64Array[],
  value: (sum: Float64Array) => number,
): ShapleyValues {
  const n = parts.length;
  const values = new Float64Array(2 ** n);
  const sum = new Float64Array(parts[0]?.length ?? 0);
  let members = 0;
  values[0] = value(sum);
  // By Gray code, so that each next set differs in one part.
  for (let step = 1; step < values.length; step++) {
    const bit = 31 - Math.clz32(step & -step);
    const sign = members & (1 << bit) ? -1 : 1;
    members ^= 1 << bit;
    const part = parts[bit]!;
    for (let u = 0; u < sum.length; u++) sum[u]! += sign * part[u]!;
    values[members] = value(sum);
  }
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
