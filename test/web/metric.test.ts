import { describe, expect, it } from 'vitest';
import { browserModule } from './browserModule.js';

interface Metric {
  readonly name: string;
  readonly value: number | null;
  readonly baseline?: string;
  readonly baselineValue: number | null;
}
const { verdict, besideLastYear } = await browserModule<{
  verdict: (metric: Metric) => string | null;
  besideLastYear: (model: { name: string; served: boolean; metrics: readonly Metric[] }) => string;
}>('metric.js');

describe('a model beside its baseline', () => {
  it('is better with less error and with more skill', () => {
    expect(verdict({ name: 'RMSE (log10 of US dollars)', value: 1, baselineValue: 2 })).toBe('better');
    expect(verdict({ name: 'R²', value: 0.1, baselineValue: 0.4 })).toBe('worse');
    expect(verdict({ name: 'top-5 hits', value: 4, baselineValue: 4 })).toBe('equal');
  });

  it('is not judged by what has no better, or is unknown', () => {
    expect(verdict({ name: 'coverage 80 %, 1 year ahead', value: 0.9, baselineValue: 0.8 })).toBeNull();
    expect(verdict({ name: 'MASE gain', value: 0.1, baselineValue: 0.2 })).toBeNull();
    expect(verdict({ name: 'MASE', value: null, baselineValue: 1 })).toBeNull();
  });

  it('beats “as last year” only by more than one standard error', () => {
    const model = (gain: number) => ({
      name: 'theta',
      served: true,
      metrics: [
        { name: 'MASE', value: 1 - gain, baseline: 'naive', baselineValue: 1 },
        { name: 'MASE gain', value: gain, baseline: 'its standard error', baselineValue: 0.05 },
      ],
    });
    expect(besideLastYear(model(0.1))).toContain('is better than “as last year” (MASE 0.900 beside 1.000');
    expect(besideLastYear(model(0.02))).toContain('no more than chance');
    expect(besideLastYear(model(-0.1))).toContain('not better');
    expect(besideLastYear({ name: 'naive', served: true, metrics: [] })).toContain(
      'no other model beat that',
    );
  });
});
