import { rmSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import pl from 'nodejs-polars';
import { afterAll, describe, expect, it } from 'vitest';
import { joinParquet } from '../../dataset/parquet.js';
import { frameOf, writeParquet } from '../../dataset/tables.js';

const PLAIN = { id: pl.Int32, name: pl.Utf8 };
const COLUMNS = { ...PLAIN, share: pl.Float64, seen: pl.Bool, tags: pl.List(pl.Utf8) };
const row = fc.record({
  id: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  name: fc.option(fc.string()),
  share: fc.option(fc.double({ noNaN: true })),
  seen: fc.option(fc.boolean()),
  tags: fc.array(fc.string({ maxLength: 5 }), { minLength: 1, maxLength: 3 }),
});

describe('Parquet files that are joined', () => {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-parquet-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const out = join(folder, 'joined.parquet');
  const written = (frames: readonly pl.DataFrame[]): string[] =>
    frames.map((frame, n) => {
      const path = join(folder, `${n}.parquet`);
      writeParquet(frame, path);
      return path;
    });

  it('are one file of all their rows, in their order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(row, { maxLength: 8 }), { minLength: 1, maxLength: 17 }),
        async (parts) => {
          const frames = parts.map((rows) => frameOf(COLUMNS, rows));
          const rows = await joinParquet(written(frames), out);
          expect(rows).toBe(parts.flat().length);
          expect(pl.readParquet(out).frameEqual(pl.concat(frames), true)).toBe(true);
        },
      ),
      { numRuns: 10 },
    );
  });

  it('are read by others, with the statistics of each row group', async () => {
    const out = join(folder, 'films.parquet');
    const frames = [1, 2, 3].map((n) =>
      frameOf(
        PLAIN,
        Array.from({ length: 1000 }, (_, at) => ({ id: n * 1000 + at, name: `film ${at}` })),
      ),
    );
    await joinParquet(written(frames), out);
    const db = await (await DuckDBInstance.create()).connect();
    const ask = async (sql: string) => (await db.runAndReadAll(sql)).getRowsJson();
    expect(
      await ask(`SELECT count(*), min(id), max(id), count(DISTINCT name) FROM '${out}' WHERE id >= 2500`),
    ).toEqual([['1500', 2500, 3999, '1000']]);
    expect(
      await ask(
        `SELECT row_group_id, stats_min_value, stats_max_value FROM parquet_metadata('${out}') WHERE path_in_schema = 'id'`,
      ),
    ).toEqual([
      ['0', '1000', '1999'],
      ['1', '2000', '2999'],
      ['2', '3000', '3999'],
    ]);
  });

  it('must have the same columns, and be whole', async () => {
    const [a] = written([frameOf(PLAIN, [{ id: 1 }])]) as [string];
    const b = join(folder, 'other.parquet');
    writeParquet(frameOf({ id: pl.Int32 }, [{ id: 1 }]), b);
    await expect(joinParquet([a, b], out)).rejects.toThrow(
      /other\.parquet has other columns than .*0\.parquet/,
    );
    writeFileSync(b, 'PAR1 and no more');
    await expect(joinParquet([b], out)).rejects.toThrow(/no whole Parquet file/);
  });
});
