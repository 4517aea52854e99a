import { describe, expect, it } from 'vitest';
import { fillRandom, seededRandom } from '../../models/random.js';

const draw = (seed: number | string, count: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random());
};

describe('the seeded generator', () => {
  it('gives the same numbers for the same seed and others for another', () => {
    expect(draw(1, 5)).toEqual(draw(1, 5));
    expect(draw(1, 5)).not.toEqual(draw(2, 5));
    expect(draw('1/a', 5)).not.toEqual(draw('1/b', 5));
  });

  it('gives many at once as it does one by one', () => {
    const words = new Uint32Array(50);
    fillRandom(words, 'many');
    expect(Array.from(words, (word) => word / 2 ** 32)).toEqual(draw('many', 50));
  });

  it('spreads evenly over [0, 1)', () => {
    const counts = new Array<number>(10).fill(0);
    for (const value of draw(3, 20_000)) counts[Math.floor(value * 10)]!++;
    expect(Math.min(...counts)).toBeGreaterThan(1800);
    expect(Math.max(...counts)).toBeLessThan(2200);
  });
});
