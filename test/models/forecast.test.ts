import { beforeAll, describe, expect, it } from 'vitest';
import {
  forecastGenres,
  type ForecastOptions,
  type GenreForecasting,
} from '../../models/forecast/forecast.js';
import {
  dampedEts,
  drift,
  forecastBy,
  naive,
  theta,
  windowMean,
  type Method,
} from '../../models/forecast/methods.js';
import { panelAt } from '../../models/forecast/panel.js';
import { openEngine } from '../../models/networks/backend.js';
import { FILMS, INDEX, SHARE } from '../../models/forecast/series.js';
import { noise, plantedTrends } from './planted.js';

const options: ForecastOptions = {
  series: INDEX,
  dataYear: 2020,
  years: 60,
  horizon: 3,
  origins: 10,
  calibration: 10,
  seed: 1,
  forest: null,
  clock: () => 0,
  engine: null,
  tuning: null,
  progress: () => undefined,
};

/** A steady trend, up or down by genre, with AR(1) deviations around it. */
const trending = plantedTrends(10, 40, (previous, g, t, random) => {
  const line = (at: number) => 3 + (g % 2 === 0 ? 0.1 : -0.05) * at;
  return line(t) + 0.5 * (previous - (t === 1 ? 1 : line(t - 1))) + 0.02 * noise(random);
});

const wandering = (seed: number) =>
  plantedTrends(10, 40, (previous, _g, _t, random) => Math.max(0.05, previous + 0.03 * noise(random)), seed);

const metricOf = ({ reports }: GenreForecasting, model: string, name: string) =>
  reports.find((report) => report.name === model)!.metrics.find((metric) => metric.name === name)!;

describe('methods', () => {
  const line = Float64Array.from({ length: 20 }, (_, t) => 5 + 2 * t);

  it('continue a straight line as they say', () => {
    expect([...forecastBy(naive, line, 2)]).toEqual([43, 43]);
    expect([...forecastBy(drift, line, 2)]).toEqual([45, 47]);
    expect([...forecastBy(windowMean, line, 2)]).toEqual([39, 39]);
    expect(forecastBy(theta, line, 2)[0]!).toBeCloseTo(44, 0);
    expect(forecastBy(theta, line, 2)[1]! - forecastBy(theta, line, 2)[0]!).toBeCloseTo(1, 1);
    expect(forecastBy(dampedEts, line, 2)[0]!).toBeGreaterThan(44);
    expect(forecastBy(dampedEts, line, 2)[1]!).toBeLessThanOrEqual(47);
  });

  it('repeat a constant, and the only value there is', () => {
    for (const method of [naive, drift, windowMean, theta, dampedEts] as Method<unknown>[]) {
      for (const series of [new Float64Array(15).fill(2), Float64Array.from([2])]) {
        for (const value of forecastBy(method, series, 3)) expect(value).toBeCloseTo(2, 9);
      }
    }
  });
});

describe('a panel', () => {
  const cell = (genre: string, year: number, index: number) => ({
    genre,
    year,
    films: 1,
    popularity: index,
    index,
  });

  it('bridges missing years and drops genres that have ended, without looking past its origin', () => {
    const cells = [
      cell('A', 2000, 1),
      cell('A', 2003, 4),
      cell('A', 2006, 9),
      cell('B', 1990, 1),
      cell('C', 2004, 2),
    ];
    const panel = panelAt(cells, 2004, 0);
    expect(panel.genres).toEqual(['A', 'C']);
    expect(panel.series.map((values) => [...values])).toEqual([[1, 2, 3, 4, 4], [2]]);
  });
});

