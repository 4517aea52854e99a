import { rmse } from '../metrics.js';
import type { Clock } from '../report.js';
import {
  bestTrial,
  crossValidate,
  grid,
  randomCandidates,
  search,
  type Space,
  type Trial,
} from '../search.js';
import type { BoostingParams } from '../trees/boosting.js';
import type { ForestParams } from '../trees/forest.js';
import type { Learner } from './answer.js';
import { yearFolds } from './folds.js';
import { prepare, takeFilms, type FilmSample, type Training } from './knowledge.js';
import { boostingLearner, forestLearner } from './trees.js';

/** Where a search goes on from, and whom it tells. */
export interface Tuning {
  /** Random candidates for boosting, the usual parameters among them. The forest's grid is tried beside them. */
  readonly candidates: number;
  readonly finished: (name: string) => readonly Trial<unknown>[];
  readonly keep: (name: string, trial: Trial<unknown>) => void;
  readonly progress: (done: number, total: number, doing: string) => void;
}

export interface TuneOptions {
  readonly seed: number;
  readonly maxRows: number;
  /** The usual parameters, which a search begins with. */
  readonly boosting: BoostingParams;
  readonly forest: ForestParams;
  readonly clock: Clock;
}

/** A candidate of a finished search: its parameters and its error on each fold. */
export interface SearchRow {
  readonly search: string;
  readonly candidate: number;
  readonly chosen: boolean;
  readonly parameters: string;
  readonly fold: string;
  readonly error: number;
}

export interface Tuned {
  /** By name: learners with the parameters that were found. */
  readonly learners: ReadonlyMap<string, Learner>;
  readonly rows: readonly SearchRow[];
}

/**
 * Bounded, so that a prediction with its SHAP values still takes a few milliseconds. One member is tried of each,
 * which costs a third of three; the best is then fitted with as many as usual.
 */
const BOOSTING_SPACE: Space<BoostingParams> = {
  trees: { from: 100, to: 300, whole: true },
  learningRate: { from: 0.03, to: 0.15, log: true },
  maxLeaves: { from: 6, to: 24, whole: true },
  minLeaf: { from: 10, to: 60, log: true, whole: true },
  lambda: { from: 0.3, to: 10, log: true },
  rowsPerTree: { from: 0.5, to: 0.9 },
  featuresPerTree: { from: 0.2, to: 0.7 },
};

const FOREST_SPACE: Space<ForestParams> = { maxDepth: [6, 8, 10], featuresPerSplit: [1 / 3, 1 / 2] };

/**
 * Chooses the trees' parameters by time-ordered cross-validation inside `known`, the films that the first judging
 * fold learns from: no film that a model is later judged on has a say. Too few years among them: nothing is tuned.
 */
export function tuneTrees(
  sample: FilmSample,
  known: Int32Array,
  { candidates, finished, keep, progress }: Tuning,
  { seed, maxRows, boosting, forest, clock }: TuneOptions,
): Tuned {
  const inside = takeFilms(sample, known);
  const years = inside.films.map(({ year }) => year);
  const folds = yearFolds(
    years,
    years.reduce((last, year) => Math.max(last, year), -Infinity),
  );
  const learners = new Map<string, Learner>();
  const rows: SearchRow[] = [];
  if (folds.length === 0) return { learners, rows };

  // Features are built once for all candidates, and not at all where every candidate was scored before.
  const trainings = new Map<Int32Array, Training>();
  const trainingOf = (at: Int32Array): Training => {
    const training = trainings.get(at) ?? prepare(takeFilms(inside, at), maxRows, seed);
    trainings.set(at, training);
    return training;
  };
  const errorsOf = (learner: Learner): number[] =>
    crossValidate(
      folds,
      (at) => ({ x: at, y: Float64Array.from(at, (i) => inside.measures[0]![i]!) }),
      (at) => {
        const training = trainingOf(at);
        const answer = learner.fit(training, seed);
        return {
          predict: (tests) =>
            answer.predict({
              films: Array.from(tests, (i) => inside.films[i]!),
              knowledge: training.knowledge,
            }),
        };
      },
      rmse,
    );
  const forests = grid(forest, FOREST_SPACE);
  const boosters = randomCandidates(boosting, BOOSTING_SPACE, candidates, `${seed}/boosting`);
  const total = forests.length + boosters.length;
  const tune = <Params>(
    name: string,
    before: number,
    tried: readonly Params[],
    learnerOf: (params: Params) => Learner,
    triedOf = learnerOf,
  ): void => {
    const trials = search(
      tried,
      (params) => {
        const place = before + tried.indexOf(params);
        progress(place, total, `candidate ${place + 1} of ${total}`);
        return errorsOf(triedOf(params));
      },
      {
        clock,
        finished: finished(name) as readonly Trial<Params>[],
        onTrial: (trial) => keep(name, trial),
      },
    );
    const best = bestTrial(trials);
    learners.set(name, learnerOf(best.params));
    for (const { at, params, errors } of trials)
      errors.forEach((error, f) =>
        rows.push({
          search: name,
          candidate: at + 1,
          chosen: at === best.at,
          parameters: JSON.stringify(params),
          fold: folds[f]!.name,
          error,
        }),
      );
  };
  tune('forest', 0, forests, forestLearner);
  tune('boosting', forests.length, boosters, boostingLearner, (params) =>
    boostingLearner({ ...params, members: 1 }),
  );

  return { learners, rows };
}
