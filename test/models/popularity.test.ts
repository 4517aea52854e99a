import { describe, expect, it } from 'vitest';
import { Forest50, type Forest50Json } from '../../models/forest50.js';
import {
  genreYears,
  trainPopularity,
  type PopularFilms,
  type PopularityModelJson,
} from '../../models/popularity.js';
import { seededRandom } from '../../models/random.js';

const options = {
  trees: 50,
  maxDepth: 12,
  testShare: 0.2,
  years: 3,
  seed: 1,
  dataYear: 2010,
  clock: () => 0,
};

/** Films of 1991-2010; an action film is three times as popular as a drama, plus noise. */
function films(count: number): PopularFilms {
  const random = seededRandom('films');
  const action = Array.from({ length: count }, () => random() < 0.5);
  return {
    years: Int32Array.from({ length: count }, (_, i) => 1991 + Math.floor((20 * i) / count)),
    genres: action.map((is) => (is ? ['Action'] : ['Drama'])),
    popularity: Float64Array.from(action, (is) => (is ? 3 : 1) + 0.2 * random()),
  };
}

const trained = (model: PopularityModelJson) => {
  if (!model.trained) throw new Error(model.reason);
  return model;
};

describe('the plain forest', () => {
  const all = films(1000);
  const { model, backtest, reports } = trainPopularity(all, options);
  const json = trained(model).model;
  const report = reports.find(({ name }) => name === 'forest50')!;

  it('has 50 trees and states its RMSE beside the mean, on random films and on the latest years', () => {
    expect(Forest50.fromJSON(json).ensemble.trees).toHaveLength(50);
    for (const name of ['RMSE', 'RMSE, latest years', 'RMSE of min-max normalised popularity']) {
      const metric = report.metrics.find((each) => each.name === name && each.baseline === 'mean')!;
      expect(metric.value!).toBeLessThan(metric.baselineValue! / 3);
    }
  });

  it('implies an index per genre for the three years to come', () => {
    const { implied } = trained(model);
    expect(implied.map(({ genre, year }) => `${genre} ${year}`)).toEqual(
      [2011, 2012, 2013].flatMap((year) => [`Action ${year}`, `Drama ${year}`]),
    );
    const [action, drama] = implied;
    // Trees whose sample lacks one of the two in the last year give both the other's value: the ratio shrinks.
    const ratio = action!.index / drama!.index;
    expect(ratio).toBeGreaterThan(2);
    expect(ratio).toBeLessThan(3.1 / 1.1 + 0.1);
  });

  it('gives indexes relative to all films, not to all film × genre rows', () => {
    const doubled = { ...all, genres: all.genres.map((of) => (of[0] === 'Action' ? ['Action', 'Hit'] : of)) };
    const result = trainPopularity(doubled, options);
    const of = (from: PopularityModelJson) =>
      trained(from).implied.find(({ genre }) => genre === 'Action')!.index;
    expect(of(result.model)).toBeCloseTo(of(model), 1);
  });

  it('returns from JSON bit for bit', () => {
    const again = Forest50.fromJSON(JSON.parse(JSON.stringify(json)) as Forest50Json);
    expect(JSON.stringify(again)).toBe(JSON.stringify(json));
    const rows = [{ genre: 'Action', year: 2001 }];
    expect(again.predict(rows)).toEqual(Forest50.fromJSON(json).predict(rows));
  });

  it('has one served model and a backtest of every model in both splits', () => {
    expect(reports.filter(({ served }) => served)).toHaveLength(1);
    expect(new Set(backtest.map(({ fold, model: name }) => `${fold}: ${name}`)).size).toBe(6);
  });
});

it('genre-years carry number, mean and index', () => {
  const small = {
    years: Int32Array.from([2000, 2000, 2000]),
    genres: [['A'], ['A', 'B'], []],
    popularity: Float64Array.from([1, 3, 2]),
  };
  expect(genreYears(small, Int32Array.from([0, 1, 2]))).toEqual([
    { genre: 'A', year: 2000, films: 2, popularity: 2, index: 1 },
    { genre: 'B', year: 2000, films: 1, popularity: 3, index: 1.5 },
  ]);
});

it.each([
  ['no films', films(0), 2010, 'no year is complete'],
  ['no data year', films(100), null, 'no year is complete'],
  ['a few films', films(9), 2010, '10 are needed'],
  [
    'films without popularity',
    { ...films(100), popularity: new Float64Array(100) },
    2010,
    'no film has a popularity',
  ],
  ['films of one year', { ...films(100), years: new Int32Array(100).fill(2010) }, 2010, 'one year'],
])('%s: nothing is trained and the report says why', (_, data, dataYear, why) => {
  const { model, reports } = trainPopularity(data, { ...options, dataYear });
  expect(model).toMatchObject({ trained: false });
  expect(reports[0]!.name).toContain(why);
});
