import { once } from 'node:events';
import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import pl from 'nodejs-polars';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotManifest } from '../../dataset/snapshots.js';
import { writeParquet } from '../../dataset/tables.js';
import { openStore } from '../../dataset/store.js';
import { loadSnapshot, PREPARED_FROM } from '../../graphql/data/loadSnapshot.js';
import { readPrepared, writePrepared } from '../../dataset/serving/prepared.js';
import { prepareTables } from '../../dataset/serving/prepareTables.js';
import type { PreparedTables, TableFiles } from '../../dataset/serving/tables.js';
import { emptyFolder } from './api.js';
import { testFilms, writeSnapshot } from './snapshot.js';

const folder = emptyFolder();
const data = join(folder, 'data');
const file = join(folder, 'data', 'serving.bin');
let manifest: SnapshotManifest;
let tables: PreparedTables;

beforeAll(() => {
  manifest = writeSnapshot(data, testFilms(170));
  tables = prepareTables(tableFiles());
  writePrepared(file, tables);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tableFiles = (): TableFiles =>
  Object.fromEntries(
    manifest.tables
      .filter(({ table }) => PREPARED_FROM.includes(table))
      .map(({ table, path, bytes }) => [table, { file: join(data, path), bytes }]),
  );

const served = (): SnapshotManifest => ({
  ...manifest,
  tables: [
    ...manifest.tables,
    {
      table: 'serving',
      task: 'serving',
      path: 'serving.bin',
      rows: 170,
      bytes: statSync(file).size,
      sha256: '',
      content: false,
    },
  ],
});

it.runIf(process.platform === 'linux')('a thread that gives way comes after the others', async () => {
  const file = JSON.stringify(new URL('../../graphql/data/giveWay.ts', import.meta.url).href);
  const worker = new Worker(
    `import('tsx/esm/api').then(async ({ register }) => {
      register();
      const { giveWay } = await import(${file});
      const { getPriority } = require('node:os');
      const before = getPriority(0);
      giveWay();
      require('node:worker_threads').parentPort.postMessage([before, getPriority(0)]);
    })`,
    { eval: true },
  );
  const own = getPriority(0);
  const [[before, after]] = (await once(worker, 'message')) as [[number, number]];
  await worker.terminate();
  expect(before).toBe(own);
  expect(after).toBe(Math.min(19, own + 5));
  expect(getPriority(0)).toBe(own);
});

describe('the prepared tables of a snapshot', () => {
  it('are read as they were written, and written in the same bytes again', async () => {
    expect(await readPrepared(file)).toEqual(tables);
    writePrepared(`${file}.2`, tables);
    expect(readFileSync(`${file}.2`).equals(readFileSync(file))).toBe(true);
  });

  it('are not made of credits that leave out a place of the billing', () => {
    const credits = join(folder, 'credits.parquet');
    const whole = pl.readParquet(tableFiles().credits!.file);
    const second = whole.getColumn('position').toArray().indexOf(1);
    writeParquet(pl.concat([whole.head(second - 1), whole.tail(whole.height - second)]), credits);
    const files = { ...tableFiles(), credits: { file: credits, bytes: statSync(credits).size } };
    const film = whole.getColumn('filmId').get(second) as number;
    expect(() => prepareTables(files)).toThrow(`table credits has those of film ${film} out of order`);
  });

  it('are what opens a snapshot, with the same films as its tables', async () => {
    const store = await openStore(data);
    const [prepared, plain] = await Promise.all([
      loadSnapshot(store, served()),
      loadSnapshot(store, manifest),
    ]);
    for (const { id } of testFilms(170)) {
      const [a, b] = [prepared, plain].map((one) => one.film(one.rowOf(id)!));
      expect([a!.title, a!.genres, a!.directors, a!.roi]).toEqual([
        b!.title,
        b!.genres,
        b!.directors,
        b!.roi,
      ]);
    }
    const found = [prepared, plain].map(({ search }) =>
      search.find({ title: 'am', genres: ['Drama'] }, null).slice(0, 5),
    );
    expect(found[0]).toEqual(found[1]);
    expect(prepared.people.ranking('ACTOR', null, 'Drama', 3)).toEqual(
      plain.people.ranking('ACTOR', null, 'Drama', 3),
    );
  });

  it('of another version are left alone: the snapshot is read from its tables', async () => {
    const bytes = readFileSync(file);
    bytes.writeUInt32LE(999, 12);
    writeFileSync(file, bytes);
    expect(await readPrepared(file)).toBeNull();
    expect((await loadSnapshot(await openStore(data), served())).films.count).toBe(170);
    writePrepared(file, tables);
  });

  it('take their memory after what they wait for, and fail with it', async () => {
    let done = (): void => undefined;
    let read = false;
    const reading = readPrepared(file, undefined, 0, new Promise<void>((resolve) => (done = resolve)));
    void reading.then(() => (read = true));
    await delay(50);
    expect(read).toBe(false);
    done();
    expect(await reading).toEqual(tables);
    const before = delay(1).then(() => Promise.reject(new Error('no models')));
    const failed = Promise.all([before, readPrepared(file, undefined, 0, before)]);
    await expect(failed).rejects.toThrow('no models');
  });

  it('are refused when they are cut off', async () => {
    const whole = served();
    truncateSync(file, statSync(file).size - 1000);
    await expect(loadSnapshot(await openStore(data), whole)).rejects.toThrow(/serving has \d+ bytes/);
    writePrepared(file, tables);
  });
});
