import { join } from 'node:path';
import pl from 'nodejs-polars';
import { describe, expect, it } from 'vitest';
import { History } from '../../graphql/data/history.js';
import {
  createHistory,
  historyPath,
  mergeable,
  MERGED,
  partsBeside,
  readHistory,
  rowsFor,
  unreachableHistory,
  type HistoryPart,
} from '../../dataset/popularity.js';
import { genresOfDay, growGenres, indexDay, mergeParts, writeDay } from '../../dataset/popularityTables.js';
import { ROW_GROUP, writeParquet } from '../../dataset/tables.js';
import { vacuum } from '../../dataset/vacuum.js';
import { folders, stores } from './folder.js';
import { rowsOf } from './documents.js';

const freshStore = stores();
const fresh = folders();
const FILMS = 1000;
/** Each day's films and their popularity: made by a rule, so that every series is known. */
const dayOf = (n: number): string => `2026-01-${String(n).padStart(2, '0')}`;
const heat = (film: number, n: number): number => film + n / 100;
const listed = (film: number, n: number): boolean => (film + n) % 10 !== 0;

function writeIds(file: string, n: number): string {
  const films = Array.from({ length: FILMS }, (_, at) => at + 1);
  const popularity = films.map((film) => (listed(film, n) ? heat(film, n) : null));
  writeParquet(
    pl.DataFrame([pl.Series('id', films, pl.Int32), pl.Series('popularity', popularity, pl.Float64)]),
    file,
  );
  return file;
}
const days = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);
const part = (level: number, ...own: number[]): HistoryPart => ({
  path: `p${own.join('-')}`,
  rows: 10,
  bytes: 1,
  days: own.map(dayOf),
  level,
  starts: [],
});

