import type { EnsembleJson } from '../trees/ensemble.js';
import type { Topic } from './features.js';
import type { PlannedFilm } from './film.js';
import type { Knowledge, Training } from './knowledge.js';
import type { NetworkAnswerJson } from './network.js';

/** A prediction as the average film's and what each of the film's inputs adds to it. */
export interface Explanation {
  readonly average: number;
  readonly effects: ReadonlyMap<Topic, number>;
}

/** A fitted way to answer for films, from what is known of the films before them. */
export interface Answer {
  predict(films: readonly PlannedFilm[], knowledge: Knowledge): Float64Array;
  explain(film: PlannedFilm, knowledge: Knowledge): Explanation;
  toJSON(): AnswerJson;
}

export type AnswerJson =
  | { readonly kind: 'mean' }
  | { readonly kind: 'genre mean' }
  | { readonly kind: 'last film of director' }
  | { readonly kind: 'budget multiple'; readonly multiple: number }
  | { readonly kind: 'trees'; readonly ensemble: EnsembleJson }
  | NetworkAnswerJson;

/** One of the candidates among which the folds choose. */
export interface Learner {
  readonly name: string;
  /** Baselines win ties. */
  readonly baseline: boolean;
  /** What it is fitted with; absent where there is nothing to set. */
  readonly params?: Readonly<object>;
  /** What computes it, where that is not this project's own code. */
  readonly backend?: string;
  fit(training: Training, seed: number): Answer;
}
