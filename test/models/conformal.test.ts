import { describe, expect, it } from 'vitest';
import { chanceAtLeast, conformalBand } from '../../models/conformal.js';
import { seededRandom } from '../../models/random.js';

describe('a conformal band', () => {
  it('covers new errors of the same kind as often as it says', () => {
    const random = seededRandom(1);
    const error = () => random() ** 3 - random();
    let inside = 0;
    for (let round = 0; round < 400; round++) {
      const { lower, upper } = conformalBand(Array.from({ length: 39 }, error), 0.8);
      for (let i = 0; i < 10; i++) {
        const next = error();
        if (next >= lower && next <= upper) inside++;
      }
    }
    expect(inside / 4000).toBeGreaterThan(0.78);
    expect(inside / 4000).toBeLessThan(0.84);
  });

  it('leans to the side on which errors are larger', () => {
    const { lower, upper } = conformalBand([-1, -0.5, 0, 0, 1, 4, 9], 0.8);
    expect(upper).toBeGreaterThan(-lower);
  });

  it('is as wide as the errors go when there are few', () => {
    expect(conformalBand([2, -1], 0.95)).toEqual({ lower: -1, upper: 2 });
    expect(() => conformalBand([], 0.8)).toThrow('at least one error');
  });
});

describe('a chance', () => {
  const errors = Array.from({ length: 99 }, (_, i) => (i - 49) / 10);

  it('is a half where the prediction is on the threshold', () => {
    expect(chanceAtLeast(7, 7, errors)).toBeCloseTo(0.5, 2);
  });

  it('falls as the threshold rises, and is never certain', () => {
    const chances = [-10, 0, 3, 6, 9, 12, 30].map((threshold) => chanceAtLeast(6, threshold, errors));
    expect([...chances].sort((a, b) => b - a)).toEqual(chances);
    expect(Math.max(...chances)).toBeLessThan(1);
    expect(Math.min(...chances)).toBeGreaterThan(0);
  });
});
