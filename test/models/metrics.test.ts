import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as metrics from '../../models/metrics.js';

const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 30 });

describe('errors', () => {
  it('are in the unit of the values', () => {
    expect(metrics.mae([1, 2, 3], [2, 2, 5])).toBe(1);
    expect(metrics.rmse([1, 2, 3], [2, 2, 5])).toBeCloseTo(Math.sqrt(5 / 3), 12);
  });

  it('are unknown where there is nothing to judge', () => {
    expect(metrics.rmse([], [])).toBeNaN();
    expect(metrics.auc([1, 1], [0.2, 0.8])).toBeNaN();
  });

  it('are zero for a perfect prediction, and the RMSE is never below the MAE', () => {
    fc.assert(
      fc.property(values, (actual) => {
        const shifted = actual.map((value, i) => value + (i % 3));
        expect(metrics.rmse(actual, actual)).toBe(0);
        expect(metrics.rmse(actual, shifted)).toBeGreaterThanOrEqual(metrics.mae(actual, shifted) - 1e-9);
      }),
    );
  });

  it('R² is 0 for the mean and 1 for a perfect prediction', () => {
    expect(metrics.r2([1, 2, 3], [2, 2, 2])).toBe(0);
    expect(metrics.r2([1, 2, 3], [1, 2, 3])).toBe(1);
  });

  it('MASE is 1 where a forecast misses as much as the series usually moves', () => {
    const scale = metrics.naiveScale([1, 3, 2, 4]);
    expect(scale).toBeCloseTo(5 / 3, 12);
    expect(metrics.mase([10], [10 + 5 / 3], scale)).toBeCloseTo(1, 12);
  });

  it('sMAPE is 200 for a sign missed and 0 for two zeros', () => {
    expect(metrics.smape([1], [-1])).toBe(200);
    expect(metrics.smape([0], [0])).toBe(0);
  });
});

describe('classes', () => {
  it('F1 weighs missed and wrong hits', () => {
    expect(metrics.f1([1, 1, 0, 0], [1, 0, 1, 0])).toBe(0.5);
    expect(metrics.accuracy([1, 1, 0, 0], [1, 0, 1, 0])).toBe(0.5);
  });

  it('AUC counts ties half', () => {
    expect(metrics.auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toBe(0.75);
    expect(metrics.auc([0, 1], [0.5, 0.5])).toBe(0.5);
  });

  it('a certain and right probability costs nothing', () => {
    expect(metrics.brier([1, 0], [1, 0])).toBe(0);
    expect(metrics.logLoss([1, 0], [1, 0])).toBeCloseTo(0, 12);
    expect(metrics.logLoss([1], [0.5])).toBeCloseTo(Math.LN2, 12);
  });
});

describe('rankings', () => {
  it('ties share their mean rank', () => {
    expect([...metrics.ranks([3, 1, 3, 2])]).toEqual([3.5, 1, 3.5, 2]);
  });

  it('Spearman sees any rising relation as perfect', () => {
    expect(metrics.spearman([1, 2, 3, 4], [1, 10, 100, 1000])).toBeCloseTo(1, 12);
    expect(metrics.spearman([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
  });

  it('counts how many of the best were named', () => {
    expect(metrics.topHits([5, 4, 3, 2, 1], [5, 1, 4, 2, 3], 2)).toBe(1);
    expect(metrics.ndcg([3, 2, 1], [3, 2, 1])).toBe(1);
  });
});

describe('intervals', () => {
  it('coverage counts the bounds as inside', () => {
    expect(metrics.coverage([1, 2, 3, 4], [1, 1, 4, 0], [1, 3, 5, 3])).toBe(0.5);
  });

  it('pinball loss is least at the quantile', () => {
    const actual = Array.from({ length: 101 }, (_, i) => i);
    const loss = (guess: number) =>
      metrics.pinball(
        actual,
        actual.map(() => guess),
        0.9,
      );
    expect(loss(90)).toBeLessThan(loss(80));
    expect(loss(90)).toBeLessThan(loss(99));
  });
});
