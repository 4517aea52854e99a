import { chanceAtLeast } from './conformal.js';
import type { Learner } from './films/answer.js';
import { budgetBaseline, directorBaseline, genreBaseline, meanBaseline } from './films/baselines.js';
import type { PlannedFilm } from './films/film.js';
import type { Judgement } from './films/judge.js';
import type { FilmSample } from './films/knowledge.js';
import type { FilmModel } from './films/model.js';
import { explained, reasonsOf, unknownInputs } from './films/reasons.js';
import { trainFilms, type FilmTraining, type TrainOptions } from './films/train.js';
import { boostingLearner, forestLearner } from './films/trees.js';
import { accuracy, auc, brier, coverage, mae, r2, rmse } from './metrics.js';
import type { MovieInput, RevenuePrediction } from './prediction.js';
import { metric, type Metric } from './report.js';

/** The baselines, and what has to beat them. */
export function revenueLearners({ forest, boosting }: Pick<TrainOptions, 'forest' | 'boosting'>): Learner[] {
  return [
    meanBaseline,
    genreBaseline,
    directorBaseline,
    budgetBaseline,
    forestLearner(forest),
    boostingLearner(boosting),
  ];
}

/**
 * `sample.measures`: [log10 of revenue in US dollars, vote average, log10 of 1 + votes]. Revenue is learned on
 * the log scale, where a film's errors are about as large whether it is small or great.
 */
export function trainRevenue(sample: FilmSample, options: TrainOptions): FilmTraining {
  const budgets = sample.films.map(({ budget }) => (budget === null ? NaN : Math.log10(budget)));
  return trainFilms(
    sample,
    {
      task: 'revenue',
      learners: revenueLearners(options),
      threshold: (row) => budgets[row]!,
      metrics: (of, all) => revenueMetrics(of, all, budgets, options.level),
    },
    options,
  );
}

/** The answer for one film: the revenue that it is as likely to pass as to miss. Reasons as predictRating's. */
export function predictRevenue(model: FilmModel, film: PlannedFilm, input: MovieInput): RevenuePrediction {
  const expected = model.predict(film);
  const answer = {
    revenue: dollars(expected),
    lower: dollars(expected + model.band.lower),
    upper: dollars(expected + model.band.upper),
    level: model.level,
    probabilityProfit:
      film.budget === null ? null : chanceAtLeast(expected, Math.log10(film.budget), model.errors),
    model: model.name,
    unknown: unknownInputs(input, model.knowledge),
  };
  return explained(answer, () => {
    const explanation = model.explain(film);
    return reasonsOf(explanation, input, dollarsPerPower(expected, explanation.average));
  });
}

/**
 * Effects on log10 become dollars that add up to the difference from the average film: each times the
 * logarithmic mean of the two revenues (Ang 2004, the logarithmic mean Divisia index).
 */
function dollarsPerPower(expected: number, average: number): (effect: number) => number {
  const gap = expected - average;
  const mean = Math.abs(gap) < 1e-9 ? Math.LN10 * 10 ** average : (10 ** expected - 10 ** average) / gap;
  return (effect) => Math.round(effect * mean);
}

function revenueMetrics(
  of: Judgement,
  all: readonly Judgement[],
  budgets: readonly number[],
  level: number,
): Metric[] {
  const { at, actual, predicted, chance } = of;
  const baselines = all.filter((base) => base.learner.baseline && base !== of);
  const beside = (name: string, measure: (a: Float64Array, p: Float64Array) => number) =>
    baselines.map((base) =>
      metric(name, measure(actual, predicted), base.learner.name, measure(actual, base.predicted)),
    );
  const covered = (_: number, i: number) => !Number.isNaN(of.lower[i]!);
  const inside = coverage(actual.filter(covered), of.lower.filter(covered), of.upper.filter(covered));
  const judged = (_: number, i: number) => !Number.isNaN(chance[i]!);
  const profit = actual.map((value, i) => (value > budgets[at[i]!]! ? 1 : 0)).filter(judged);
  const chances = chance.filter(judged);
  const likely = chances.map((value) => (value >= 0.5 ? 1 : 0));
  const share = profit.reduce((a, b) => a + b, 0) / profit.length;
  const money = (values: Float64Array) => values.map((value) => 10 ** value);
  return [
    ...beside('RMSE (log10 of US dollars)', rmse),
    ...beside('MAE (log10 of US dollars)', mae),
    metric('R² (log10 of US dollars)', r2(actual, predicted), 'mean', r2(actual, all[0]!.predicted)),
    ...beside('MAE (US dollars)', (a, p) => mae(money(a), money(p))),
    metric('accuracy of profit', accuracy(profit, likely), 'the commoner class', Math.max(share, 1 - share)),
    metric('AUC of profit', auc(profit, chances), 'chance', 0.5),
    metric('Brier score of profit', brier(profit, chances), 'share of profit', share * (1 - share)),
    metric(`coverage of the ${Math.round(level * 100)} % interval`, inside, 'nominal', level),
    metric('films tested', actual.length),
  ];
}

function dollars(power: number): number {
  return Math.round(10 ** power);
}
