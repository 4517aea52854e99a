import type { Pairs, Ratings } from './ratings.js';

/** A way to predict what somebody would give a film, from everybody's ratings alone. */
export interface PersonalLearner {
  readonly name: string;
  /** Something that any model must beat. */
  readonly baseline: boolean;
  fit(ratings: Ratings, seed: number | string): PersonalFit;
}

/** Users and items that had no rating get what the rest of the model says of them: their part is left out. */
export interface PersonalFit {
  /** One number for each pair, in the ratings' own scale, not yet kept inside its bounds. */
  predict(pairs: Pairs): Float64Array;
}

/** Predictions kept inside the scale that the training ratings span. */
export function inScale(predicted: Float64Array, { lowest, highest }: Ratings): Float64Array {
  return predicted.map((value) => Math.min(highest, Math.max(lowest, value)));
}
