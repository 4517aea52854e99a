import { describe, expect, it } from 'vitest';
import { r2, rmse } from '../../../models/metrics.js';
import { bayesianFactors } from '../../../models/personal/bayes.js';
import { biasBaseline, meanRating } from '../../../models/personal/bias.js';
import { blend } from '../../../models/personal/blend.js';
import { chooseSetting, FAMILIES } from '../../../models/personal/candidates.js';
import { biasedFactors, svdPlusPlus } from '../../../models/personal/descent.js';
import { inScale, type PersonalLearner } from '../../../models/personal/model.js';
import { itemNeighbours } from '../../../models/personal/neighbours.js';
import { ratingsOf, type RatedPairs } from '../../../models/personal/ratings.js';
import { seededRandom } from '../../../models/random.js';
import { holdout } from '../../../models/splits.js';
import { plantRatings, takePairs, type Planted } from './planted.js';

const steps = { factors: 4, rounds: 60, step: 0.02, decay: 0.98, biasWeight: 0.02, factorWeight: 0.05 };
const bayes = bayesianFactors({ factors: 4, burnIn: 20, draws: 40, thin: 2 });
const neighbours = itemNeighbours({ neighbours: 30, shrinkage: 20 });
const learners: readonly PersonalLearner[] = [
  biasedFactors(steps),
  svdPlusPlus(steps),
  neighbours,
  bayes,
  blend([bayes, neighbours]),
];

function judge(
  learner: PersonalLearner,
  planted: Planted,
): { actual: Float64Array; predicted: Float64Array } {
  const { train, test } = holdout(planted.value.length, 0.2, seededRandom('split'));
  const ratings = ratingsOf(planted, planted.users, planted.items, train);
  const held = takePairs(planted, test);
  return { actual: held.value, predicted: inScale(learner.fit(ratings, 1).predict(held), ratings) };
}

const error = (learner: PersonalLearner, planted: Planted): number => {
  const { actual, predicted } = judge(learner, planted);
  return rmse(actual, predicted);
};

describe('a planted low rank', () => {
  const planted = plantRatings('low rank');
  const baseline = error(biasBaseline, planted);

  it('is not in the biases, which still beat the mean', () => {
    expect(baseline).toBeLessThan(error(meanRating, planted));
  });

  it.each(learners.map((learner) => [learner.name, learner] as const))('is found by %s', (_, learner) => {
    expect(error(learner, planted)).toBeLessThan(0.85 * baseline);
  });

  it('is found best by the Bayesian factors, close to its noise', () => {
    expect(error(bayes, planted)).toBeLessThan(0.45);
  });
});

describe('shuffled ratings', () => {
  const planted = plantRatings('shuffled');
  const random = seededRandom('shuffle');
  const value = planted.value.slice();
  for (let i = value.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [value[i], value[j]] = [value[j]!, value[i]!];
  }

  it.each(learners.map((learner) => [learner.name, learner] as const))('show no skill: %s', (_, learner) => {
    const { actual, predicted } = judge(learner, { ...planted, value });
    expect(r2(actual, predicted)).toBeLessThan(0.02);
  });
});

describe('a fit', () => {
  const planted = plantRatings('seeds', 60, 50);
  const ratings = ratingsOf(planted, planted.users, planted.items);
  const bytes = (learner: PersonalLearner, seed: number): string =>
    Buffer.from(learner.fit(ratings, seed).predict(planted).buffer).toString('base64');

  it.each(learners.map((learner) => [learner.name, learner] as const))(
    'of the same seed is the same, byte for byte: %s',
    (_, learner) => {
      expect(bytes(learner, 7)).toBe(bytes(learner, 7));
    },
  );

  it('of another seed is another', () => {
    expect(bytes(bayes, 7)).not.toBe(bytes(bayes, 8));
  });

  it('does not depend on the order in which ratings come', () => {
    const turned: RatedPairs = takePairs(
      planted,
      Int32Array.from(planted.user, (_, row) => planted.user.length - 1 - row),
    );
    const other = ratingsOf(turned, planted.users, planted.items);
    expect(other).toEqual(ratings);
  });

  it('answers for people and films without a rating, as far as it knows', () => {
    const more = ratingsOf(planted, planted.users + 1, planted.items + 1);
    const pairs = { user: Int32Array.of(planted.users, 0), item: Int32Array.of(0, planted.items) };
    for (const learner of learners) {
      for (const value of learner.fit(more, 1).predict(pairs)) expect(value).toBeGreaterThan(0);
    }
  });
});

describe('settings', () => {
  it('are chosen among those of the family, by ratings that were held out', () => {
    const planted = plantRatings('settings', 60, 50);
    const family = FAMILIES.find(({ name }) => name === 'film neighbours')!;
    const { at, tried } = chooseSetting(family, ratingsOf(planted, planted.users, planted.items), 1);
    expect(tried).toHaveLength(family.settings.length);
    expect(tried[at]!.rmse).toBe(Math.min(...tried.map((one) => one.rmse)));
  });
});
