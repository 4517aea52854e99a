import { seededRandom } from './random.js';

export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Percentile bootstrap (Efron 1979) of measures over `rows` tested rows, an interval each, over the same draws: a
 * measure is given how often each row was drawn, so that what it can do beforehand, such as sorting, is done once.
 * Draws in which it is not defined are left out; NaN when it never is.
 */
export function bootstrapIntervals(
  rows: number,
  measures: readonly ((times: Uint16Array) => number)[],
  level: number,
  seed: number | string,
  draws = 500,
): Interval[] {
  const random = seededRandom(`${seed}/bootstrap`);
  const times = new Uint16Array(rows);
  const values = measures.map((): number[] => []);
  for (let draw = 0; draw < draws; draw++) {
    times.fill(0);
    for (let i = 0; i < rows; i++) times[Math.floor(random() * rows)]!++;
    measures.forEach((measure, m) => {
      const value = measure(times);
      if (!Number.isNaN(value)) values[m]!.push(value);
    });
  }
  return values.map((drawn) => {
    const sorted = Float64Array.from(drawn).sort();
    const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
    return { lower: at((1 - level) / 2), upper: at((1 + level) / 2) };
  });
}

/** The AUC of 0/1 labels by a score, as a function of how often each row counts; ties count half. */
export function aucByTimes(
  actual: ArrayLike<number>,
  score: ArrayLike<number>,
): (times: ArrayLike<number>) => number {
  const order = Array.from({ length: score.length }, (_, i) => i).sort((a, b) => score[a]! - score[b]!);
  return (times) => {
    let wins = 0;
    let [zeros, ones] = [0, 0];
    for (let from = 0; from < order.length;) {
      let [tiedZeros, tiedOnes] = [0, 0];
      const value = score[order[from]!]!;
      for (; from < order.length && score[order[from]!] === value; from++) {
        const row = order[from]!;
        if (actual[row] === 1) tiedOnes += times[row]!;
        else tiedZeros += times[row]!;
      }
      wins += tiedOnes * (zeros + tiedZeros / 2);
      zeros += tiedZeros;
      ones += tiedOnes;
    }
    return wins / (zeros * ones);
  };
}

/** The F1 of the class 1, as a function of how often each row counts. */
export function f1ByTimes(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
): (times: ArrayLike<number>) => number {
  return (times) => {
    let [hits, wrong] = [0, 0];
    for (let i = 0; i < actual.length; i++) {
      if (actual[i] === 1 && predicted[i] === 1) hits += times[i]!;
      else if (actual[i] === 1 || predicted[i] === 1) wrong += times[i]!;
    }
    return (2 * hits) / (2 * hits + wrong);
  };
}
