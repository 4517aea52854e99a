import type { Estimator, FittedModel } from '../estimator.js';
import type { Pairs, Ratings } from './ratings.js';

/** A way to predict what somebody would give a film, from everybody's ratings alone. */
export interface PersonalLearner<Json = unknown> extends Estimator<Ratings, Pairs, Float64Array, Json> {
  /** Something that any model must beat. */
  readonly baseline: boolean;
}

/**
 * Says one number for each pair, in the ratings' own scale, not yet kept inside its bounds. Users and items that had no
 * rating get what the rest of the model says of them: their part is left out.
 */
export type PersonalFit<Json = unknown> = FittedModel<Pairs, Float64Array, Json>;

/** Predictions kept inside the scale that the training ratings span. */
export function inScale(
  predicted: Float64Array,
  { lowest, highest }: Pick<Ratings, 'lowest' | 'highest'>,
): Float64Array {
  return predicted.map((value) => Math.min(highest, Math.max(lowest, value)));
}
