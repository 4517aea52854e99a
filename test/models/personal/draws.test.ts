import { describe, expect, it } from 'vitest';
import { seededDraws } from '../../../models/personal/draws.js';

const MANY = 200_000;
const sample = (draw: () => number): { mean: number; variance: number; values: Float64Array } => {
  const values = new Float64Array(MANY).map(draw);
  const mean = values.reduce((a, b) => a + b, 0) / MANY;
  return { mean, variance: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / MANY, values };
};

describe('draws', () => {
  it('are normal, in their middle and in their tails', () => {
    const { mean, variance, values } = sample(seededDraws('normal').normal);
    expect(mean).toBeCloseTo(0, 1.9);
    expect(variance).toBeCloseTo(1, 1.7);
    const beyond = (edge: number): number => values.filter((x) => Math.abs(x) > edge).length / MANY;
    expect(beyond(1)).toBeCloseTo(0.3173, 2);
    expect(beyond(2)).toBeCloseTo(0.0455, 2);
    expect(beyond(3.5)).toBeGreaterThan(0.0002);
    expect(beyond(3.5)).toBeLessThan(0.0008);
  });

  it.each([
    [0.5, 2],
    [3, 0.5],
    [400, 10],
  ])('are gamma with shape %d and rate %d', (shape, rate) => {
    const draws = seededDraws(`gamma ${shape}`);
    const { mean, variance } = sample(() => draws.gamma(shape, rate));
    expect(mean / (shape / rate)).toBeCloseTo(1, 1.7);
    expect(variance / (shape / rate ** 2)).toBeCloseTo(1, 1.3);
  });
});
