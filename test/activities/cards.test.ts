import { describe, expect, it } from 'vitest';
import { cardOf, type CardInput } from '../../activities/card.js';
import type { ModelReport } from '../../models/report.js';

const report = (name: string, rmse: number, served: boolean): ModelReport => ({
  name,
  task: 'rating',
  trainedAt: '2026-01-02T03:04:05.000Z',
  served,
  rows: 900,
  seconds: 1.25,
  backend: 'TypeScript',
  parameters: served ? { trees: 200 } : {},
  ...(served ? { importance: { genres: 0.4, runtime: 0.1 } } : {}),
  metrics: [{ name: 'RMSE', value: rmse, baseline: 'mean', baselineValue: 1.1 }],
});

const input: CardInput = {
  task: 'rating',
  reports: [report('mean', 1.1, false), report('forest', 0.81, false), report('boosting', 0.79, true)],
  backtest: [
    { model: 'boosting', actual: 6, predicted: 6.5, lower: 5, upper: 8 },
    { model: 'boosting', actual: 3, predicted: 5.5, lower: 4, upper: 7 },
    { model: 'mean', actual: 6, predicted: 6, lower: null, upper: null },
  ],
  catalogue: 'sample',
  synthetic: false,
  asOf: '2015-12-31',
  data: 'd4d4',
  version: '0.1.0',
  code: 'c0de',
  seed: 7,
  before: { task: 'rating', snapshot: 'sample/1', model: 'forest', recorded: 0.75 },
};

const pictures = (card: string): string[] =>
  [...card.matchAll(/base64,([^)]*)\)/g)].map((match) => Buffer.from(match[1]!, 'base64').toString());

describe('the card of a model', () => {
  const card = cardOf(input);

  it('says what is served, what it was made from and every candidate on the same folds', () => {
    expect(card).toContain('# rating: boosting');
    for (const fact of ['data version: d4d4', 'code version: 0.1.0, c0de', 'seed: 7', 'trees 200'])
      expect(card).toContain(fact);
    expect(card).toContain('| **boosting** (served) | 0.79 | mean | 1.1 |');
    expect(card).toContain('| forest | 0.81 | mean | 1.1 |');
  });

  it('puts the model served before on these folds, apart from what was recorded then', () => {
    expect(card).toContain('Served before, in sample/1: forest, RMSE 0.75 on the folds of that snapshot.');
    expect(card).toContain('fitted inside the folds of this snapshot: 0.81. Served now: boosting, 0.79.');
    expect(cardOf({ ...input, before: null })).toContain('No earlier snapshot');
    const gone = { ...input.before!, model: 'network' };
    expect(cardOf({ ...input, before: gone })).toContain('It is no candidate any more.');
  });

  it('draws agreement, calibration and importance of the served model alone', () => {
    const [agreement, calibration, importance] = pictures(card);
    expect(agreement!.match(/<circle/g)).toHaveLength(2);
    // One of two rows inside its interval.
    expect(calibration).toContain('<circle');
    expect(importance).toContain('genres');
    expect(importance!.indexOf('genres')).toBeLessThan(importance!.indexOf('runtime'));
  });

  it('stands without any model too', () => {
    const none = { ...report('none: 3 films; 50 are needed', NaN, false), metrics: [], rows: 0 };
    expect(cardOf({ ...input, reports: [none], backtest: [], before: null })).toContain(
      '# rating: none: 3 films; 50 are needed',
    );
  });

  it('marks synthetic films', () => {
    expect(cardOf({ ...input, synthetic: true })).toContain('Synthetic data');
  });
});
