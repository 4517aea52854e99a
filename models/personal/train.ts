import { mae, rmse } from '../metrics.js';
import { seededRandom } from '../random.js';
import { metric, untrained, type Clock, type Metric, type ReportDraft } from '../report.js';
import { holdout } from '../splits.js';
import { BAYES_NAME } from './bayes.js';
import { biasBaseline, meanRating } from './bias.js';
import { BAYES_FAMILY, chooseSetting, FAMILIES, type Family } from './candidates.js';
import { judgeCold } from './cold.js';
import { untrainedPersonal, type UntrainedPersonal } from './loading.js';
import { inScale, type PersonalLearner } from './model.js';
import { pairsOf, ratingsOf, type RatedPairs, type Ratings } from './ratings.js';
import { personalJson, type PersonalJson, type RatedFilms } from './file.js';
import { STARS } from './served.js';

export interface PersonalData {
  readonly ratings: Ratings;
  /** Ids as the source has them, by number. */
  readonly userIds: Int32Array;
  /** Films of the snapshot that somebody rated; others only shape the factors. */
  readonly films: RatedFilms;
}

export interface PersonalOptions {
  readonly seed: number;
  /** With fewer ratings, or fewer films of the snapshot among them, nothing is trained. */
  readonly minRatings: number;
  readonly minFilms: number;
  readonly clock: Clock;
  readonly progress: (done: number, total: number) => void;
}

/** A rating that was held out, 0-10, by each model that was tried on it. `filmId` NaN: not of the snapshot. */
export interface PersonalBacktestRow {
  readonly model: string;
  readonly userId: number;
  readonly filmId: number;
  readonly actual: number;
  readonly predicted: number;
}

export interface PersonalTraining {
  readonly model: PersonalJson | UntrainedPersonal;
  readonly reports: readonly ReportDraft[];
  readonly backtest: readonly PersonalBacktestRow[];
}

/** Share of the ratings that models are judged on. */
const HELD_OUT = 0.2;
/** Held-out ratings that stand in the backtest, at most: those of the first people. */
const MOST_ROWS = 20_000;

/**
 * Judges every kind of model on the same random fifth of the ratings, settings chosen inside the rest, then fits the
 * Bayesian factors to all of them: the only kind that can take in somebody new. They are served when they beat the
 * baselines.
 */
export function trainPersonal(data: PersonalData, options: PersonalOptions): PersonalTraining {
  const { ratings, films } = data;
  const { minRatings, minFilms, seed, clock, progress } = options;
  if (ratings.size < minRatings) return none(`${ratings.size} ratings; ${minRatings} are needed`);
  if (films.ids.length < minFilms)
    return none(`${films.ids.length} rated films are of this snapshot; ${minFilms} are needed`);
  const steps = FAMILIES.length + 2;
  const split = holdout(ratings.size, HELD_OUT, seededRandom(`${seed}/personal`));
  const all = pairsOf(ratings);
  const train = ratingsOf(all, ratings.users, ratings.items, split.train);
  const test = {
    user: split.test.map((r) => all.user[r]!),
    item: split.test.map((r) => all.item[r]!),
    value: Float64Array.from(split.test, (r) => all.value[r]!),
  };
  const judged = FAMILIES.map((family, step): Judged => {
    const began = clock();
    const { at } = chooseSetting(family, train, seed);
    const { learner, label } = family.settings[at]!;
    const predicted = inScale(learner.fit(train, seed).predict(test), ratings);
    progress(step + 1, steps);
    return { family, at, label, learner, predicted, seconds: (clock() - began) / 1000 };
  });
  const errorOf = (predicted: Float64Array): number => STARS * rmse(test.value, predicted);
  const bases = judged.filter(({ learner }) => learner.baseline);
  const bayes = judged.find(({ family }) => family === BAYES_FAMILY)!;
  const served = bases.every((base) => errorOf(bayes.predicted) < errorOf(base.predicted));

  const began = clock();
  const learner = BAYES_FAMILY.settings[bayes.at]!.learner;
  const cold = judgeCold(data, learner, seed);
  progress(steps - 1, steps);
  const model = served
    ? personalJson(BAYES_NAME, learner.fit(ratings, seed), ratings, data.userIds, films)
    : untrainedPersonal(`on held-out ratings nothing beat ${biasBaseline.name}`);
  progress(steps, steps);
  const finalSeconds = (clock() - began) / 1000;

  const reports = judged.map(({ family, label, predicted, seconds }): ReportDraft => {
    const own = family === BAYES_FAMILY;
    const beside = (name: string, measure: typeof rmse): Metric[] =>
      bases
        .filter((base) => base.family !== family)
        .map((base) =>
          metric(
            name,
            STARS * measure(test.value, predicted),
            base.learner.name,
            STARS * measure(test.value, base.predicted),
          ),
        );
    return {
      name: label === '' ? family.name : `${family.name}, ${label}`,
      served: own && served,
      rows: own && served ? ratings.size : train.size,
      seconds: own ? seconds + finalSeconds : seconds,
      metrics: [
        ...beside('RMSE', rmse),
        ...beside('MAE', mae),
        metric('ratings tested', test.value.length),
        ...(own ? cold : []),
      ],
    };
  });
  return { model, reports, backtest: backtestOf(judged, test, data) };
}

/** A family's best setting, and what it says of the held-out ratings, 0.5-5. */
interface Judged {
  readonly family: Family;
  /** Which of the family's settings. */
  readonly at: number;
  readonly label: string;
  readonly learner: PersonalLearner;
  readonly predicted: Float64Array;
  readonly seconds: number;
}

/** The ratings of the first people by every model but the mean of all. */
function backtestOf(
  judged: readonly Judged[],
  test: RatedPairs,
  { userIds, films }: PersonalData,
): PersonalBacktestRow[] {
  const filmOf = new Map(Array.from(films.at, (item, i) => [item, films.ids[i]!]));
  const shown = Math.min(MOST_ROWS, test.value.length);
  return judged
    .filter(({ learner: { name } }) => name !== meanRating.name)
    .flatMap(({ family, predicted }) =>
      Array.from({ length: shown }, (_, i) => ({
        model: family.name,
        userId: userIds[test.user[i]!]!,
        filmId: filmOf.get(test.item[i]!) ?? NaN,
        actual: STARS * test.value[i]!,
        predicted: STARS * predicted[i]!,
      })),
    );
}

/** What stands in place of a model that there is nothing to train from. */
export function none(reason: string): PersonalTraining {
  return { model: untrainedPersonal(reason), reports: [untrained(reason)], backtest: [] };
}
