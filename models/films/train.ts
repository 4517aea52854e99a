import { metric, untrained, type Clock, type Metric, type ReportDraft } from '../report.js';
import type { BoostingParams } from '../trees/boosting.js';
import type { ForestParams } from '../trees/forest.js';
import type { SearchRow, Tuning } from '../tuning.js';
import type { Learner } from './answer.js';
import { yearFolds } from './folds.js';
import { permutationImportance } from './importance.js';
import { best, judge, sortedErrors, type Judgement } from './judge.js';
import { historyOf, prepare, type FilmSample } from './knowledge.js';
import { tuneTrees } from './tune.js';
import { FilmModel, untrainedJson, type FilmModelJson, type FilmTask } from './model.js';

export interface TrainOptions {
  readonly seed: number;
  /** Fewer films than this, and nothing is trained. */
  readonly minFilms: number;
  /** Rows that trees are fitted to, at most; all films tell of later ones. */
  readonly maxRows: number;
  readonly level: number;
  /** Settings of the trees, e.g. from a search. */
  readonly boosting: BoostingParams;
  readonly forest: ForestParams;
  /** Last year that models are judged on. */
  readonly dataYear: number | null;
  /** Beside the task's own learners: they need an engine, which the edge opens. */
  readonly networks?: readonly Learner[];
  readonly clock: Clock;
  readonly progress: (done: number, total: number, doing?: string) => void;
  /** Null: the trees have their usual parameters. */
  readonly tuning: Omit<Tuning, 'progress'> | null;
}

export interface FilmTraining {
  readonly model: FilmModelJson;
  readonly backtest: readonly BacktestRow[];
  readonly reports: readonly ReportDraft[];
  /** Every candidate of the searches, where there were any. */
  readonly search: readonly SearchRow[];
}

/** A tested film. `origin` is the last year that its model knew. Unknown: NaN. */
export interface BacktestRow {
  readonly model: string;
  readonly origin: number;
  readonly filmId: number;
  readonly year: number;
  readonly actual: number;
  readonly predicted: number;
  readonly lower: number;
  readonly upper: number;
  readonly probability: number;
}

/** What a task makes of its judgements. */
export interface TaskRules {
  readonly task: FilmTask;
  readonly learners: readonly Learner[];
  readonly threshold: (row: number) => number;
  readonly metrics: (of: Judgement, all: readonly Judgement[]) => readonly Metric[];
}

/** Films of a fold that models are judged on: the error of ten thousand is known to a hundredth of itself. */
const MOST_TESTED = 10_000;

/** Films whose explanations are averaged. */
const MOST_EXPLAINED = 100;

/** Films that exchange their inputs to tell what an input is worth. */
const MOST_SHUFFLED = 5000;

/** An interval needs no more errors than this to be as fine as it can be read. */
const MAX_ERRORS = 2001;

/**
 * Judges the candidates on later years than they learned from, then fits the best of them to all films. Too few
 * films, or too few years, give an untrained model that says so.
 */
