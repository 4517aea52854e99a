import { aucByTimes, bootstrapIntervals, f1ByTimes } from './bootstrap.js';
import { chanceAtLeast } from './conformal.js';
import type { Learner } from './films/answer.js';
import { directorBaseline, genreBaseline, meanBaseline } from './films/baselines.js';
import type { PlannedFilm } from './films/film.js';
import type { Judgement } from './films/judge.js';
import type { FilmModel } from './films/model.js';
import { explained, reasonsOf, unknownInputs } from './films/reasons.js';
import { trainFilms, type FilmTraining, type TrainOptions } from './films/train.js';
import { boostingLearner, forestLearner } from './films/trees.js';
import { accuracy, auc, brier, coverage, f1, mae, r2, rmse } from './metrics.js';
import type { MovieInput, RatingPrediction } from './prediction.js';
import { metric, type Metric } from './report.js';
import type { FilmSample } from './films/knowledge.js';

/** A film rated this high or higher is called good: about the best third of TMDB's voted films. */
const GOOD_RATING = 6.5;

/** Of the intervals beside AUC and F1. */
const CONFIDENCE = 0.95;

/** The baselines, and what has to beat them. */
export function ratingLearners({ forest, boosting }: Pick<TrainOptions, 'forest' | 'boosting'>): Learner[] {
  return [meanBaseline, genreBaseline, directorBaseline, forestLearner(forest), boostingLearner(boosting)];
}

/** `sample.measures`: [vote average 0-10, log10 of 1 + votes]. */
export function trainRating(sample: FilmSample, options: TrainOptions): FilmTraining {
  return trainFilms(
    sample,
    {
      task: 'rating',
      learners: ratingLearners(options),
      threshold: () => GOOD_RATING,
      metrics: (of, all) => ratingMetrics(of, all, options.level),
    },
    options,
  );
}

/** The answer for one film. Throws nothing: what the model has never seen stands in `unknown`. */
export function predictRating(model: FilmModel, film: PlannedFilm, input: MovieInput): RatingPrediction {
  const expected = model.predict(film);
  const rating = inScale(expected);
  const answer = {
    rating,
    lower: inScale(expected + model.band.lower),
    upper: inScale(expected + model.band.upper),
    level: model.level,
    good: rating >= GOOD_RATING,
    probabilityGood: chanceAtLeast(expected, GOOD_RATING, model.errors),
    threshold: GOOD_RATING,
    model: model.name,
    unknown: unknownInputs(input, model.knowledge),
  };
  return explained(answer, () => reasonsOf(model.explain(film), input, (effect) => effect));
}

function ratingMetrics(of: Judgement, all: readonly Judgement[], level: number): Metric[] {
  const { actual, predicted, chance } = of;
  const baselines = all.filter((base) => base.learner.baseline && base !== of);
  const beside = (name: string, measure: (a: Float64Array, p: Float64Array) => number) =>
    baselines.map((base) =>
      metric(name, measure(actual, predicted), base.learner.name, measure(actual, base.predicted)),
    );
  const labels = goodOf(actual);
  const share = labels.reduce((a, b) => a + b, 0) / labels.length;
  const judged = labels.filter((_, i) => !Number.isNaN(chance[i]!));
  const chances = chance.filter((value) => !Number.isNaN(value));
  const genre = all.find(({ learner }) => learner === genreBaseline)!;
  const covered = (_: number, i: number) => !Number.isNaN(of.lower[i]!);
  const inside = coverage(actual.filter(covered), of.lower.filter(covered), of.upper.filter(covered));
  return [
    ...beside('RMSE', rmse),
    ...beside('MAE', mae),
    metric('R²', r2(actual, predicted), 'mean', r2(actual, all[0]!.predicted)),
    metric(
      'accuracy of good',
      accuracy(labels, goodOf(predicted)),
      'the commoner class',
      Math.max(share, 1 - share),
    ),
    ...classMetrics(actual, predicted, genre.predicted),
    metric('Brier score of good', brier(judged, chances), 'share of good', share * (1 - share)),
    metric(`coverage of the ${Math.round(level * 100)} % interval`, inside, 'nominal', level),
    metric('good from', GOOD_RATING),
    metric('films tested', actual.length),
  ];
}

/** How well a prediction tells good films from others, with bootstrap intervals, beside calling every film good. */
export function classMetrics(actual: Float64Array, predicted: Float64Array, genre: Float64Array): Metric[] {
  const [labels, called] = [goodOf(actual), goodOf(predicted)];
  const share = labels.reduce((a, b) => a + b, 0) / labels.length;
  const measures = [f1ByTimes(labels, called), aucByTimes(labels, predicted)];
  const [f1s, aucs] = bootstrapIntervals(labels.length, measures, CONFIDENCE, 'good');
  return [
    metric('F1 of good', f1(labels, called), 'all good', (2 * share) / (1 + share)),
    metric('F1 of good, 95 % from', f1s!.lower),
    metric('F1 of good, 95 % to', f1s!.upper),
    metric('AUC of good', auc(labels, predicted), 'genre mean', auc(labels, genre)),
    metric('AUC of good, 95 % from', aucs!.lower),
    metric('AUC of good, 95 % to', aucs!.upper),
  ];
}

function goodOf(values: Float64Array): Float64Array {
  return values.map((value) => (value >= GOOD_RATING ? 1 : 0));
}

function inScale(rating: number): number {
  return Math.min(10, Math.max(0, rating));
}
