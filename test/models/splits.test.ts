import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../models/random.js';
import { groupedKFold, holdout, kFold, rollingOrigin, timeSplit } from '../../models/splits.js';

describe('folds', () => {
  it('test every row once and never train on it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 60 }),
        fc.integer({ min: 2, max: 8 }),
        fc.integer(),
        (rows, k, seed) => {
          fc.pre(k <= rows);
          const folds = kFold(rows, k, seededRandom(seed));
          expect(folds.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual(
            Array.from({ length: rows }, (_, i) => i),
          );
          for (const { train, test } of folds) expect([...train].filter((i) => test.includes(i))).toEqual([]);
        },
      ),
    );
  });

  it('keep a group on one side', () => {
    const groups = [1, 1, 2, 2, 3, 3, 4];
    for (const { train, test } of groupedKFold(groups, 3, seededRandom(1))) {
      const learned = new Set([...train].map((i) => groups[i]));
      expect([...test].some((i) => learned.has(groups[i]))).toBe(false);
    }
  });

  it('say what is wrong when there are more of them than rows', () => {
    expect(() => kFold(3, 4, seededRandom(1))).toThrow('4 folds of 3 rows');
  });

  it('hold out the share that was asked for', () => {
    const { train, test } = holdout(100, 0.2, seededRandom(1));
    expect([train.length, test.length]).toEqual([80, 20]);
  });
});

describe('splits by time', () => {
  it('learn from the past alone, and leave out what has no time', () => {
    const { train, test } = timeSplit([2001, 2003, NaN, 2002, 2005], 2002, 2004);
    expect([...train]).toEqual([0, 3]);
    expect([...test]).toEqual([1]);
  });

  it('roll on by a window, the last one ending with the data', () => {
    const years = Array.from({ length: 10 }, (_, i) => 2001 + i);
    const folds = rollingOrigin(years, 2010, 2, 3);
    expect(folds.map(({ test }) => [...test].map((i) => years[i]))).toEqual([
      [2005, 2006],
      [2007, 2008],
      [2009, 2010],
    ]);
    expect(folds.map(({ train }) => train.length)).toEqual([4, 6, 8]);
  });
});
