import { rollingOrigin, type Fold } from '../splits.js';

/** Folds that judge a film model: the first only calibrates the intervals of the others. */
const FOLDS = 3;

/** Years of a fold are widened until the tests have this share of the films, and of few films this many. */
const TEST_SHARE = 0.1;
const TEST_ROWS = 60;

/** Share of the films that the first fold must have to learn from. */
const LEAST_TRAINING = 0.3;

/**
 * Rolling origin over release years up to `last`: each fold is judged on the years right after those it learned
 * from. A fold has as few years as give the tests a tenth of the films, so the judgement is of recent films.
 * Empty when there are too few years to leave enough films to learn from.
 */
export function yearFolds(years: ArrayLike<number>, last: number): Fold[] {
  const wanted = Math.max(TEST_SHARE * years.length, Math.min(TEST_ROWS, 0.3 * years.length));
  for (const window of [1, 2, 3, 5, 8, 12]) {
    const folds = rollingOrigin(years, last, window, FOLDS);
    const tested = folds.reduce((sum, fold) => sum + fold.test.length, 0);
    if (folds[0]!.train.length < years.length * LEAST_TRAINING) return [];
    if (tested >= wanted && folds.every((fold) => fold.test.length > 0)) return folds;
  }
  return [];
}
