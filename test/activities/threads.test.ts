import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deadLine, filmLine } from '../../activities/spool.js';
import { startThreads, type Threads } from '../../activities/threads.js';
import { sha256Of } from '../../dataset/artefacts.js';
import { BLOCK_COLUMNS } from '../../dataset/films.js';
import { readParquet, writeParquet } from '../../dataset/tables.js';
import { rankRoi } from '../../dataset/roi.js';
import { clean, document, rowsOf } from '../dataset/documents.js';

const never = new AbortController().signal;

describe('the worker threads', () => {
  let threads: Threads;
  let folder: string;
  beforeAll(() => {
    threads = startThreads(1);
    folder = mkdtempSync(join(tmpdir(), 'marquee-threads-'));
  });
  afterAll(async () => {
    await threads.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const job = (activity: string, out: string, over: Record<string, unknown> = {}) => ({
    activity,
    task: 'roi',
    context: {
      params: {},
      inputs: { films: { tables: { films: join(folder, 'films.parquet') }, facts: { films: 3 } } },
      out,
      seed: 1,
      run: { catalogue: 'sample', limit: null, day: '2026-11-24', profile: 'quick' },
      ...over,
    },
    checks: [],
    finished: [],
  });
  const out = (): string => mkdtempSync(join(folder, 'out-'));

  it('make of a spool one table, by id, and its dead letters beside it', async () => {
    const spool = join(folder, 'spool.ndjson');
    const body = (id: number): string =>
      JSON.stringify({ id, title: `Film ${id}`, genres: [{ name: 'Drama' }] });
    const letter = { id: 5, status: 404, attempts: 1, message: 'there is no film' };
    writeFileSync(spool, filmLine(9, body(9)) + deadLine(letter) + filmLine(2, body(2)) + '7 {"torn": ');
    const path = join(folder, 'block.parquet');
    const written = await threads.block({ spool, out: path }, never);
    const bytes = readFileSync(path);
    expect(written).toEqual({ rows: 2, bytes: bytes.length, sha256: sha256Of(bytes), dead: [letter] });
    const table = await readParquet(path);
    expect(table.columns).toEqual(Object.keys(BLOCK_COLUMNS));
    expect(rowsOf(table).map(({ id, title }) => [id, title])).toEqual([
      [2, 'Film 2'],
      [9, 'Film 9'],
    ]);
  });

  it('do a task as it is done in the main thread, and check what it wrote', async () => {
    const rows = [10, 30, 20].map((revenue, at) => document(at + 1, { budget: 10, revenue }));
    const { films } = await clean(rows);
    writeParquet(films, join(folder, 'films.parquet'));
    const folderOut = out();
    const done = await threads.task(
      {
        ...job('rankRoi', folderOut),
        checks: [
          { check: 'rows', table: 'roi', min: 3, severity: 'block' },
          { check: 'sum', terms: ['films'], equals: 'films', severity: 'warn' },
        ],
      },
      () => undefined,
      never,
    );
    expect(done.tables).toMatchObject([{ table: 'roi', file: 'roi.parquet', rows: 3, content: true }]);
    expect(done.checks.map(({ name, passed }) => [name, passed])).toEqual([
      ['rows roi', true],
      ['sum films = films', true],
    ]);
    const here = join(folder, 'here.parquet');
    writeParquet(await rankRoi(films.lazy()).collect(), here);
    expect(sha256Of(readFileSync(join(folderOut, 'roi.parquet')))).toBe(sha256Of(readFileSync(here)));
    expect(done.tables[0]).toMatchObject({ sha256: sha256Of(readFileSync(here)) });
  });

  it('tell errors with their name and message', async () => {
    const missing = { films: { tables: { films: join(folder, 'absent.parquet') }, facts: {} } };
    await expect(
      threads.task(job('rankRoi', out(), { inputs: missing }), () => undefined, never),
    ).rejects.toThrow();
    const unknown = threads.task(job('rankRoi', out(), { params: { trees: 5 } }), () => undefined, never);
    await expect(unknown).rejects.toMatchObject({
      name: 'ZodError',
      message: expect.stringContaining('trees'),
    });
    await expect(threads.block({ spool: folder, out: join(folder, 'a') }, never)).rejects.toThrow(/EISDIR/);
    const absent = await threads.block({ spool: join(folder, 'absent'), out: join(folder, 'a') }, never);
    expect(absent).toMatchObject({ rows: 0, dead: [] });
  });

  it('stop when they are told to', async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(threads.task(job('rankRoi', out()), () => undefined, abort.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
