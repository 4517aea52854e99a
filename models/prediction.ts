/** What the models that predict one film take and give; the same shapes as the GraphQL contract's. */

/** A film that need not exist. Year is its release year, month 1-12, runtime in minutes, budget in US dollars. */
export interface MovieInput {
  readonly title?: string | null;
  readonly genres: readonly string[];
  readonly year: number;
  readonly month?: number | null;
  readonly runtime?: number | null;
  readonly budget?: number | null;
  readonly language?: string | null;
  readonly directors?: readonly string[] | null;
  readonly cast?: readonly string[] | null;
  readonly companies?: readonly string[] | null;
  readonly keywords?: readonly string[] | null;
}

/** `effect` is in the unit of the prediction (rating points; for revenue: US dollars), relative to an average film. */
export interface Reason {
  readonly feature: string;
  readonly value: string;
  readonly effect: number;
}

export interface RatingPrediction {
  /** 0-10. */
  readonly rating: number;
  /** Bounds of the interval that covers `level` of the films (split conformal). */
  readonly lower: number;
  readonly upper: number;
  readonly level: number;
  /** The rating is at or above `threshold`. */
  readonly good: boolean;
  readonly probabilityGood: number;
  readonly threshold: number;
  readonly model: string;
  /** Largest effect first. Computed when first read. */
  readonly reasons: readonly Reason[];
  /** Inputs that the model has never seen, e.g. `director: X`. */
  readonly unknown: readonly string[];
}

export interface RevenuePrediction {
  /** US dollars. */
  readonly revenue: number;
  readonly lower: number;
  readonly upper: number;
  readonly level: number;
  /** Chance that revenue exceeds the budget; null without a budget. */
  readonly probabilityProfit: number | null;
  readonly model: string;
  readonly reasons: readonly Reason[];
  readonly unknown: readonly string[];
}

/**
 * A model that answers for one film. When there were no rows to train on, `trained` is false, `reason` says why
 * and `predict` throws ModelNotTrained.
 */
export interface FilmPredictor<Prediction> {
  readonly trained: boolean;
  readonly reason: string | null;
  predict(input: MovieInput): Prediction;
}

/** Thrown when a prediction is asked of a model that had nothing to learn from. */
export class ModelNotTrained extends Error {
  override readonly name = 'ModelNotTrained';
}
