import { requireKind, type Estimator, type FittedModel } from '../estimator.js';
import type { EnsembleJson } from '../trees/ensemble.js';
import type { FeatureTable } from '../trees/table.js';
import type { Topic } from './features.js';
import type { PlannedFilm } from './film.js';
import type { Knowledge, Training } from './knowledge.js';
import type { NetworkAnswerJson } from './network.js';

/** A prediction as the average film's and what each of the film's inputs adds to it. */
export interface Explanation {
  readonly average: number;
  readonly effects: ReadonlyMap<Topic, number>;
}

/** Films that somebody asks of, with what is known of the films before them. */
interface AskedFilms {
  readonly films: readonly PlannedFilm[];
  readonly knowledge: Knowledge;
  /** What `describe` makes of these films, where somebody has it already. */
  readonly table?: FeatureTable;
}

/** A fitted way to answer for films: one number each. */
export interface Answer extends FittedModel<AskedFilms, Float64Array, AnswerJson> {
  explain(film: PlannedFilm, knowledge: Knowledge): Explanation;
}

export type AnswerJson =
  | { readonly kind: 'mean' }
  | { readonly kind: 'genre mean' }
  | { readonly kind: 'last film of director' }
  | { readonly kind: 'budget multiple'; readonly multiple: number }
  | { readonly kind: 'trees'; readonly ensemble: EnsembleJson }
  | NetworkAnswerJson;

/** One of the candidates among which the folds choose. */
export interface Learner extends Estimator<Training, AskedFilms, Float64Array, AnswerJson> {
  /** Baselines win ties. */
  readonly baseline: boolean;
  fit(training: Training, seed: number | string): Answer;
}

/** Reads one kind of answer. @throws NotThisModel for another */
export function readerOf<Kind extends AnswerJson['kind']>(
  kind: Kind,
  read: (json: Extract<AnswerJson, { readonly kind: Kind }>) => Answer,
): (json: AnswerJson) => Answer {
  return (json) => {
    requireKind(json, kind);
    return read(json as Extract<AnswerJson, { readonly kind: Kind }>);
  };
}
