import { describe, expect, it } from 'vitest';
import { takeFilms } from '../../models/films/knowledge.js';
import { trainRating } from '../../models/rating.js';
import { remembering, type Kept } from './trials.js';
import { plantedFilms, trainOptions } from './planted.js';

/** Few, because each of the searches fits several hundred models. */
const sample = plantedFilms(260, 1);

/** Trains with a search of 3 random candidates beside the grid's 6; `known`: what an earlier attempt has kept. */
function train(known: readonly Kept[], films = sample, kept: Kept[] = [], mostTrials = Infinity) {
  const said: string[] = [];
  const training = trainRating(films, {
    ...trainOptions,
    progress: (_done, _total, doing) => doing !== undefined && said.push(doing),
    tuning: { candidates: 3, ...remembering(known, kept, mostTrials) },
  });
  return { training, kept, said };
}

describe('a search for the parameters of the film models', () => {
  const whole = train([]);

  it('tries every candidate on every fold, says which it is at, and chooses one of each kind', () => {
    expect(whole.kept.map(({ name, trial }) => `${name} ${trial.at}`)).toEqual([
      ...['forest 0', 'forest 1', 'forest 2', 'forest 3', 'forest 4', 'forest 5'],
      ...['boosting 0', 'boosting 1', 'boosting 2'],
    ]);
    expect(whole.said[0]).toBe('candidate 1 of 9');
    expect(whole.said.at(-1)).toBe('candidate 9 of 9');
    expect(whole.training.search).toHaveLength(9 * 3);
    const chosen = whole.training.search.filter((row) => row.chosen);
    expect(new Set(chosen.map(({ search }) => search))).toEqual(new Set(['forest', 'boosting']));
    const report = whole.training.reports.find(({ name }) => name === 'boosting')!;
    expect(JSON.stringify(report.parameters)).toBe(
      chosen.find(({ search }) => search === 'boosting')!.parameters,
    );
  });

  it('goes on after the last finished candidate, to the same models, byte for byte', () => {
    const kept: Kept[] = [];
    expect(() => train([], sample, kept, 5)).toThrow('killed');
    expect(kept).toHaveLength(5);
    const resumed = train(kept);
    expect(resumed.kept.map(({ name, trial }) => `${name} ${trial.at}`)).toEqual([
      'forest 5',
      'boosting 0',
      'boosting 1',
      'boosting 2',
    ]);
    expect(JSON.stringify(resumed.training)).toBe(JSON.stringify(whole.training));
  });

  it('looks at no film that a model is later judged on', () => {
    const first = Math.min(...whole.training.backtest.map(({ origin }) => origin));
    const before = Int32Array.from(sample.films.keys()).filter((i) => sample.films[i]!.year <= first);
    const known = new Set(before);
    const measures = sample.measures.map((values) => values.map((v, i) => (known.has(i) ? v : 10 - v)));
    const { training } = train([], { ...sample, measures });
    expect(training.search).toEqual(whole.training.search);
    expect(training.backtest).not.toEqual(whole.training.backtest);
  });

  it('is left out where the films span too few years', () => {
    const { year } = sample.films[0]!;
    const few = Int32Array.from(sample.films.keys()).filter((i) => sample.films[i]!.year <= year + 1);
    expect(train([], takeFilms(sample, few)).training.search).toEqual([]);
  });
});
