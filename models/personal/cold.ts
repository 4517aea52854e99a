import { rmse } from '../metrics.js';
import { seededRandom } from '../random.js';
import { metric, type Metric } from '../report.js';
import { holdout } from '../splits.js';
import type { BayesLearner } from './bayes.js';
import { pairsOf, ratingsOf } from './ratings.js';
import { personalJson, readTables } from './file.js';
import { PersonalModel, STARS } from './served.js';
import type { PersonalData } from './train.js';

/** Share of the films whose every rating is held out. */
const FILMS = 0.1;

/**
 * Cold start: a tenth of the films lose all their ratings and are predicted from their traits, for each person who
 * rated them, beside that person's own mean pulled to everybody's. RMSE in 0-10.
 */
export function judgeCold(data: PersonalData, learner: BayesLearner, seed: number): Metric[] {
  const { ratings, userIds, films } = data;
  const split = holdout(films.at.length, FILMS, seededRandom(`${seed}/cold films`));
  const coldId = new Map(Array.from(split.test, (i) => [films.at[i]!, films.ids[i]!]));
  const all = pairsOf(ratings);
  const rows = Int32Array.from({ length: ratings.size }, (_, r) => r);
  const train = ratingsOf(
    all,
    ratings.users,
    ratings.items,
    rows.filter((r) => !coldId.has(ratings.itemOf[r]!)),
  );
  const warm = {
    ids: split.train.map((i) => films.ids[i]!),
    at: split.train.map((i) => films.at[i]!),
    traits: Array.from(split.train, (i) => films.traits[i]!),
  };
  const model = new PersonalModel(
    readTables(personalJson('', learner.fit(train, seed), train, userIds, warm)),
  );
  const traits = new Map(Array.from(films.ids, (id, i) => [id, films.traits[i]!]));
  const actual: number[] = [];
  const predicted: number[] = [];
  const means: number[] = [];
  for (let user = 0; user < ratings.users; user++) {
    const own = rows
      .subarray(ratings.userStart[user]!, ratings.userStart[user + 1]!)
      .filter((r) => coldId.has(ratings.itemOf[r]!));
    if (own.length === 0) continue;
    const taste = model.taste(model.ratingsOf(userIds[user]!)!, (id) => traits.get(id) ?? null);
    const values = train.values.subarray(train.userStart[user]!, train.userStart[user + 1]!);
    const mean = (values.reduce((sum, value) => sum + value, 0) + PULL * train.mean) / (values.length + PULL);
    for (const r of own) {
      actual.push(STARS * ratings.values[r]!);
      predicted.push(taste.predict(coldId.get(ratings.itemOf[r]!)!)!);
      means.push(STARS * mean);
    }
  }
  return [
    metric('RMSE on films without ratings', rmse(actual, predicted), 'own mean', rmse(actual, means)),
    metric('films without ratings tested', coldId.size),
  ];
}

/** Ratings' worth of pull of a person's mean to everybody's. */
const PULL = 5;
