import { describe, expect, it } from 'vitest';
import { rmse } from '../../../models/metrics.js';
import { bayesianFactors } from '../../../models/personal/bayes.js';
import { personalModel, readPersonal, untrainedPersonal } from '../../../models/personal/loading.js';
import { ratingsOf } from '../../../models/personal/ratings.js';
import { personalJson } from '../../../models/personal/file.js';
import { STARS } from '../../../models/personal/served.js';
import type { FilmTraits } from '../../../models/personal/traits.js';
import { ModelNotTrained } from '../../../models/prediction.js';
import { plantRatings } from './planted.js';

const planted = plantRatings('served', 80, 90);
/** The last films are held back: nobody's rating of them is seen. */
const COLD = 10;
const rows = Int32Array.from(planted.item, (_, row) => row).filter((row) => planted.item[row]! < 90 - COLD);
const ratings = ratingsOf(planted, 80, 90, rows);
const fit = bayesianFactors({ factors: 3, burnIn: 20, draws: 60, thin: 2 }).fit(ratings, 1);
const at = Int32Array.from({ length: 90 - COLD }, (_, i) => i);
const idOf = (item: number): number => 1000 + item;
/** A trait that tells of the film's level. */
const level = (item: number): number => {
  const rated = planted.value.filter((_, row) => planted.item[row] === item);
  return (2 * rated.reduce((a, b) => a + b, 0)) / rated.length;
};
const traitsOf = (filmId: number): FilmTraits | null =>
  filmId < 1000 || filmId >= 1090
    ? null
    : { genres: ['Drama'], year: 1990 + (filmId % 20), expected: level(filmId - 1000) };
const json = personalJson(
  'Bayesian factors',
  fit,
  ratings,
  Int32Array.from({ length: 80 }, (_, u) => u + 1),
  {
    ids: at.map(idOf),
    at,
    traits: Array.from(at, (item) => traitsOf(idOf(item))!),
  },
);
const model = personalModel(readPersonal(JSON.stringify(json)));

describe('a served personal model', () => {
  it('folds somebody of the data in near what training predicts for them', () => {
    const predicted = fit.predict({ user: ratings.userOf, item: ratings.itemOf });
    const folded: number[] = [];
    const trained: number[] = [];
    for (let user = 0; user < 20; user++) {
      const taste = model.taste(model.ratingsOf(user + 1)!, traitsOf);
      for (let r = ratings.userStart[user]!; r < ratings.userStart[user + 1]!; r++) {
        folded.push(taste.predict(idOf(ratings.itemOf[r]!))!);
        trained.push(STARS * Math.min(5, Math.max(0.5, predicted[r]!)));
      }
    }
    expect(rmse(trained, folded)).toBeLessThan(0.25);
  });

  it('keeps the ratings of its people, doubled to 0-10', () => {
    const own = model.ratingsOf(1)!;
    expect(own).toHaveLength(ratings.userStart[1]!);
    expect(own[0]).toEqual({ filmId: idOf(ratings.itemOf[0]!), rating: 2 * ratings.values[0]! });
    expect(model.ratingsOf(999)).toBeNull();
  });

  it('moves with the ratings of someone it has never seen', () => {
    const best = model.taste(model.ratingsOf(3)!, traitsOf).recommend(1)[0]!.filmId;
    const [liked, hated] = [10, 1].map((rating) => model.taste([{ filmId: best, rating }], traitsOf));
    expect(liked!.predict(best)!).toBeGreaterThan(hated!.predict(best)! + 1);
  });

  it('recommends unrated films, best first, in 0-10', () => {
    const own = model.ratingsOf(2)!;
    const found = model.taste(own, traitsOf).recommend(15);
    expect(found).toHaveLength(15);
    expect(found.map(({ filmId }) => filmId)).not.toEqual(
      expect.arrayContaining([expect.toBeOneOf(own.map(({ filmId }) => filmId))]),
    );
    expect(found.map(({ rating }) => rating)).toEqual(
      found.map(({ rating }) => rating).sort((a, b) => b - a),
    );
    for (const { rating } of found) expect(rating).toBeLessThanOrEqual(10);
    expect(model.taste(own, traitsOf).recommend(5, () => false)).toEqual([]);
  });

  it('predicts films that nobody rated from their traits, better than the mean', () => {
    const actual: number[] = [];
    const predicted: number[] = [];
    for (let user = 0; user < 80; user++) {
      const taste = model.taste(model.ratingsOf(user + 1)!, traitsOf);
      planted.user.forEach((one, row) => {
        if (one !== user || planted.item[row]! < 90 - COLD) return;
        actual.push(2 * planted.value[row]!);
        predicted.push(taste.predict(idOf(planted.item[row]!))!);
      });
    }
    expect(rmse(actual, predicted)).toBeLessThan(
      rmse(
        actual,
        actual.map(() => 2 * ratings.mean),
      ),
    );
  });

  it('says nothing of a film of which nothing is known, and takes ratings of such films without harm', () => {
    const taste = model.taste([{ filmId: 5, rating: 9 }], traitsOf);
    expect(taste.predict(5)).toBeNull();
    expect(taste.predict(idOf(1))).toBe(model.taste([], traitsOf).predict(idOf(1)));
  });

  it('is the same text for the same fit, and refuses other texts', () => {
    expect(JSON.stringify(JSON.parse(JSON.stringify(json)))).toBe(JSON.stringify(json));
    for (const other of ['{}', 'null', '{"format":"marquee rating model 1"}'])
      expect(() => readPersonal(other)).toThrow('not a personal model');
    const untrained = readPersonal(JSON.stringify(untrainedPersonal('no ratings')));
    expect(() => personalModel(untrained)).toThrow(new ModelNotTrained('no ratings'));
  });

  it('of another version says that the pipeline is to be run again', () => {
    const old = readPersonal('{"format":"marquee personal model 0","trained":true}');
    expect(() => personalModel(old)).toThrow('run the pipeline again');
  });
});
