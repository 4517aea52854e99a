import { describe, expect, it } from 'vitest';
import { forecastGenres, type ForecastOptions } from '../../models/forecast/forecast.js';
import { FILMS, INDEX } from '../../models/forecast/series.js';
import { openEngine } from '../../models/networks/backend.js';
import { remembering, type Kept } from './trials.js';
import { noise, plantedTrends } from './planted.js';

const engine = await openEngine('wasm');

/** What moves away from 1 comes back next year. */
const returning = plantedTrends(8, 40, (_previous, _genre, _t, random) => Math.exp(0.2 * noise(random)));

const options: Omit<ForecastOptions, 'tuning' | 'progress'> = {
  series: INDEX,
  dataYear: 2020,
  years: 60,
  horizon: 2,
  origins: 3,
  calibration: 2,
  seed: 1,
  forest: null,
  clock: () => 0,
  engine,
};
/** The first year from whose end a model forecasts. */
const FIRST = 2015;

/** Forecasts with a search of 3 candidates each; `known`: what an earlier attempt has kept. */
function forecast(known: readonly Kept[], cells = returning, kept: Kept[] = [], mostTrials = Infinity) {
  const said: string[] = [];
  const result = forecastGenres(cells, {
    ...options,
    progress: (_done, _total, doing) => doing !== undefined && said.push(doing),
    tuning: { candidates: 3, ...remembering(known, kept, mostTrials) },
  });
  return { result, kept, said };
}

describe('a search for the settings of the forecasters', () => {
  const whole = forecast([]);
  const { search, reports } = whole.result;

  it('tries every candidate from six years on, says which it is at, and chooses one of each kind', () => {
    expect(whole.kept.map(({ name, trial }) => `${name} ${trial.at}`)).toEqual([
      ...['lag forest 0', 'lag forest 1', 'lag forest 2'],
      ...['lag network 0', 'lag network 1', 'lag network 2'],
    ]);
    expect([whole.said[0], whole.said.at(-1)]).toEqual(['candidate 1 of 6', 'candidate 6 of 6']);
    expect(search).toHaveLength(6 * 6);
    for (const row of search) expect(row.error).toBeGreaterThan(0);
  });

  it.each(['lag forest', 'lag network'])('fits the %s with the least mean error', (name) => {
    const rows = search.filter((row) => row.search === name);
    const errors = new Map<string, number>();
    for (const { parameters, error } of rows) errors.set(parameters, (errors.get(parameters) ?? 0) + error);
    const least = [...errors].sort(([, a], [, b]) => a - b)[0]![0];
    expect(new Set(rows.filter(({ chosen }) => chosen).map(({ parameters }) => parameters))).toEqual(
      new Set([least]),
    );
    const report = reports.find((one) => one.name === name)!;
    expect(report.parameters).toEqual({ ...(JSON.parse(least) as object), horizon: options.horizon });
  });

  it('goes on after the last finished candidate, to the same forecasts', () => {
    const kept: Kept[] = [];
    expect(() => forecast([], returning, kept, 4)).toThrow('killed');
    const resumed = forecast(kept);
    expect(resumed.kept.map(({ name, trial }) => `${name} ${trial.at}`)).toEqual([
      'lag network 1',
      'lag network 2',
    ]);
    expect(JSON.stringify(resumed.result)).toBe(JSON.stringify(whole.result));
  });

  it('knows nothing of the years that models are judged on, or whose errors calibrate them', () => {
    const later = returning.map((cell) => (cell.year > FIRST ? { ...cell, index: 9 - cell.index } : cell));
    const { result } = forecast([], later);
    expect(result.search).toEqual(search);
    expect(result.backtest).not.toEqual(whole.result.backtest);
    const earlier = returning.map((cell) =>
      cell.year === FIRST ? { ...cell, index: 9 - cell.index } : cell,
    );
    expect(forecast([], earlier).result.search).not.toEqual(search);
  });

  it('is left out where there are too few years, and for series that no such model forecasts', () => {
    const few = returning.filter(({ year }) => year >= FIRST - 12);
    expect(forecast([], few).result.search).toEqual([]);
    const films = forecastGenres(returning, {
      ...options,
      series: FILMS,
      progress: () => undefined,
      tuning: { candidates: 3, finished: () => [], keep: () => undefined },
    });
    expect(films.search).toEqual([]);
  });
});
