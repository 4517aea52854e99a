import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { spanOf } from '../../dataset/clean.js';
import { BLOCK_COLUMNS, FILM_COLUMNS } from '../../dataset/films.js';
import { frameOf, readParquet, writeParquet } from '../../dataset/tables.js';
import { askSql } from '../support/duckdb.js';
import { clean, document, rowsOf, syntheticRows } from './documents.js';
import { folders } from './folder.js';

const fresh = folders();

const many = (from: number, count: number, release_date: string) =>
  Array.from({ length: count }, (_, at) => document(from + at, { release_date }));

describe('cleaned films', () => {
  it('of a live crawl are released when their date is not after the export’s day', async () => {
    const dates = ['2026-11-23', '2026-11-24', '2026-11-25', ''];
    const { films, asOf } = await clean(
      dates.map((release_date, at) => document(at + 1, { release_date })),
      '2026-11-24',
    );
    expect(asOf).toBe('2026-11-24');
    expect(rowsOf(films).map(({ released }) => released)).toEqual([true, true, false, false]);
  });

  it('of another catalogue are all released at the end of its last year', async () => {
    const { films, asOf, fromYear, toYear } = await clean([
      document(1, { release_date: '2015-12-31' }),
      document(2, { release_date: '1999-01-01' }),
      document(3, { release_date: '3015-01-01' }),
    ]);
    expect({ asOf, fromYear, toYear }).toEqual({ asOf: '2015-12-31', fromYear: 1999, toYear: 2015 });
    expect(rowsOf(films).map(({ released }) => released)).toEqual([true, true, false]);
  });

  it('have the last whole year with 30 released films as their data year', async () => {
    const crawl = [
      ...many(1, 30, '2013-05-01'),
      ...many(100, 29, '2014-05-01'),
      ...many(200, 40, '2015-02-01'),
    ];
    expect((await clean(crawl)).dataYear).toBe(2015);
    // In a live crawl 2015 is not over yet, and 2014 has too few films.
    expect((await clean(crawl, '2015-12-30')).dataYear).toBe(2013);
    expect((await clean(crawl, '2015-12-31')).dataYear).toBe(2015);
  });

  it('have no data year where no year has films enough', async () => {
    expect(await clean(many(1, 29, '2013-05-01'))).toMatchObject({
      dataYear: null,
      fromYear: 2013,
      toYear: 2013,
    });
  });

  it('are none where a crawl brought none', async () => {
    const nothing = await clean([]);
    expect(nothing).toMatchObject({ fromYear: null, toYear: null, dataYear: null });
    expect(nothing.films.height).toBe(0);
    expect(nothing.films.columns).toEqual(Object.keys(FILM_COLUMNS));
  });

  it('take the export’s popularity before the document’s, where it has one that can be', async () => {
    const rows = [1, 2, 3, 4].map((id) => document(id, { popularity: 5 }));
    const { films } = await clean(rows, null, { 1: 7.25, 2: null, 3: 0, 4: -1 });
    expect(rowsOf(films).map(({ popularity }) => popularity)).toEqual([7.25, 5, 0, 5]);
  });

  it('are sorted by id and have the declared columns, in whatever order they came', async () => {
    const rows = syntheticRows(60);
    const { films } = await clean([...rows].reverse());
    expect(films.columns).toEqual(Object.keys(FILM_COLUMNS));
    expect(rowsOf(films).map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  });

  it('know roi only where budget and revenue are known, in percent', async () => {
    const money = [
      { budget: 100, revenue: 250 },
      { budget: 100, revenue: 0 },
      { budget: 0, revenue: 250 },
    ];
    const { films } = await clean(money.map((over, at) => document(at + 1, over)));
    expect(rowsOf(films).map(({ roi }) => roi)).toEqual([150, null, null]);
  });

  it('are the same bytes from the same input, as blocks of any size', async () => {
    const rows = syntheticRows(300, 7);
    const files = [];
    for (const name of ['one', 'two']) {
      const path = join(fresh(), `${name}.parquet`);
      writeParquet((await clean(name === 'one' ? rows : [...rows].reverse())).films, path);
      files.push(readFileSync(path));
    }
    expect(files[0]!.equals(files[1]!)).toBe(true);
  });

  it('are what SQL makes of the same documents', async () => {
    const folder = fresh();
    const rows = syntheticRows(400, 3);
    writeParquet(frameOf(BLOCK_COLUMNS, rows), join(folder, 'block.parquet'));
    writeParquet((await clean(rows)).films, join(folder, 'films.parquet'));
    const sql = await askSql(
      `CREATE VIEW block AS FROM '${folder}/block.parquet'; CREATE VIEW films AS FROM '${folder}/films.parquet'`,
    );
    const cleaned = `SELECT id, try_cast(releaseDate AS DATE) AS releaseDate,
        if(runtime <= 0, NULL, runtime) AS runtime, if(budget <= 0, NULL, budget) AS budget,
        if(revenue <= 0, NULL, revenue) AS revenue, if(voteCount <= 0, NULL, voteAverage) AS voteAverage
      FROM block WHERE title IS NOT NULL`;
    const names = 'id, releaseDate, runtime, budget, revenue, voteAverage';
    expect(await sql.rows(`SELECT ${names} FROM films EXCEPT ${cleaned}`)).toEqual([]);
    expect(await sql.rows(`${cleaned} EXCEPT SELECT ${names} FROM films`)).toEqual([]);
    const [types] = await sql.rows(
      `SELECT typeof(releaseDate) AS releaseDate, typeof(budget) AS budget, typeof("cast") AS names,
        typeof(castIds) AS ids, typeof(released) AS released FROM films LIMIT 1`,
    );
    expect(types).toEqual({
      releaseDate: 'DATE',
      budget: 'DOUBLE',
      names: 'VARCHAR[]',
      ids: 'INTEGER[]',
      released: 'BOOLEAN',
    });
    sql.close();
  });
});

describe('a table', () => {
  it('reads back as it was written, whole or by columns', async () => {
    const path = join(fresh(), 'block.parquet');
    const rows = [...syntheticRows(20), document(21, { genres: [], credits: {} })];
    writeParquet(frameOf(BLOCK_COLUMNS, rows), path);
    expect(rowsOf(await readParquet(path))).toEqual(rows);
    expect(rowsOf(await readParquet(path, ['id']))).toEqual(rows.map(({ id }) => ({ id })));
  });

  it('of no rows keeps its columns and their types', async () => {
    const path = join(fresh(), 'empty.parquet');
    writeParquet(frameOf(BLOCK_COLUMNS, []), path);
    const empty = await readParquet(path);
    expect([empty.height, empty.columns]).toEqual([0, Object.keys(BLOCK_COLUMNS)]);
    expect(String(empty.getColumn('castIds').dtype)).toBe('DataType(List(DataType(Int32)))');
  });
});

describe('the span of a catalogue', () => {
  it('has a data year of the past even when the year that runs has the films', () => {
    const years = [...Array.from({ length: 30 }, () => 2024), ...Array.from({ length: 300 }, () => 2025)];
    expect(spanOf(years, '2025-11-24').dataYear).toBe(2024);
    expect(spanOf(years, '2025-12-31').dataYear).toBe(2025);
    expect(spanOf([], '2025-12-31')).toEqual({ fromYear: null, toYear: null, dataYear: null });
  });
});
