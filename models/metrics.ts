/**
 * Measures of predictions against what came. All take two arrays of equal length, `actual` first. An empty
 * array, or a measure that the data cannot define (AUC with one class), gives NaN: a report shows it as unknown.
 */
type Values = ArrayLike<number>;

/** Root mean squared error, in the unit of the values. */
export function rmse(actual: Values, predicted: Values): number {
  return Math.sqrt(mean(actual, (i) => (actual[i]! - predicted[i]!) ** 2));
}

/** Mean absolute error, in the unit of the values. */
export function mae(actual: Values, predicted: Values): number {
  return mean(actual, (i) => Math.abs(actual[i]! - predicted[i]!));
}

/** Share of the variance explained: 1 - squared error / squared error of the actual values' own mean. */
export function r2(actual: Values, predicted: Values): number {
  const centre = mean(actual, (i) => actual[i]!);
  const spread = mean(actual, (i) => (actual[i]! - centre) ** 2);
  return 1 - rmse(actual, predicted) ** 2 / spread;
}

/**
 * Mean absolute scaled error (Hyndman & Koehler 2006): the error in units of the one-step naive forecast's mean
 * absolute error on the training series, given as `scale`.
 */
export function mase(actual: Values, predicted: Values, scale: number): number {
  return mae(actual, predicted) / scale;
}

/** Mean absolute change from one value to the next: the scale of MASE. */
export function naiveScale(series: Values): number {
  let sum = 0;
  for (let i = 1; i < series.length; i++) sum += Math.abs(series[i]! - series[i - 1]!);
  return sum / (series.length - 1);
}

/** Symmetric mean absolute percentage error, 0-200 (Makridakis 1993; both zero counts as no error). */
export function smape(actual: Values, predicted: Values): number {
  return mean(actual, (i) => {
    const size = Math.abs(actual[i]!) + Math.abs(predicted[i]!);
    return size === 0 ? 0 : (200 * Math.abs(actual[i]! - predicted[i]!)) / size;
  });
}

/** Share of equal labels. */
export function accuracy(actual: Values, predicted: Values): number {
  return mean(actual, (i) => (actual[i] === predicted[i] ? 1 : 0));
}

/** Harmonic mean of precision and recall of the class 1. */
export function f1(actual: Values, predicted: Values): number {
  let hits = 0;
  let wrong = 0;
  for (let i = 0; i < actual.length; i++) {
    if (actual[i] === 1 && predicted[i] === 1) hits++;
    else if (actual[i] === 1 || predicted[i] === 1) wrong++;
  }
  return (2 * hits) / (2 * hits + wrong);
}

/** Chance that a random 1 scores above a random 0, ties counting half (Mann-Whitney). */
export function auc(actual: Values, score: Values): number {
  const rank = ranks(score);
  let positives = 0;
  let sum = 0;
  for (let i = 0; i < actual.length; i++) {
    if (actual[i] !== 1) continue;
    positives++;
    sum += rank[i]!;
  }
  const negatives = actual.length - positives;
  return (sum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Mean negative log likelihood of 0/1 outcomes; probabilities are kept 1e-15 away from 0 and 1. */
export function logLoss(actual: Values, probability: Values): number {
  return mean(actual, (i) => {
    const p = Math.min(1 - 1e-15, Math.max(1e-15, probability[i]!));
    return actual[i] === 1 ? -Math.log(p) : -Math.log1p(-p);
  });
}

/** Mean squared distance of a probability from its 0/1 outcome (Brier 1950). */
export function brier(actual: Values, probability: Values): number {
  return mean(actual, (i) => (actual[i]! - probability[i]!) ** 2);
}

/** Correlation of the ranks, ties sharing their mean rank. */
export function spearman(actual: Values, predicted: Values): number {
  return pearson(ranks(actual), ranks(predicted));
}

/**
 * Normalised discounted cumulative gain of the `k` best predicted, gains linear in `actual` (Järvelin &
 * Kekäläinen 2002). Ties in the prediction keep their order.
 */
export function ndcg(actual: Values, predicted: Values, k = actual.length): number {
  return gain(actual, order(predicted), k) / gain(actual, order(actual), k);
}

/** How many of the `k` largest actual values are among the `k` largest predicted ones. */
export function topHits(actual: Values, predicted: Values, k: number): number {
  const wanted = new Set(order(actual).slice(0, k));
  return order(predicted)
    .slice(0, k)
    .filter((i) => wanted.has(i)).length;
}

/** Mean pinball loss of a predicted `quantile` (0-1): its expectation is least at the true quantile. */
export function pinball(actual: Values, predicted: Values, quantile: number): number {
  return mean(actual, (i) => {
    const miss = actual[i]! - predicted[i]!;
    return miss >= 0 ? quantile * miss : (quantile - 1) * miss;
  });
}

/** Share of actual values inside their interval, bounds included. */
export function coverage(actual: Values, lower: Values, upper: Values): number {
  return mean(actual, (i) => (actual[i]! >= lower[i]! && actual[i]! <= upper[i]! ? 1 : 0));
}

/** Ranks from 1, ties sharing their mean rank. */
export function ranks(values: Values): Float64Array {
  const sorted = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const rank = new Float64Array(values.length);
  for (let from = 0; from < sorted.length;) {
    let to = from + 1;
    while (to < sorted.length && values[sorted[to]!] === values[sorted[from]!]) to++;
    for (let i = from; i < to; i++) rank[sorted[i]!] = (from + 1 + to) / 2;
    from = to;
  }
  return rank;
}

function pearson(a: Values, b: Values): number {
  const centreA = mean(a, (i) => a[i]!);
  const centreB = mean(b, (i) => b[i]!);
  const product = mean(a, (i) => (a[i]! - centreA) * (b[i]! - centreB));
  const spreadA = mean(a, (i) => (a[i]! - centreA) ** 2);
  const spreadB = mean(b, (i) => (b[i]! - centreB) ** 2);
  return product / Math.sqrt(spreadA * spreadB);
}

/** Positions by falling value. */
function order(values: Values): number[] {
  return Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);
}

function gain(actual: Values, positions: readonly number[], k: number): number {
  return positions.slice(0, k).reduce((sum, at, i) => sum + actual[at]! / Math.log2(i + 2), 0);
}

function mean(values: Values, term: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += term(i);
  return sum / values.length;
}
