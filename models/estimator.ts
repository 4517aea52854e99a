/**
 * What every model of this project is: parameters as data, `fit` on columns, a fitted model that predicts and
 * turns into plain JSON and back without loss. Baselines are models like any other.
 */
export interface Estimator<Params, X, Y, Fitted extends FittedModel<X, unknown>> {
  readonly name: string;
  fit(x: X, y: Y, params: Params, seed: number): Fitted;
}

export interface FittedModel<X, Prediction> {
  predict(x: X): Prediction;
  /** Plain data: `JSON.stringify` gives the same text for the same fit. */
  toJSON(): unknown;
}