export function trainFilms(sample: FilmSample, rules: TaskRules, options: TrainOptions): FilmTraining {
  const { task } = rules;
  const rows = sample.films.length;
  if (rows < options.minFilms) {
    return nothing(
      task,
      `${rows} films with a known ${task} before the as-of date; ${options.minFilms} are needed`,
    );
  }
  const years = sample.films.map((film) => film.year);
  const last = options.dataYear ?? timeEnd(years);
  const folds = yearFolds(years, last).map((fold) => ({
    ...fold,
    test: Int32Array.from(spread(fold.test, MOST_TESTED)),
  }));
  if (folds.length === 0) {
    return nothing(
      task,
      `the ${rows} films with a known ${task} span too few years to judge a model on later ones`,
    );
  }
  const tuned =
    options.tuning === null
      ? { learners: new Map<string, Learner>(), rows: [] }
      : tuneTrees(sample, folds[0]!.train, { ...options.tuning, progress: options.progress }, options);
  const learners = [
    ...rules.learners.map((learner) => tuned.learners.get(learner.name) ?? learner),
    ...(options.networks ?? []),
  ];
  const total = folds.length * learners.length + 1;
  let done = 0;
  const progress = () => options.progress(++done, total);
  const history = historyOf(sample);
  const { threshold } = rules;
  const judgements = judge(sample, folds, learners, { ...options, history, threshold, progress });
  const chosen = best(judgements);
  const from = options.clock();
  const training = prepare(sample, options.maxRows, options.seed, history);
  const answer = chosen.learner.fit(training, options.seed);
  const seconds = (options.clock() - from) / 1000;
  progress();
  const errors = thin(sortedErrors(chosen.actual, chosen.predicted), MAX_ERRORS);
  const { name } = chosen.learner;
  const model = new FilmModel(task, name, rows, options.level, training.knowledge, answer, errors);
  return {
    model: model.toJSON(),
    backtest: judgements.flatMap((each) =>
      rowsOf(
        each,
        sample,
        folds.map((fold) => originOf(fold.train, years)),
      ),
    ),
    reports: judgements.map((each) => ({
      name: each.learner.name,
      served: each === chosen,
      rows: Math.min(rows, options.maxRows),
      seconds: each.seconds + (each === chosen ? seconds : 0),
      backend: each.learner.backend,
      metrics: [
        ...rules.metrics(each, judgements),
        ...(each === chosen ? permutationMetrics(each, options.seed) : []),
      ],
      parameters: { ...each.learner.params },
      ...(each === chosen ? { importance: importanceOf(model, sample, folds.at(-1)!.test) } : {}),
    })),
    search: tuned.rows,
  };
}

/** Mean absolute effect of each input on the latest tested films, evenly spaced over them. */
function importanceOf(model: FilmModel, { films }: FilmSample, tests: Int32Array): Record<string, number> {
  const shown = spread(tests, MOST_EXPLAINED);
  const sums: Record<string, number> = {};
  for (const at of shown)
    for (const [topic, effect] of model.explain(films[at]!).effects)
      sums[topic] = (sums[topic] ?? 0) + Math.abs(effect) / shown.length;
  return sums;
}

/** Of the inputs, on films of the last fold. */
function permutationMetrics(
  { last: { answer, knowledge, films, actual } }: Judgement,
  seed: number,
): Metric[] {
  const shown = spread(
    films.map((_, i) => i),
    MOST_SHUFFLED,
  );
  const predict = (changed: typeof films) => answer.predict({ films: changed, knowledge });
  const taken = shown.map((i) => films[i]!);
  const outcomes = Float64Array.from(shown, (i) => actual[i]!);
  return [...permutationImportance(taken, outcomes, predict, seed)]
    .sort(([, a], [, b]) => b - a)
    .map(([topic, growth]) => metric(`RMSE more with shuffled ${topic}`, growth));
}

function nothing(task: FilmTask, reason: string): FilmTraining {
  return { model: untrainedJson(task, reason), backtest: [], reports: [untrained(reason)], search: [] };
}

function rowsOf(judgement: Judgement, { ids, films }: FilmSample, origins: readonly number[]): BacktestRow[] {
  return Array.from(judgement.at, (film, i) => ({
    model: judgement.learner.name,
    origin: origins[judgement.fold[i]!]!,
    filmId: ids[film]!,
    year: films[film]!.year,
    actual: judgement.actual[i]!,
    predicted: judgement.predicted[i]!,
    lower: judgement.lower[i]!,
    upper: judgement.upper[i]!,
    probability: judgement.chance[i]!,
  }));
}

function originOf(train: Int32Array, years: readonly number[]): number {
  return train.reduce((latest, i) => Math.max(latest, years[i]!), -Infinity);
}

function timeEnd(years: readonly number[]): number {
  return years.reduce((latest, year) => Math.max(latest, year), -Infinity);
}

/** At most `most` of the values, evenly spaced, in their order. */
function spread(values: ArrayLike<number>, most: number): number[] {
  const step = Math.max(1, Math.ceil(values.length / most));
  return Array.from(values).filter((_, i) => i % step === 0);
}

/** At most `most` values of a sorted array, evenly spaced by rank, both ends kept. */
function thin(sorted: Float64Array, most: number): Float64Array {
  if (sorted.length <= most) return sorted;
  return Float64Array.from({ length: most }, (_, i) => {
    return sorted[Math.round((i * (sorted.length - 1)) / (most - 1))]!;
  });
}