describe('series with a trend', () => {
  const result = forecastGenres(trending, options);

  it('are forecast better by drift and theta than by the naive forecast, and one that beats it is served', () => {
    for (const model of ['drift', 'theta']) {
      const { value, baselineValue } = metricOf(result, model, 'MASE');
      expect(value!).toBeLessThan(baselineValue!);
    }
    expect(result.served).not.toBe('naive');
    expect(result.reports.filter(({ served }) => served).map(({ name }) => name)).toEqual([result.served]);
  });

  it('go on in the direction they had', () => {
    const index = (year: number) =>
      result.forecasts.find((row) => row.served && row.genre === 'Genre 0' && row.year === year)!.value;
    expect(index(2023)).toBeGreaterThan(index(2021));
  });

  it('have a forecast for every model, genre and year, inside its intervals, the wider around the narrower', () => {
    expect(result.forecasts).toHaveLength(result.reports.length * 10 * 3);
    for (const { value, lower, upper, lower95, upper95 } of result.forecasts) {
      expect(lower95).toBeGreaterThanOrEqual(0);
      expect(lower95).toBeLessThanOrEqual(lower);
      expect(upper95).toBeGreaterThanOrEqual(upper);
      expect(Number.isFinite(value)).toBe(true);
      expect(lower).toBeLessThan(upper);
    }
  });
});

describe('random walks', () => {
  it.each([1, 2, 3, 4])('are served the naive forecast, whatever luck others had (%i)', (seed) => {
    expect(forecastGenres(wandering(seed), options).served).toBe('naive');
  });

  it('are covered by their intervals about as often as these say', () => {
    const result = forecastGenres(wandering(1), options);
    for (const [level, nominal] of [
      ['80', 0.8],
      ['95', 0.95],
    ] as const) {
      const covered = metricOf(result, 'naive', `coverage ${level} %, 1 year ahead`).value!;
      expect(Math.abs(covered - nominal)).toBeLessThan(0.12);
    }
  });
});

describe('the backtest', () => {
  const result = forecastGenres(wandering(1), options);

  it('judges ten origins up to three years ahead, on years that are over', () => {
    expect(new Set(result.backtest.map(({ origin }) => origin)).size).toBe(10);
    for (const { origin, year } of result.backtest) {
      expect(year - origin).toBeGreaterThanOrEqual(1);
      expect(year - origin).toBeLessThanOrEqual(3);
      expect(year).toBeLessThanOrEqual(2020);
    }
  });

  it('knows nothing of what came after an origin', () => {
    const changed = wandering(1).map((cell) =>
      cell.year > 2015 ? { ...cell, index: 9, popularity: 9 } : cell,
    );
    const upTo = ({ backtest }: GenreForecasting) =>
      backtest
        .filter(({ origin }) => origin <= 2015)
        .map(({ model, genre, origin, year, predicted, lower, upper95 }) => ({
          ...{ model, genre, origin, year, predicted, lower, upper95 },
        }));
    expect(upTo(forecastGenres(changed, options))).toEqual(upTo(result));
  });

  it('is the same each time', () => {
    expect(forecastGenres(wandering(1), options)).toEqual(result);
  });
});

describe('models that learn from all genres at once', () => {
  /** What moves away from 1 comes back next year: a single short series hardly shows it. */
  const returning = plantedTrends(12, 25, (_previous, _g, _t, random) => Math.exp(0.2 * noise(random)));
  let result: GenreForecasting;
  const withNetwork = async (): Promise<GenreForecasting> =>
    forecastGenres(returning, { ...options, origins: 4, calibration: 2, engine: await openEngine('wasm') });
  beforeAll(async () => (result = await withNetwork()));

  it.each(['lag forest', 'lag network'])('%s: learns what they share', (model) => {
    const { value, baselineValue } = metricOf(result, model, 'MASE');
    expect(value!).toBeLessThan(0.85 * baselineValue!);
  });

  it('say what they were trained with, the network on which backend', () => {
    const report = (model: string) => result.reports.find(({ name }) => name === model)!;
    expect(report('lag forest').parameters).toMatchObject({ trees: 30 });
    expect(report('lag network').parameters).toMatchObject({ epochs: 8 });
    expect(report('lag network').backend).toBe('TensorFlow.js, wasm');
  });

  it('give the same forecasts again', async () => {
    expect(await withNetwork()).toEqual(result);
  });

  it('say as last year where there is too little to learn from', () => {
    const few = returning.filter(({ genre }) => genre === 'Genre 0');
    const { forecasts } = forecastGenres(few, options);
    const of = (model: string) => forecasts.filter((row) => row.model === model).map(({ value }) => value);
    expect(of('lag forest')).toEqual(of('naive'));
  });
});

