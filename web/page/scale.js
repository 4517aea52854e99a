/** About `wanted` round values from at or below `min` to at or above `max`. */
export function ticks(min, max, wanted = 5) {
  const span = max - min;
  if (!Number.isFinite(span) || span <= 0) return [min, min + 1];
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.floor(min / step);
  const last = Math.ceil(max / step);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** Digits after the point that tell neighbouring ticks apart. */
export function digits(values) {
  const step = Math.abs((values[1] ?? 1) - (values[0] ?? 0));
  return step >= 1 || step === 0 ? 0 : Math.min(6, Math.ceil(-Math.log10(step) - 1e-9));
}

export function linear([from, to], [start, end]) {
  const span = to - from || 1;
  return (value) => start + ((value - from) / span) * (end - start);
}
