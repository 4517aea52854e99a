import { describe, expect, it } from 'vitest';
import { aucByTimes, bootstrapIntervals, f1ByTimes, type Interval } from '../../models/bootstrap.js';
import { permutationImportance } from '../../models/films/importance.js';
import { prepare, takeFilms } from '../../models/films/knowledge.js';
import { BOOSTING, boostingLearner, FOREST, forestLearner } from '../../models/films/trees.js';
import { auc, f1, r2 } from '../../models/metrics.js';
import { seededRandom } from '../../models/random.js';
import { timeSplit } from '../../models/splits.js';
import { plantedFilms } from './planted.js';

const sample = plantedFilms(1500, 1);
const fold = timeSplit(
  sample.films.map(({ year }) => year),
  2005,
  2010,
);
const tests = Array.from(fold.test, (i) => sample.films[i]!);
const actual = Float64Array.from(fold.test, (i) => sample.measures[0]![i]!);
const small = { ...BOOSTING, trees: 60 };

describe.each([forestLearner({ ...FOREST, trees: 20 }), boostingLearner(small)])('$name', (learner) => {
  const skill = (measures: typeof sample.measures) => {
    const training = prepare(takeFilms({ ...sample, measures }, fold.train), Infinity, 1);
    return r2(actual, learner.fit(training, 1).predict({ films: tests, knowledge: training.knowledge }));
  };

  it('shows skill on what there is to learn, and none when the target is shuffled', () => {
    expect(skill(sample.measures)).toBeGreaterThan(0.5);
    const random = seededRandom('shuffled');
    const shuffled = sample.measures[0]!.slice();
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    expect(skill([shuffled, ...sample.measures.slice(1)])).toBeLessThan(0.02);
  });
});

it('the input that makes the difference has all the importance', () => {
  const training = prepare(takeFilms(sample, fold.train), Infinity, 1);
  const answer = boostingLearner(small).fit(training, 1);
  const importance = permutationImportance(
    tests,
    actual,
    (films) => answer.predict({ films, knowledge: training.knowledge }),
    1,
  );
  const [first, second] = [...importance].sort(([, a], [, b]) => b - a);
  expect(first![0]).toBe('directors');
  expect(first![1]).toBeGreaterThan(10 * Math.abs(second![1]));
});

describe('bootstrap intervals', () => {
  const random = seededRandom('bootstrap');
  const labels = Float64Array.from({ length: 300 }, () => (random() < 0.4 ? 1 : 0));
  const score = labels.map((label) => Math.round(4 * (label + 2 * random())));
  const called = score.map((value) => (value > 6 ? 1 : 0));
  const once = new Uint16Array(300).fill(1);

  it('are of the same AUC and F1 as without weights', () => {
    expect(aucByTimes(labels, score)(once)).toBeCloseTo(auc(labels, score), 12);
    expect(f1ByTimes(labels, called)(once)).toBeCloseTo(f1(labels, called), 12);
  });

  it('of a mean are as wide as its standard error says', () => {
    const values = Float64Array.from({ length: 400 }, () => random());
    const mean = (times: ArrayLike<number>) =>
      values.reduce((sum, value, i) => sum + value * times[i]!, 0) / 400;
    const [{ lower, upper }] = bootstrapIntervals(400, [mean], 0.95, 1, 2000) as [Interval];
    const width = 2 * 1.96 * Math.sqrt(1 / 12 / 400);
    expect(upper - lower).toBeGreaterThan(0.85 * width);
    expect(upper - lower).toBeLessThan(1.15 * width);
    expect(lower).toBeLessThan(mean(new Uint16Array(400).fill(1)));
  });

  it('are unknown where the measure is', () => {
    expect(bootstrapIntervals(3, [() => NaN], 0.95, 1)).toEqual([{ lower: NaN, upper: NaN }]);
  });
});
