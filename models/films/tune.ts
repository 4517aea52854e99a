import { rmse } from '../metrics.js';
import type { Clock } from '../report.js';
import { crossValidate, grid, randomCandidates, type Space } from '../search.js';
import type { BoostingParams } from '../trees/boosting.js';
import type { ForestParams } from '../trees/forest.js';
import { searcher, type SearchRow, type Tuning } from '../tuning.js';
import type { Learner } from './answer.js';
import { yearFolds } from './folds.js';
import { prepare, takeFilms, type FilmSample, type Training } from './knowledge.js';
import { boostingLearner, forestLearner } from './trees.js';

export interface TuneOptions {
  readonly seed: number;
  readonly maxRows: number;
  /** The usual parameters, which a search begins with. */
  readonly boosting: BoostingParams;
  readonly forest: ForestParams;
  readonly clock: Clock;
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
  tuning: Tuning,
  { seed, maxRows, boosting, forest, clock }: TuneOptions,
): Tuned {
  const inside = takeFilms(sample, known);
  const years = inside.films.map(({ year }) => year);
  const folds = yearFolds(
    years,
    years.reduce((last, year) => Math.max(last, year), -Infinity),
  );
  if (folds.length === 0) return { learners: new Map(), rows: [] };

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
  const boosters = randomCandidates(boosting, BOOSTING_SPACE, tuning.candidates, `${seed}/boosting`);
  const run = searcher(
    tuning,
    folds.map(({ name }) => name),
    forests.length + boosters.length,
    clock,
  );
  const grown = run({
    name: 'forest',
    candidates: forests,
    score: (params) => errorsOf(forestLearner(params)),
  });
  const boosted = run({
    name: 'boosting',
    candidates: boosters,
    score: (params) => errorsOf(boostingLearner({ ...params, members: 1 })),
  });
  return {
    learners: new Map([
      ['forest', forestLearner(grown.best)],
      ['boosting', boostingLearner(boosted.best)],
    ]),
    rows: [...grown.rows, ...boosted.rows],
  };
}
