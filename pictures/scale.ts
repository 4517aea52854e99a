/** Axes: round values between two numbers, and where a number stands on a line. */

/** About `wanted` round values (1, 2 or 5 times a power of ten) from at or below `min` to at or above `max`. */
export function ticks(min: number, max: number, wanted = 5): number[] {
  const span = max - min;
  if (!Number.isFinite(span) || span <= 0) return [min, min + 1];
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.floor(min / step);
  const last = Math.ceil(max / step);
  if (!Number.isFinite(first) || last - first > 100) return [min, max];
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** Digits after the point that tell neighbouring ticks apart. */
export function digits(values: readonly number[]): number {
  const step = Math.abs((values[1] ?? 1) - (values[0] ?? 0));
  return step >= 1 || step === 0 ? 0 : Math.min(6, Math.ceil(-Math.log10(step) - 1e-9));
}

/** Maps `domain` onto `range`, both [from, to]; what lies outside is drawn at the edge. */
export function linear(
  domain: readonly [number, number],
  range: readonly [number, number],
): (value: number) => number {
  const span = domain[1] - domain[0] || 1;
  return (value) => {
    const part = Math.min(1, Math.max(0, (value - domain[0]) / span));
    return range[0] + part * (range[1] - range[0]);
  };
}