describe('shares and numbers of films', () => {
  /** Films of each genre grow by two a year from its own number on; its share stays about the same. */
  const growing = trending.map((cell, i) => {
    const [genre, t] = [Math.floor(i / 40), i % 40];
    return { ...cell, films: 10 + 5 * genre + 2 * t, share: 4 + genre + ((i * 7) % 3) / 10 };
  });

  it('are forecast by the simple methods and their combinations alone', () => {
    const { reports } = forecastGenres(growing, { ...options, series: FILMS });
    expect(reports.map(({ name }) => name)).toEqual([
      'naive',
      'drift',
      'window mean',
      'damped ETS',
      'theta',
      'combination mean',
      'combination median',
    ]);
  });

  it('go on as they did: numbers grow, shares stay', () => {
    const of = (series: typeof FILMS, genre: string) =>
      forecastGenres(growing, { ...options, series }).forecasts.find(
        (row) => row.served && row.genre === genre && row.year === 2021,
      )!;
    expect(Math.abs(of(FILMS, 'Genre 0').value - 90)).toBeLessThan(1);
    const { value, lower, upper } = of(SHARE, 'Genre 3');
    expect(Math.abs(value - 7.1)).toBeLessThan(0.15);
    expect(upper - lower).toBeLessThan(0.6);
  });

  it('are 0 in a year without films, where the index has no value', () => {
    const gap = growing.filter(({ genre, year }) => genre !== 'Genre 1' || year !== 2018);
    const panel = panelAt(gap, 2020, 0, FILMS);
    expect([...panel.series[1]!.slice(-3)]).toEqual([0, 91, 93]);
    const tested = (series: typeof FILMS) =>
      forecastGenres(gap, { ...options, series }).backtest.filter(
        ({ model, genre, year }) => model === 'naive' && genre === 'Genre 1' && year === 2018,
      );
    expect(tested(INDEX)).toEqual([]);
    expect(tested(FILMS).map(({ actual }) => actual)).toEqual([0, 0, 0]);
  });
});

describe('little data', () => {
  it.each([
    ['no rows', [], 2020, 'no genre has a known index'],
    ['no complete year', trending, null, 'no year is complete'],
    ['two years', trending.filter(({ year }) => year > 2018), 2020, 'fewer than three years'],
    ['no index', trending.map((cell) => ({ ...cell, index: NaN })), 2020, 'no genre has a known index'],
  ])('%s: no forecast, and the report says why', (_, cells, dataYear, why) => {
    const result = forecastGenres(cells, { ...options, dataYear });
    expect(result.forecasts).toEqual([]);
    expect(result.backtest).toEqual([]);
    expect(result.reports).toHaveLength(1);
    expect(result.reports[0]!.name).toContain(why);
  });

  it.each([
    ['three years', trending.filter(({ year }) => year > 2017)],
    ['one genre', trending.filter(({ genre }) => genre === 'Genre 0')],
    ['a genre that is new', [...trending, { ...trending.at(-1)!, genre: 'New' }]],
    ['years without films', trending.filter(({ year }) => year % 4 !== 0 || year === 2020)],
    ['series that never move', trending.map((cell) => ({ ...cell, index: 1, popularity: 1 }))],
  ])('%s: forecasts with bounds', (_, cells) => {
    const { forecasts, served } = forecastGenres(cells, options);
    expect(served).not.toBeNull();
    expect(forecasts.length).toBeGreaterThan(0);
    for (const row of forecasts)
      for (const value of [row.value, row.lower, row.upper, row.lower95, row.upper95])
        expect(Number.isFinite(value)).toBe(true);
  });
});
