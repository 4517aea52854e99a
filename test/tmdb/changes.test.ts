import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, changeWindows } from '../../tmdb/changes.js';

describe('windows of changes', () => {
  it('cover every day once, in at most 14 days each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 4000 }), (length, start) => {
        const from = addDays('2020-01-01', start);
        const to = addDays(from, length);
        const days = changeWindows(from, to).flatMap((window) => {
          const covered: string[] = [];
          for (let day = window.from; day <= window.to; day = addDays(day, 1)) covered.push(day);
          expect(covered.length).toBeLessThanOrEqual(14);
          return covered;
        });
        expect(days).toEqual(Array.from({ length: length + 1 }, (_, at) => addDays(from, at)));
      }),
    );
  });

  it('are none when the crawl is of today already', () => {
    expect(changeWindows('2026-11-24', '2026-11-23')).toEqual([]);
  });
});