describe('the history of popularity', () => {
  it('is merged piece by piece into one table by film and day, with every row of its parts', async () => {
    const folder = fresh();
    const parts: string[] = [];
    let rows = 0;
    for (const n of days(3)) {
      const out = join(folder, `day${n}.parquet`);
      rows += await writeDay(writeIds(join(folder, 'ids.parquet'), n), dayOf(n), out);
      parts.push(out);
    }
    // In several pieces: a piece is never smaller than a row group, so the test makes more rows than that.
    const many = Array.from({ length: 20 }, () => parts).flat();
    const merged = join(folder, 'merged.parquet');
    const written = await mergeParts(many, merged, 1);
    expect(written.rows).toBe(20 * rows);
    const table = await pl.scanParquet(merged).collect();
    const ids = table.getColumn('id').toArray() as number[];
    expect(ids.every((id, at) => at === 0 || id >= ids[at - 1]!)).toBe(true);
    expect(written.starts).toEqual(ids.filter((_, at) => at % ROW_GROUP === 0));
    for (const film of [1, 2, 500, 593, 594, 1000]) {
      const [from, to] = rowsFor(written.starts, film);
      expect(ids.indexOf(film)).toBeGreaterThanOrEqual(from);
      expect(ids.lastIndexOf(film)).toBeLessThan(to);
      expect(to - from).toBeLessThanOrEqual(2 * ROW_GROUP);
    }
    const one = rowsOf(
      table
        .filter(pl.col('id').eq(9))
        .unique()
        .sort('day')
        .select(pl.col('day').cast(pl.Utf8), pl.col('popularity')),
    );
    expect(one).toEqual(
      days(3).flatMap((n) => (listed(9, n) ? [{ day: dayOf(n), popularity: heat(9, n) }] : [])),
    );
    expect(table.height).toBe(20 * rows);
  });

  it('merges the eight oldest parts of a level, and none below eight', () => {
    const eight = days(8).map((n) => part(0, n));
    expect(mergeable(eight.slice(1))).toBeNull();
    expect(mergeable([part(0, 9), ...eight].reverse())).toEqual(eight);
    expect(mergeable(eight.map((_, at) => part(1, at + 1)))).toHaveLength(MERGED);
    // The largest files are left as they are.
    expect(mergeable(eight.map((_, at) => part(2, at + 1)))).toBeNull();
  });

  it('takes a day once, or again when more films were listed', () => {
    const history = { number: 1, parts: [part(1, 1, 2), part(0, 3)], genres: null };
    expect(partsBeside(history, dayOf(4), 1)).toEqual(history.parts);
    expect(partsBeside(history, dayOf(3), 10)).toBeNull();
    expect(partsBeside(history, dayOf(3), 11)).toEqual([part(1, 1, 2)]);
    expect(partsBeside(history, dayOf(2), 99)).toBeNull();
  });

  it('lets one of two runs add the next index, keeps the one before it, and vacuum sweeps the rest', async () => {
    const store = await freshStore();
    for (const number of [1, 2, 3]) {
      const path = historyPath('sample', `${number}`.repeat(40));
      await store.write(path, 'part');
      const next = { number, parts: [{ ...part(0, number), path }], genres: null };
      expect(await createHistory(store, 'sample', next)).toBe(true);
      expect(await createHistory(store, 'sample', { ...next, parts: [] })).toBe(false);
    }
    expect((await readHistory(store, 'sample@2')).number).toBe(3);
    expect(await unreachableHistory(store)).toHaveLength(2);
    await vacuum(store, 1, 3_600_000);
    expect(await unreachableHistory(store)).toHaveLength(2);
    await vacuum(store, 1, 0);
    expect((await store.list('popularity')).map(({ path }) => path.replace(/.*\//, ''))).toEqual([
      '2.json',
      '3.json',
      `${'2'.repeat(32)}.parquet`,
      `${'3'.repeat(32)}.parquet`,
    ]);
  });

  it('knows each genre’s mean and index of a day, and grows by days', async () => {
    const folder = fresh();
    const films = pl.DataFrame([
      pl.Series('genres', [['Drama'], ['Drama', 'War'], [], ['War']], pl.List(pl.Utf8)),
      pl.Series('popularity', [1, 3, 8, 100], pl.Float64),
      pl.Series('released', [true, true, true, false], pl.Bool),
    ]);
    writeParquet(films, join(folder, 'films.parquet'));
    const files = [];
    for (const n of [2, 1, 2]) {
      const frame = await genresOfDay(join(folder, 'films.parquet'), dayOf(n));
      expect(rowsOf(frame.select('genre', 'movieCount', 'popularity', 'index'))).toEqual([
        { genre: 'Drama', movieCount: 2, popularity: 2, index: 0.5 },
        { genre: 'War', movieCount: 1, popularity: 3, index: 0.75 },
      ]);
      const day = join(folder, `day${n}.parquet`);
      writeParquet(frame, day);
      const out = join(folder, `genres${files.length}.parquet`);
      await growGenres(files.at(-1) ?? null, day, out);
      files.push(out);
    }
    const grown = await pl
      .scanParquet(files.at(-1)!)
      .select(pl.col('genre'), pl.col('day').cast(pl.Utf8))
      .collect();
    expect(rowsOf(grown)).toEqual(
      ['Drama', 'War'].flatMap((genre) => [1, 2].map((n) => ({ genre, day: dayOf(n) }))),
    );
  });

  it('is looked up by film and range of days, across merged and single parts', async () => {
    const store = await freshStore();
    const folder = fresh();
    const files: string[] = [];
    for (const n of days(10)) {
      files.push(join(folder, `day${n}.parquet`));
      await writeDay(writeIds(join(folder, 'ids.parquet'), n), dayOf(n), files.at(-1)!);
    }
    const merged = join(folder, 'merged.parquet');
    const { starts } = await mergeParts(files.slice(0, 8), merged);
    const [ninth, tenth] = [await indexDay(files[8]!), await indexDay(files[9]!)];
    const parts: HistoryPart[] = [];
    for (const [at, [file, own, found]] of (
      [
        [merged, days(8), starts],
        [files[8]!, [9], ninth.starts],
        [files[9]!, [10], tenth.starts],
      ] as const
    ).entries()) {
      const path = historyPath('sample', `${at}`.repeat(40));
      await store.put(file, path);
      parts.push({ ...part(own.length > 1 ? 1 : 0, ...own), path, starts: found });
    }
    await createHistory(store, 'sample', { number: 1, parts, genres: null });
    const history = new History(store);
    try {
      const all = { fromDay: '0001-01-01', toDay: '9999-12-31', last: 90 };
      const known = (film: number, own: readonly number[]) => ({
        days: own.filter((n) => listed(film, n)).map(dayOf),
        popularity: own.filter((n) => listed(film, n)).map((n) => heat(film, n)),
      });
      expect(await history.films('sample', [7, 1000, 5000], all)).toEqual([
        known(7, days(10)),
        known(1000, days(10)),
        { days: [], popularity: [] },
      ]);
      const range = { fromDay: dayOf(5), toDay: dayOf(9), last: 2 };
      expect(await history.films('sample', [1], range)).toEqual([known(1, [7, 8])]);
      expect(await history.films('other', [1], all)).toEqual([{ days: [], popularity: [] }]);
    } finally {
      await history.close();
    }
  });
});
