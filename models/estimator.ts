/**
 * What every model of this project is: parameters as data, `fit` on data, a fitted model that answers questions and
 * turns into plain JSON and back without loss. Baselines are models like any other. The same data, parameters and seed
 * give the same text of the fitted model.
 */
export interface Estimator<Data, Question, Answer, Json> {
  readonly name: string;
  /** What it is fitted with, as plain data; absent where there is nothing to set. */
  readonly params?: Readonly<object>;
  /** What computes it, where that is not this project's own code. */
  readonly backend?: string;
  fit(data: Data, seed: number | string): FittedModel<Question, Answer, Json>;
  /** The same fitted model again, bit for bit. @throws NotThisModel for what another kind of model wrote. */
  read(json: Json): FittedModel<Question, Answer, Json>;
}

export interface FittedModel<Question, Answer, Json> {
  predict(question: Question): Answer;
  /** Plain data: `JSON.stringify` gives the same text for the same fit. */
  toJSON(): Json;
}

/** Thrown when a model is read from what another kind of model, or another version, wrote. */
export class NotThisModel extends Error {
  override readonly name = 'NotThisModel';
}

/** Checks the mark that a fitted model's JSON carries. @throws NotThisModel */
export function requireKind(json: unknown, kind: string): void {
  const found = (json as { readonly kind?: unknown } | null)?.kind;
  if (found === kind) return;
  const what = typeof found === 'string' ? `of kind "${found}"` : 'not a fitted model of this version';
  throw new NotThisModel(`A model of kind "${kind}" was expected, but this is ${what}: train it again.`);
}
