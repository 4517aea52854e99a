import { chanceAtLeast, conformalBand } from '../conformal.js';
import { rmse } from '../metrics.js';
import type { Clock } from '../report.js';
import type { Fold } from '../splits.js';
import type { Answer, Learner } from './answer.js';
import type { PlannedFilm } from './film.js';
import type { History } from './history.js';
import { describe, prepare, takeFilms, type FilmSample, type Knowledge } from './knowledge.js';

export interface JudgeOptions {
  readonly seed: number;
  /** Rows that trees are fitted to, at most. */
  readonly maxRows: number;
  /** Of the whole sample; each fold sees of it what it learns from. */
  readonly history: History;
  /** Share of the films that an interval is to cover. */
  readonly level: number;
  /** What a film, by its row in the sample, has to reach; NaN where there is no such thing. */
  readonly threshold: (row: number) => number;
  readonly clock: Clock;
  readonly progress: () => void;
}

/**
 * One model's predictions for the films of the folds, in the order of the folds. Intervals and chances come from
 * the errors of earlier folds alone: NaN in the first one.
 */
export interface Judgement {
  readonly learner: Learner;
  readonly seconds: number;
  /** Place of each film in the sample. */
  readonly at: Int32Array;
  readonly fold: Int32Array;
  readonly actual: Float64Array;
  readonly predicted: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Chance of reaching the threshold. */
  readonly chance: Float64Array;
  /** What was fitted for the last fold, and that fold's films. */
  readonly last: Fitted;
}

interface Fitted {
  readonly answer: Answer;
  readonly knowledge: Knowledge;
  readonly films: readonly PlannedFilm[];
  readonly actual: Float64Array;
  readonly predicted: Float64Array;
}

/** Judges every learner on the same folds; each fold knows nothing of its tests' years, in features either. */
export function judge(
  sample: FilmSample,
  folds: readonly Fold[],
  learners: readonly Learner[],
  options: JudgeOptions,
): Judgement[] {
  const seconds = learners.map(() => 0);
  const fits = folds.map((fold) => {
    const known = takeFilms(sample, fold.train);
    const past = options.history.until(lastDay(known) + 1);
    const training = prepare(known, options.maxRows, options.seed, past);
    const { knowledge } = training;
    const films = Array.from(fold.test, (i) => sample.films[i]!);
    const table = describe(films, knowledge);
    const actual = Float64Array.from(fold.test, (i) => sample.measures[0]![i]!);
    return learners.map((learner, l): Fitted => {
      const from = options.clock();
      const answer = learner.fit(training, options.seed);
      const predicted = answer.predict({ films, knowledge, table });
      seconds[l]! += (options.clock() - from) / 1000;
      options.progress();
      return { answer, knowledge, films, actual, predicted };
    });
  });
  const at = Int32Array.from(folds.flatMap((fold) => [...fold.test]));
  const fold = Int32Array.from(folds.flatMap((each, f) => Array.from(each.test, () => f)));
  const actual = Float64Array.from(at, (i) => sample.measures[0]![i]!);
  return learners.map((learner, l) => {
    const predicted = Float64Array.from(fits.flatMap((ofFold) => [...ofFold[l]!.predicted]));
    const known = { at, fold, actual, predicted };
    const last = fits.at(-1)![l]!;
    return { learner, seconds: seconds[l]!, ...known, last, ...intervals(known, folds.length, options) };
  });
}

function lastDay({ films }: FilmSample): number {
  return films.reduce((last, { day }) => Math.max(last, day), -Infinity);
}

/**
 * The learner to serve: the least RMSE over all folds among the models that beat the best baseline by more than
 * one standard error of the difference in squared error, so that luck on few films does not pass for skill (the
 * one-standard-error rule, Breiman et al. 1984); else that baseline.
 */
export function best(judgements: readonly Judgement[]): Judgement {
  const error = ({ actual, predicted }: Judgement) => rmse(actual, predicted);
  const baselines = judgements.filter(({ learner }) => learner.baseline);
  const baseline = baselines.reduce((a, b) => (error(b) < error(a) ? b : a));
  return judgements
    .filter((each) => !each.learner.baseline && beats(each, baseline))
    .reduce((a, b) => (error(b) < error(a) ? b : a), baseline);
}

function beats({ actual, predicted }: Judgement, baseline: Judgement): boolean {
  const gains = actual.map(
    (value, i) => (value - baseline.predicted[i]!) ** 2 - (value - predicted[i]!) ** 2,
  );
  const n = gains.length;
  const mean = gains.reduce((a, b) => a + b, 0) / n;
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (n - 1);
  return mean > Math.sqrt(variance / n);
}

/** Errors (actual - predicted) in rising order. */
export function sortedErrors(actual: Float64Array, predicted: Float64Array): Float64Array {
  return actual.map((value, i) => value - predicted[i]!).sort();
}

function intervals(
  { at, fold, actual, predicted }: Pick<Judgement, 'at' | 'fold' | 'actual' | 'predicted'>,
  folds: number,
  { level, threshold }: JudgeOptions,
): Pick<Judgement, 'lower' | 'upper' | 'chance'> {
  const lower = new Float64Array(at.length).fill(NaN);
  const upper = new Float64Array(at.length).fill(NaN);
  const chance = new Float64Array(at.length).fill(NaN);
  for (let f = 1; f < folds; f++) {
    const earlier = (_: number, i: number) => fold[i]! < f;
    const errors = sortedErrors(actual.filter(earlier), predicted.filter(earlier));
    const band = conformalBand(errors, level);
    for (let i = 0; i < at.length; i++) {
      if (fold[i] !== f) continue;
      lower[i] = predicted[i]! + band.lower;
      upper[i] = predicted[i]! + band.upper;
      const goal = threshold(at[i]!);
      if (!Number.isNaN(goal)) chance[i] = chanceAtLeast(predicted[i]!, goal, errors);
    }
  }
  return { lower, upper, chance };
}
