import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pl from 'nodejs-polars';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRatingModel } from '../../models/loading.js';
import { rmse } from '../../models/metrics.js';
import type { ModelReport } from '../../models/report.js';
import { testFilms, writeSnapshot } from '../graphql/snapshot.js';
import { marquee, removeFolder, temporaryFolder, type Outcome } from '../support/system.js';

/** Set to 1 where `npm run native` has provided the native library. */
const BACKEND = process.env['MARQUEE_TEST_NATIVE'] === '1' ? 'native' : 'wasm';
const BASELINES = ['mean', 'genre mean', 'last film of director'];

describe('marquee train', () => {
  const folder = temporaryFolder('train');
  const data = join(folder, 'data');
  const out = join(folder, 'models', 'rating');
  let outcome: Outcome;
  let reports: readonly ModelReport[];

  beforeAll(async () => {
    writeSnapshot(data, testFilms(220));
    outcome = await marquee(
      ['train', '--backend', BACKEND, '--data', data, '--snapshot', 'test/1', '--out', out],
      {},
    );
    expect([outcome.code, outcome.stderr]).toEqual([0, '']);
    reports = JSON.parse(readFileSync(join(out, 'ratingReport.json'), 'utf8')) as ModelReport[];
  });
  afterAll(() => removeFolder(folder));

  it('says what it trained on, on which backend, from which seed, and where it is kept', () => {
    const lines = outcome.stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(
      new RegExp(`^test/1, TensorFlow\\.js on ${BACKEND}, seed 20260101: \\d+ films, served: .+$`),
    );
    expect(lines.at(-1)).toBe(`Kept in ${out}.`);
  });

  it('keeps a model that answers', () => {
    const model = loadRatingModel(readFileSync(join(out, 'ratingModel.json'), 'utf8'));
    expect(model.reason).toBeNull();
    const { rating, lower, upper } = model.predict({
      title: 'A film to come',
      year: 2021,
      genres: ['Drama'],
    });
    expect(lower).toBeLessThanOrEqual(rating);
    expect(upper).toBeGreaterThanOrEqual(rating);
    // The films' ratings lie from 5 to 8.
    expect(rating).toBeGreaterThan(5);
    expect(rating).toBeLessThan(8);
  });

  it('reports every model beside the baselines, and the network’s backend', () => {
    expect(reports.map(({ name }) => name)).toEqual([...BASELINES, 'forest', 'boosting', 'network']);
    expect(reports.find(({ name }) => name === 'network')?.backend).toBe(`TensorFlow.js, ${BACKEND}`);
    expect(reports.filter(({ served }) => served)).toHaveLength(1);
    for (const { name, metrics } of reports) {
      const beside = metrics.filter((metric) => metric.name === 'RMSE').map(({ baseline }) => baseline);
      expect(beside).toEqual(BASELINES.filter((baseline) => baseline !== name));
    }
  });

  it('reports the error that the kept forecasts of held-out years have', () => {
    const backtest = pl.readParquet(join(out, 'ratingBacktest.parquet'));
    const errorOf = (model: string): number => {
      const rows = backtest.filter(pl.col('model').eq(pl.lit(model)));
      expect(rows.filter(pl.col('origin').gtEq(pl.col('year'))).height).toBe(0);
      const column = (name: string): Float64Array =>
        Float64Array.from(rows.getColumn(name).toArray() as number[]);
      return rmse(column('actual'), column('predicted'));
    };
    for (const { name, metrics } of reports)
      for (const { value, baseline, baselineValue } of metrics.filter((metric) => metric.name === 'RMSE')) {
        expect(value).toBeCloseTo(errorOf(name), 10);
        expect(baselineValue).toBeCloseTo(errorOf(baseline!), 10);
      }
  });

  it('publishes nothing', () => {
    expect(readdirSync(join(data, 'snapshots'))).toEqual(['test']);
    expect(readdirSync(join(data, 'snapshots/test'))).toEqual(['1.json']);
    expect(existsSync(join(data, 'artefacts'))).toBe(false);
  });
});
