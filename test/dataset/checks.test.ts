import { join } from 'node:path';
import pl from 'nodejs-polars';
import { beforeAll, describe, expect, it } from 'vitest';
import { runChecks } from '../../dataset/checks.js';
import { frameOf, writeParquet } from '../../dataset/tables.js';
import type { Check } from '../../plan/schema.js';
import { folders } from './folder.js';

const fresh = folders();
const severity = 'block';

const ROWS = [
  { id: 1, popularity: 0.5, released: '2011-06-07' },
  { id: 2, popularity: null, released: null },
  { id: 2, popularity: 12, released: '2012-01-01' },
  { id: 4, popularity: 3, released: '2013-01-01' },
];

describe('a check of temporal.yml', () => {
  let tables: Record<string, string>;
  beforeAll(() => {
    const folder = fresh();
    tables = { films: join(folder, 'films.parquet'), empty: join(folder, 'empty.parquet') };
    const columns = { id: pl.Int32, popularity: pl.Float64, released: pl.Utf8 };
    writeParquet(frameOf(columns, ROWS), tables.films!);
    writeParquet(frameOf(columns, []), tables.empty!);
  });
  const run = async (check: Check, facts: Record<string, unknown> = {}) =>
    (await runChecks('films', [check], tables, facts))[0]!;

  it.each<[Check, boolean, number]>([
    [{ check: 'rows', table: 'films', min: 4, max: 4, severity }, true, 4],
    [{ check: 'rows', table: 'films', severity }, true, 4],
    [{ check: 'rows', table: 'films', min: 5, severity }, false, 4],
    [{ check: 'rows', table: 'films', max: 3, severity }, false, 4],
    [{ check: 'rows', table: 'empty', min: 1, severity }, false, 0],
    [{ check: 'rows', table: 'empty', max: 0, severity }, true, 0],
    [{ check: 'unique', table: 'films', column: 'id', severity }, false, 2],
    [{ check: 'unique', table: 'films', column: 'released', severity }, true, 0],
    [{ check: 'unique', table: 'empty', column: 'id', severity }, true, 0],
    [{ check: 'nullShare', table: 'films', column: 'popularity', max: 0.25, severity }, true, 1],
    [{ check: 'nullShare', table: 'films', column: 'popularity', max: 0.24, severity }, false, 1],
    [{ check: 'nullShare', table: 'films', column: 'id', max: 0, severity }, true, 0],
    [{ check: 'nullShare', table: 'empty', column: 'id', max: 0, severity }, true, 0],
    [{ check: 'range', table: 'films', column: 'popularity', min: 0.5, max: 12, severity }, true, 0],
    [{ check: 'range', table: 'films', column: 'popularity', min: 0.6, severity }, false, 1],
    [{ check: 'range', table: 'films', column: 'popularity', max: 2.5, severity }, false, 2],
    [{ check: 'range', table: 'films', column: 'id', min: 1, max: 4, severity }, true, 0],
    [{ check: 'range', table: 'films', column: 'id', severity }, true, 0],
    [{ check: 'range', table: 'empty', column: 'id', min: 1, severity }, true, 0],
  ])('%o holds: %s', async (check, passed, rows) => {
    expect(await run(check)).toMatchObject({ task: 'films', severity, passed, rows });
  });

  it('names itself by what it checks', async () => {
    const named = await runChecks(
      'films',
      [
        { check: 'rows', table: 'films', min: 10, severity: 'warn' },
        { check: 'unique', table: 'films', column: 'id', severity },
      ],
      tables,
      {},
    );
    expect(named).toEqual([
      {
        task: 'films',
        name: 'rows films',
        severity: 'warn',
        passed: false,
        rows: 4,
        detail: '4 rows; legal are 10 to any number',
      },
      {
        task: 'films',
        name: 'unique films.id',
        severity,
        passed: false,
        rows: 2,
        detail: '2 rows share their id',
      },
    ]);
  });

  it('of a sum holds when the facts add up', async () => {
    const check: Check = {
      check: 'sum',
      terms: ['films', 'quarantined', 'deadLetters'],
      equals: 'listed',
      severity,
    };
    const facts = { films: 7, quarantined: 2, deadLetters: 1 };
    expect(await run(check, { ...facts, listed: 10 })).toMatchObject({
      name: 'sum films + quarantined + deadLetters = listed',
      passed: true,
      rows: 10,
    });
    expect(await run(check, { ...facts, listed: 11 })).toMatchObject({
      passed: false,
      detail: '10 beside 11',
    });
  });

  it('of a sum fails when a fact is not there, on either side', async () => {
    const check: Check = { check: 'sum', terms: ['films', 'quarantined'], equals: 'listed', severity };
    for (const facts of [{ films: 1, listed: 1 }, { films: 1, quarantined: 0 }, {}])
      expect(await run(check, facts)).toMatchObject({ passed: false });
  });

  it('fails, and says why, when its table or column is not there', async () => {
    expect(await run({ check: 'rows', table: 'trends', severity })).toMatchObject({
      passed: false,
      detail: 'there is no table trends',
    });
    expect(await run({ check: 'unique', table: 'films', column: 'name', severity })).toMatchObject({
      passed: false,
      detail: 'films has no column name',
    });
  });
});
