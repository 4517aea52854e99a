import { describe, expect, it } from 'vitest';
import { loadRatingModel } from '../../models/loading.js';
import { filmNetwork } from '../../models/films/network.js';
import { planFilm } from '../../models/films/film.js';
import { prepare } from '../../models/films/knowledge.js';
import { readAnswer } from '../../models/films/trees.js';
import { r2, rmse } from '../../models/metrics.js';
import { openEngine } from '../../models/networks/backend.js';
import { trainRating } from '../../models/rating.js';
import { seededRandom } from '../../models/random.js';
import { plantedFilms, trainOptions } from './planted.js';

const engine = await openEngine('wasm');
const learner = filmNetwork(engine);
const sample = plantedFilms(400, 1);
const training = prepare(sample, 60_000, 1);
const answer = learner.fit(training, 1);
const later = plantedFilms(60, 1, 0.3, 2).films;

describe('the network of films', () => {
  const { model, reports } = trainRating(sample, { ...trainOptions, networks: [learner] });
  const report = reports.find(({ name }) => name === 'network')!;

  it('stands among the candidates on the same folds, with its backend, and beats the mean', () => {
    expect(report.backend).toBe('TensorFlow.js, wasm');
    const error = report.metrics.find(({ name, baseline }) => name === 'RMSE' && baseline === 'mean')!;
    expect(error.value).toBeLessThan(0.7 * error.baselineValue!);
    expect(reports.filter(({ served }) => served)).toHaveLength(1);
    expect(loadRatingModel(JSON.stringify(model)).trained).toBe(true);
  });

  it('answers from its text as it did when it was trained, without TensorFlow', () => {
    const again = readAnswer(JSON.parse(JSON.stringify(answer.toJSON())));
    expect(again.predict({ films: later, knowledge: training.knowledge })).toEqual(
      answer.predict({ films: later, knowledge: training.knowledge }),
    );
    expect(JSON.stringify(again.toJSON())).toBe(JSON.stringify(answer.toJSON()));
  });

  it('is the same text for the same seed', () => {
    expect(JSON.stringify(learner.fit(training, 1).toJSON())).toBe(JSON.stringify(answer.toJSON()));
  });

  it('explains a film by effects that sum to the answer, the director’s largest', () => {
    const said = answer.predict({ films: later, knowledge: training.knowledge });
    later.forEach((film, i) => {
      const { average, effects } = answer.explain(film, training.knowledge);
      expect([...effects.values()].reduce((a, b) => a + b, average)).toBeCloseTo(said[i]!, 5);
    });
    const { effects } = answer.explain(later[0]!, training.knowledge);
    const by = later.map((one) => answer.explain(one, training.knowledge).effects);
    const size = (topic: string): number =>
      by.reduce((total, one) => total + Math.abs(one.get(topic as 'directors')!), 0);
    for (const topic of effects.keys())
      if (topic !== 'directors') expect(size(topic)).toBeLessThan(size('directors'));
  });

  it('answers for a film of which only the year is known', () => {
    const [value] = answer.predict({
      films: [planFilm({ genres: [], year: 2012 })],
      knowledge: training.knowledge,
    });
    expect(value).toBeGreaterThan(3);
    expect(value).toBeLessThan(9);
  });

  it('finds nothing where the ratings are shuffled', () => {
    const random = seededRandom('shuffled');
    const values = sample.measures[0]!.slice();
    for (let i = values.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [values[i], values[j]] = [values[j]!, values[i]!];
    }
    const shuffled = { ...sample, measures: [values, sample.measures[1]!] };
    const learned = prepare(
      {
        ...shuffled,
        films: sample.films.slice(0, 300),
        measures: shuffled.measures.map((m) => m.slice(0, 300)),
      },
      60_000,
      1,
    );
    const tests = sample.films.slice(300);
    const predicted = learner.fit(learned, 1).predict({ films: tests, knowledge: learned.knowledge });
    const actual = values.slice(300);
    expect(r2(actual, predicted)).toBeLessThan(0.05);
    expect(rmse(actual, predicted)).toBeGreaterThan(0);
  });
});
