import { describe, expect, it } from 'vitest';
import type { FilmSample } from '../../models/films/knowledge.js';
import { loadRevenueModel } from '../../models/loading.js';
import { seededRandom } from '../../models/random.js';
import { trainRevenue } from '../../models/revenue.js';
import { noise, plantedFilms, trainOptions } from './planted.js';

/** Revenue is twice the budget, three times with Director 2 … 29; films without a budget make 10 M$. */
function earners(count: number): FilmSample {
  const { ids, films } = plantedFilms(count, 1);
  const random = seededRandom('revenue');
  const revenue = Float64Array.from(films, ({ budget, names }) => {
    const multiple = Number(names.directors[0]!.slice(9)) % 3 === 2 ? 6 : 1.2;
    return Math.log10(budget === null ? 1e7 : budget * multiple) + 0.1 * noise(random);
  });
  const rating = revenue.map(() => 6);
  return { ids, films, measures: [revenue, rating, rating] };
}

describe('a revenue model', () => {
  const training = trainRevenue(earners(900), trainOptions);
  const predictor = loadRevenueModel(JSON.stringify(training.model));
  const input = { genres: ['Drama'], year: 2011, budget: 2e7, directors: ['Director 2'] };

  it('expects what such films have made, in dollars', () => {
    const { revenue, lower, upper } = predictor.predict(input);
    expect(revenue).toBeGreaterThan(6e7);
    expect(revenue).toBeLessThan(2e8);
    expect(lower).toBeLessThan(revenue);
    expect(upper).toBeGreaterThan(revenue);
  });

  it('knows the chance to earn the budget, where there is one', () => {
    const likely = predictor.predict(input).probabilityProfit!;
    const open = predictor.predict({ ...input, directors: ['Director 3'] }).probabilityProfit!;
    expect(likely).toBeGreaterThan(0.9);
    expect(open).toBeLessThan(likely);
    expect(predictor.predict({ ...input, budget: null }).probabilityProfit).toBeNull();
  });

  it('explains itself in dollars that add up to the difference from an average film', () => {
    const sum = (film: typeof input) =>
      predictor.predict(film).reasons.reduce((total, { effect }) => total + effect, 0);
    const other = { ...input, budget: 4e7, directors: ['Director 5'] };
    const gap = predictor.predict(input).revenue - predictor.predict(other).revenue;
    expect(sum(input) - sum(other)).toBeCloseTo(gap, -3);
  });

  it('is served as the best of the models on later years', () => {
    const error = (report: (typeof training.reports)[number]) => report.metrics[0]!.value!;
    const served = training.reports.find((report) => report.served)!;
    for (const report of training.reports) expect(error(served)).toBeLessThanOrEqual(error(report));
    expect(training.reports.map(({ name }) => name)).toContain('budget multiple');
  });
});
