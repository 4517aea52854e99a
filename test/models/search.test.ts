import { describe, expect, it } from 'vitest';
import { rmse } from '../../models/metrics.js';
import { seededRandom } from '../../models/random.js';
import {
  bestTrial,
  crossValidate,
  grid,
  meanError,
  randomCandidates,
  search,
  type Trial,
} from '../../models/search.js';
import { kFold } from '../../models/splits.js';

const base = { degree: 1, rate: 0.1, kind: 'a' };

describe('candidates', () => {
  it('of a grid are all combinations, what is left out as in the base', () => {
    expect(grid(base, { degree: [1, 2], kind: ['a', 'b'] })).toEqual([
      { degree: 1, rate: 0.1, kind: 'a' },
      { degree: 1, rate: 0.1, kind: 'b' },
      { degree: 2, rate: 0.1, kind: 'a' },
      { degree: 2, rate: 0.1, kind: 'b' },
    ]);
    expect(() => grid(base, { rate: { from: 0, to: 1 } })).toThrow('a list for rate');
  });

  it('drawn at random begin with the base, stay in the space and are the same for the same seed', () => {
    const space = {
      degree: { from: 1, to: 9, whole: true },
      rate: { from: 0.001, to: 1, log: true },
      kind: ['a', 'b'],
    };
    const drawn = randomCandidates(base, space, 200, 1);
    expect(drawn[0]).toBe(base);
    expect(randomCandidates(base, space, 200, 1)).toEqual(drawn);
    expect(randomCandidates(base, space, 20, 1)).toEqual(drawn.slice(0, 20));
    expect(randomCandidates(base, space, 20, 2)).not.toEqual(drawn.slice(0, 20));
    for (const { degree, rate } of drawn) {
      expect([1, 2, 3, 4, 5, 6, 7, 8, 9]).toContain(degree);
      expect(rate).toBeGreaterThanOrEqual(0.001);
      expect(rate).toBeLessThan(1);
    }
    const small = drawn.filter(({ rate }) => rate < 0.0316).length;
    expect(small).toBeGreaterThan(70);
    expect(small).toBeLessThan(130);
  });
});

describe('a search', () => {
  const candidates = grid(base, { degree: [1, 2, 3, 4] });
  const score = ({ degree }: typeof base) => [Math.abs(degree - 3), 1];
  const clock = () => 0;

  it('finds the least mean error, the earlier of equals', () => {
    const trials = search(candidates, score, { clock });
    expect(trials.map(meanError)).toEqual([1.5, 1, 0.5, 1]);
    expect(bestTrial(trials).params.degree).toBe(3);
    expect(bestTrial(trials.filter(({ at }) => at % 2 === 1)).params.degree).toBe(2);
    expect(() => bestTrial([])).toThrow('at least one candidate');
  });

  it('goes on after the last finished candidate, to the same trials', () => {
    const whole = search(candidates, score, { clock });
    const kept: Trial<typeof base>[] = [];
    let left = 3;
    const cutShort = (params: typeof base) => {
      if (left-- === 0) throw new Error('killed');
      return score(params);
    };
    expect(() => search(candidates, cutShort, { clock, onTrial: (trial) => kept.push(trial) })).toThrow(
      'killed',
    );
    expect(kept).toHaveLength(3);
    const scored: number[] = [];
    const finished = JSON.parse(JSON.stringify(kept)) as typeof kept;
    const resumed = search(candidates, (params) => (scored.push(params.degree), score(params)), {
      clock,
      finished,
    });
    expect(scored).toEqual([4]);
    expect(resumed).toEqual(whole);
  });

  it('does not take over a trial of other parameters', () => {
    const finished = [{ at: 0, params: { ...base, rate: 9 }, errors: [0, 0], seconds: 0 }];
    expect(search(candidates, score, { clock, finished })[0]!.errors).toEqual([2, 1]);
  });
});

it('cross-validation fits on the training rows and is judged on the others', () => {
  const values = Float64Array.from({ length: 40 }, (_, i) => i);
  const folds = kFold(40, 4, seededRandom('folds'));
  const take = (rows: Int32Array) => ({ x: rows, y: Float64Array.from(rows, (i) => values[i]!) });
  const errors = crossValidate(
    folds,
    take,
    (seen, y) => ({
      predict: (rows) => {
        for (const row of rows) expect(seen).not.toContain(row);
        return Float64Array.from(rows, () => y.reduce((a, b) => a + b, 0) / y.length);
      },
    }),
    rmse,
  );
  expect(errors).toHaveLength(4);
  for (const error of errors) expect(error).toBeGreaterThan(5);
});
