import { describe, expect, it } from 'vitest';
import { NotThisModel, type Estimator } from '../../models/estimator.js';
import {
  budgetBaseline,
  directorBaseline,
  genreBaseline,
  meanBaseline,
} from '../../models/films/baselines.js';
import { prepare } from '../../models/films/knowledge.js';
import { filmNetwork } from '../../models/films/network.js';
import { BOOSTING, boostingLearner, FOREST, forestLearner } from '../../models/films/trees.js';
import { combination } from '../../models/forecast/forecaster.js';
import { COMBINATIONS, forecasters } from '../../models/forecast/models.js';
import { panelAt } from '../../models/forecast/panel.js';
import { INDEX } from '../../models/forecast/series.js';
import { forest50, forest50Params } from '../../models/forest50.js';
import { openEngine } from '../../models/networks/backend.js';
import { bayesianFactors } from '../../models/personal/bayes.js';
import { biasBaseline, meanRating } from '../../models/personal/bias.js';
import { blend } from '../../models/personal/blend.js';
import { FAMILIES } from '../../models/personal/candidates.js';
import { biasedFactors, svdPlusPlus } from '../../models/personal/descent.js';
import { itemNeighbours } from '../../models/personal/neighbours.js';
import { ratingsOf } from '../../models/personal/ratings.js';
import { lastPopularity, meanPopularity } from '../../models/popularityBaselines.js';
import { boosting } from '../../models/trees/boosting.js';
import { forest } from '../../models/trees/forest.js';
import { plantRatings } from './personal/planted.js';
import { noise, plantedFilms, plantedTrends } from './planted.js';

/** One model with something to learn from and something to ask. */
interface Case {
  readonly name: string;
  readonly model: Estimator<unknown, unknown, unknown, unknown>;
  readonly data: unknown;
  readonly question: unknown;
  /** Whether the seed has a say. */
  readonly random: boolean;
}

const of = <Data, Question>(
  group: string,
  models: readonly Estimator<Data, Question, unknown, unknown>[],
  data: Data,
  question: Question,
  random: readonly string[],
): Case[] =>
  models.map((model) => ({
    name: `${group}: ${model.name}`,
    model: model as unknown as Case['model'],
    data,
    question,
    random: random.some((name) => model.name.startsWith(name)),
  }));

const engine = await openEngine('wasm');
const wandering = plantedTrends(6, 25, (before, _g, _t, draw) => Math.max(0.05, before + 0.03 * noise(draw)));
const panel = panelAt(wandering, 2020, 1990);
const single = forecasters({ series: INDEX, horizon: 3, engine });
const films = prepare(plantedFilms(250, 1), 1000, 1);
const planted = plantRatings('estimators', 40, 30);
const descent = { factors: 3, rounds: 3, step: 0.02, decay: 0.9, biasWeight: 0.02, factorWeight: 0.05 };
const chain = { factors: 2, burnIn: 2, draws: 4, thin: 2 };

const CASES: readonly Case[] = [
  ...of(
    'trees',
    [forest({ ...FOREST, trees: 5 }), boosting({ ...BOOSTING, trees: 5 })],
    { table: films.table, values: films.values },
    films.table,
    ['forest', 'boosting'],
  ),
  ...of(
    'films',
    [
      meanBaseline,
      genreBaseline,
      directorBaseline,
      budgetBaseline,
      forestLearner({ ...FOREST, trees: 5 }),
      boostingLearner({ ...BOOSTING, trees: 5 }),
      filmNetwork(engine),
    ],
    films,
    films,
    ['forest', 'boosting', 'network'],
  ),
  ...of(
    'popularity',
    [meanPopularity, lastPopularity, forest50({ ...forest50Params, trees: 5 })],
    wandering,
    [
      { genre: 'Genre 1', year: 2021 },
      { genre: 'Genre 9', year: 2021 },
    ],
    ['forest50'],
  ),
  ...of(
    'forecast',
    [...single, ...Object.entries(COMBINATIONS).map(([name, centre]) => combination(name, single, centre))],
    panel,
    3,
    ['lag', 'forest50', 'combination'],
  ),
  ...of(
    'personal',
    [
      meanRating,
      biasBaseline,
      biasedFactors(descent),
      svdPlusPlus(descent),
      itemNeighbours({ neighbours: 5, shrinkage: 10 }),
      bayesianFactors(chain),
      blend([biasBaseline, svdPlusPlus(descent), bayesianFactors(chain)]),
    ],
    ratingsOf(planted, planted.users, planted.items),
    planted,
    ['biased', 'SVD++', 'Bayesian', 'blend'],
  ),
];

describe.each(CASES)('$name', ({ model, data, question, random }) => {
  const fitted = model.fit(data, 1);
  const text = JSON.stringify(fitted);

  it('is the same to the last byte for the same data and seed', () => {
    expect(JSON.stringify(model.fit(data, 1))).toBe(text);
  });

  it(random ? 'is another for another seed' : 'has nothing random in it', () => {
    expect(JSON.stringify(model.fit(data, 2)) === text).toBe(!random);
  });

  it('returns from its text with the same answers bit for bit, and to the same text', () => {
    const again = model.read(JSON.parse(text));
    expect(again.predict(question)).toEqual(fitted.predict(question));
    expect(JSON.stringify(again)).toBe(text);
  });

  it('answers twice the same', () => {
    expect(fitted.predict(question)).toEqual(fitted.predict(question));
  });

  it('has parameters that are plain data', () => {
    expect(JSON.parse(JSON.stringify(model.params ?? {}))).toEqual(model.params ?? {});
  });

  it('refuses what another kind of model wrote, and says what to do', () => {
    for (const other of [{ kind: 'a stone' }, {}, null]) {
      const read = (): unknown => model.read(other);
      expect(read).toThrow(NotThisModel);
      expect(read).toThrow(/was expected, but this is .*: train it again/);
    }
  });
});

it('covers every model that a task chooses among', () => {
  const tested = new Set(CASES.map(({ model }) => model.name));
  for (const { name } of FAMILIES) expect(tested).toContain(name);
  for (const { name } of single) expect(tested).toContain(name);
});

it('a forecaster of lags says how far it can look', () => {
  const lagged = single.find(({ name }) => name === 'lag forest')!.fit(panel, 1);
  expect(() => lagged.predict(4)).toThrow('fitted for 3 years ahead and cannot look 4 ahead');
});
