import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { blockIds } from '../../activities/blockIds.js';
import { startThreads, type Threads } from '../../activities/threads.js';
import { findArtefact } from '../../dataset/artefacts.js';
import { findSnapshot, listSnapshots } from '../../dataset/snapshots.js';
import type { Store } from '../../dataset/store.js';
import { readParquet } from '../../dataset/tables.js';
import { syntheticDocuments } from '../../tmdb/catalogues/synthetic.js';
import type { ArtefactRef, BatchResult, PublishedRef, RunFacts } from '../../workflows/records.js';
import { rowsOf } from '../dataset/documents.js';
import { stores } from '../dataset/folder.js';
import { shortPlan, testWorker, type TestWorker } from './worker.js';

const freshStore = stores();
const FILMS = 120;
const BLOCK = 50;
const bodies = new Map([...syntheticDocuments(FILMS)].map((body, at) => [at + 1, body]));

/** A source whose films may fail: status by id. */
const failing = new Map<number, number>();
let asked: number[] = [];
let version = 'v1';
let server: Server;
let threads: Threads;
let url: string;

beforeAll(async () => {
  threads = startThreads(1);
  const list = gzipSync([...bodies.keys()].map((id) => `{"id":${id},"popularity":${id}}\n`).join(''));
  server = createServer((request, response) => {
    const id = Number(/^\/3\/movie\/(\d+)\?/.exec(request.url ?? '')?.[1]);
    if (Number.isNaN(id)) {
      response.setHeader('x-marquee-catalogue', 'synthetic:120');
      response.setHeader('x-marquee-version', version);
      return void response.end(request.method === 'HEAD' ? undefined : list);
    }
    asked.push(id);
    response.writeHead(failing.get(id) ?? 200).end(failing.has(id) ? '{}' : bodies.get(id));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await threads.close();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

let store: Store;
let worker: TestWorker;
beforeEach(async () => {
  failing.clear();
  asked = [];
  version = 'v1';
  store = await freshStore();
  worker = testWorker(store, { baseUrl: `${url}/3`, exportUrl: url }, threads);
});
const batches = Array.from({ length: Math.ceil(FILMS / BLOCK) }, (_, at) => ({
  from: at * BLOCK,
  to: Math.min(FILMS, (at + 1) * BLOCK),
}));

async function fetchAll(run: RunFacts, ids: ArtefactRef): Promise<BatchResult[]> {
  const results = [];
  for (const { from, to } of batches) {
    const batch = { run, task: 'documents', inputs: [ids], from, to, fetchWorkflowId: 'w' };
    const result = await worker.run('fetchBatch', batch);
    results.push(result);
    if (!result.paused && !result.cached) expect(await worker.run('sealBatch', batch)).toBe(true);
  }
  return results;
}

/** One run from the ids to the snapshot, as the workflow orders it. */
async function crawl(over: Partial<RunFacts> = {}) {
  const run = await worker.facts(over);
  const ids = await worker.run('listIds', { run, task: 'ids', inputs: [] });
  const fetched = await fetchAll(run, ids);
  const documents = await worker.run('sealFetch', {
    run,
    task: 'documents',
    inputs: [ids],
    blockSize: BLOCK,
  });
  const films = await worker.run('cleanFilms', { run, task: 'films', inputs: [ids, documents] });
  const roi = await worker.run('rankRoi', { run, task: 'roi', inputs: [films] });
  const inputs = [ids, documents, films, roi];
  const snapshot = (await worker.run('publish', { run, task: 'snapshot', inputs })) as PublishedRef;
  return { run, ids, fetched, documents, films, roi, snapshot };
}

describe('a crawl', () => {
  it('ends as a snapshot that accounts for every listed film', async () => {
    failing.set(3, 404);
    const { fetched, snapshot } = await crawl();
    expect(fetched).toEqual([
      { paused: false, films: 49, dead: 1, cached: false },
      { paused: false, films: 50, dead: 0, cached: false },
      { paused: false, films: 20, dead: 0, cached: false },
    ]);
    const manifest = (await findSnapshot(store, 'synthetic:120/1'))!;
    expect(manifest).toMatchObject({ synthetic: true, deadLetters: 1, run: 'run-1', limit: null });
    expect(manifest.movieCount + manifest.quarantined + manifest.deadLetters).toBe(FILMS);
    expect(snapshot).toMatchObject({ snapshot: 'synthetic:120/1', unchanged: false, listed: FILMS });
    expect(manifest.checks.every(({ passed }) => passed)).toBe(true);
    const dead = manifest.tables.find(({ table }) => table === 'deadLetters')!;
    expect(rowsOf(await readParquet(store.local(dead.path)))).toEqual([{ id: 3, status: 404 }]);
    const films = await readParquet(store.local('latest/films.parquet'));
    expect(films.height).toBe(manifest.movieCount);
    // The export's popularity stands before the document's.
    expect(rowsOf(films)[0]).toMatchObject({ id: 1, popularity: 1 });
    expect(await store.temporaries()).toEqual([]);
    expect(await store.list('spools')).toEqual([]);
  });

  it.runIf(existsSync('/dev/shm'))(
    'is read from another file system, where no hard link reaches',
    async () => {
      const first = await crawl();
      store = await freshStore();
      const elsewhere = mkdtempSync('/dev/shm/marquee-');
      try {
        symlinkSync(elsewhere, store.local('blocks'));
        worker = testWorker(store, { baseUrl: `${url}/3`, exportUrl: url }, threads);
        const second = await crawl();
        expect(readdirSync(elsewhere, { recursive: true }).length).toBeGreaterThanOrEqual(batches.length);
        expect(second.snapshot.sha256).toBe(first.snapshot.sha256);
      } finally {
        rmSync(elsewhere, { recursive: true });
      }
    },
  );

  it('does nothing a second time, and publishes no snapshot of the same content', async () => {
    const first = await crawl();
    asked = [];
    const second = await crawl({ run: 'run-2' });
    expect(asked).toEqual([]);
    expect(second.fetched.every((batch) => !batch.paused && batch.cached)).toBe(true);
    for (const task of ['ids', 'documents', 'films', 'roi'] as const) {
      expect(first[task].cached).toBeNull();
      expect(second[task].cached).toMatch(/^same code, parameters and inputs as run run-1 of \d{4}-/);
      expect(second[task].sha256).toBe(first[task].sha256);
    }
    expect(second.snapshot).toMatchObject({ unchanged: true, snapshot: 'synthetic:120/1' });
    expect(await listSnapshots(store)).toHaveLength(1);
  });

  it('does everything again when it is forced, to the same bytes', async () => {
    const first = await crawl();
    asked = [];
    const forced = await crawl({ run: 'run-2', force: true });
    expect(asked.sort((a, b) => a - b)).toEqual([...bodies.keys()]);
    expect([forced.ids.cached, forced.films.cached, forced.roi.cached]).toEqual([null, null, null]);
    expect([forced.films.sha256, forced.roi.sha256]).toEqual([first.films.sha256, first.roi.sha256]);
    expect(forced.snapshot.sha256).toBe(first.snapshot.sha256);
    // Killed and started again, the same run takes what it wrote.
    asked = [];
    const resumed = await crawl({ run: 'run-2', force: true });
    expect(asked).toEqual([]);
    expect(resumed.films.cached).not.toBeNull();
  });

  it('fetches anew when the catalogue has changed', async () => {
    await crawl();
    asked = [];
    version = 'v2';
    const second = await crawl({ run: 'run-2' });
    expect(asked).toHaveLength(FILMS);
    expect(second.snapshot.unchanged).toBe(true);
  });

  it('does again what was lost: a file that is gone or cut off', async () => {
    const first = await crawl();
    const roi = (await findArtefact(store, 'roi', first.roi.key))!.tables[0]!;
    const bytes = readFileSync(store.local(roi.path));
    writeFileSync(store.local(roi.path), bytes.subarray(0, bytes.length / 2));
    const block = (await store.list('blocks')).find(({ path }) => path.endsWith('.parquet'))!;
    rmSync(store.local(block.path));
    asked = [];
    const again = await crawl({ run: 'run-2' });
    expect([20, 50]).toContain(asked.length);
    expect(await store.size(block.path)).toBe(block.bytes);
    expect([again.films.cached === null, again.roi.cached]).toEqual([false, null]);
    expect(readFileSync(store.local(roi.path)).equals(bytes)).toBe(true);
  });

  it('tries dead letters again when it is asked to, and only those', async () => {
    failing.set(60, 500);
    failing.set(7, 404);
    const run = await worker.facts();
    const ids = await worker.run('listIds', { run, task: 'ids', inputs: [] });
    const { key } = await blockIds(worker.context, [ids], BLOCK, 2 * BLOCK);
    // As the first attempt would leave it: all answered but film 60, which was given up.
    const letter = { id: 60, status: 500, attempts: 12, message: 'HTTP 500' };
    await store.write(
      `spools/${key}.ndjson`,
      [...bodies]
        .filter(([id]) => id > 50 && id <= 100 && id !== 60)
        .map(([id, body]) => `${id} ${body}\n`)
        .join('') + `60 !${JSON.stringify(letter)}\n`,
    );
    const first = await crawl();
    expect(first.snapshot.deadLetters).toBe(2);
    expect(asked).not.toContain(60);

    failing.clear();
    asked = [];
    const again = await crawl({ run: 'run-2', retryDeadLettersOf: first.snapshot.snapshot });
    // 404 is final: only what failed otherwise is asked for again.
    expect(asked).toEqual([60]);
    expect(again.snapshot).toMatchObject({ snapshot: 'synthetic:120/2', deadLetters: 1, unchanged: false });
    expect(await store.list('spools')).toEqual([]);
  });

  it('asks a killed batch’s spool first, and the source only for what is missing', async () => {
    const run = await worker.facts();
    const ids = await worker.run('listIds', { run, task: 'ids', inputs: [] });
    const { key } = await blockIds(worker.context, [ids], 0, BLOCK);
    const spool = store.local(`spools/${key}.ndjson`);
    await store.write(`spools/${key}.ndjson`, '');
    for (const id of [1, 2, 3]) appendFileSync(spool, `${id} ${bodies.get(id)}\n`);
    appendFileSync(spool, `4 ${bodies.get(4)!.slice(0, 30)}`);
    const input = { run, task: 'documents', inputs: [ids], from: 0, to: BLOCK, fetchWorkflowId: 'w' };
    expect(await worker.run('fetchBatch', input)).toEqual({
      paused: false,
      films: 50,
      dead: 0,
      cached: false,
    });
    expect(asked.sort((a, b) => a - b)).toEqual([...bodies.keys()].slice(3, BLOCK));
  });

  it('does not seal a spool that has lost films: it is fetched again', async () => {
    const run = await worker.facts();
    const ids = await worker.run('listIds', { run, task: 'ids', inputs: [] });
    const batch = { run, task: 'documents', inputs: [ids], from: 0, to: BLOCK, fetchWorkflowId: 'w' };
    await worker.run('fetchBatch', batch);
    const [spool] = await store.list('spools');
    const bytes = readFileSync(store.local(spool!.path));
    writeFileSync(store.local(spool!.path), bytes.subarray(0, bytes.length / 2));
    expect(await worker.run('sealBatch', batch)).toBe(false);
    asked = [];
    await worker.run('fetchBatch', batch);
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.length).toBeLessThan(40);
    expect(await worker.run('sealBatch', batch)).toBe(true);
    expect(await store.list('spools')).toEqual([]);
  });

  it('hands a batch back when the run is paused, and goes on where it was', async () => {
    const run = await worker.facts();
    const ids = await worker.run('listIds', { run, task: 'ids', inputs: [] });
    const input = { run, task: 'documents', inputs: [ids], from: 0, to: BLOCK, fetchWorkflowId: 'w' };
    worker.pace = { ratePerSecond: 0, paused: true };
    expect(await worker.run('fetchBatch', input)).toEqual({ paused: true });
    worker.pace = { ratePerSecond: 0, paused: false };
    expect(await worker.run('fetchBatch', input)).toMatchObject({ films: 50 });
    expect(asked).toHaveLength(50);
  });

  it('is a snapshot of no films’ table when every film is a dead letter, and its checks say so', async () => {
    for (const id of bodies.keys()) failing.set(id, 404);
    const { snapshot } = await crawl();
    expect(snapshot).toMatchObject({ rows: 0, deadLetters: FILMS, listed: FILMS });
  });

  it('stops at a check that does not hold, naming it, and keeps nothing of that task', async () => {
    const plan = shortPlan({ checks: [{ check: 'rows', table: 'roi', min: 5000, severity: 'block' }] });
    const { run: base, films } = await crawl();
    const run = { ...base, ...(await worker.facts({}, plan)) };
    const failure = await worker
      .run('rankRoi', { run, task: 'roi', inputs: [films] })
      .catch((one: unknown) => one);
    expect(failure).toMatchObject({ type: 'CheckFailed', nonRetryable: true });
    expect((failure as Error).message).toMatch(
      /^1 of the 1 checks of task roi do not hold: rows roi \(\d+ rows;/,
    );
    expect(await store.temporaries()).toEqual([]);
  });

  it('computes a task again under another profile only when its parameters are others', async () => {
    const { films } = await crawl();
    const short = shortPlan();
    const forest50 = { ...short.tasks.roi!, activity: 'trainForest50', parameters: { trees: 3 } };
    const plan = {
      ...short,
      tasks: { ...short.tasks, forest50 },
      profiles: { quick: {}, same: { forest50: { trees: 3 } }, full: { forest50: { trees: 4 } } },
    };
    const under = async (profile: string): Promise<ArtefactRef> => {
      const run = await worker.facts({ profile, run: profile }, plan);
      return await worker.run('trainForest50', { run, task: 'forest50', inputs: [films] });
    };
    const [quick, same, full] = [await under('quick'), await under('same'), await under('full')];
    expect(quick.cached).toBeNull();
    expect(same.cached).toContain('same code, parameters and inputs as run quick');
    expect(full.cached).toBeNull();
    expect(full.key).not.toBe(quick.key);
  });

  it('may be of a user’s own list, plain or packed, under MARQUEE_FILES', async () => {
    const folder = store.local('lists');
    await store.write('lists/own.txt', '7\n{"id":5,"popularity":2}\nseven\n7\n');
    await store.write('lists/own.txt.gz', gzipSync('7\n5\n'));
    await store.write('lists/torn.txt.gz', gzipSync('7\n'.repeat(9999)).subarray(0, 30));
    const listed = async (ids: string, files: string | undefined = folder) => {
      const own = testWorker(store, worker.endpoint, threads, files);
      const run = await own.facts({ ids });
      return await own.run('listIds', { run, task: 'ids', inputs: [] });
    };
    const plain = await listed(`${folder}/own.txt`);
    const { tables, facts } = (await findArtefact(store, 'ids', plain.key))!;
    expect(facts).toMatchObject({ listed: 2, badLines: 1, duplicates: 1 });
    const table = await readParquet(store.local(tables.find((one) => one.table === 'ids')!.path));
    expect(rowsOf(table.select('id', 'popularity'))).toEqual([
      { id: 5, popularity: 2 },
      { id: 7, popularity: null },
    ]);
    expect((await listed(`${folder}/own.txt.gz`)).rows).toBe(2);
    await expect(listed(`${folder}/torn.txt.gz`)).rejects.toMatchObject({ type: 'SourceUnavailable' });
    await expect(listed(`${folder}/../snapshots`)).rejects.toMatchObject({ type: 'BadInput' });
  });

  it('says which input is missing', async () => {
    const run = await worker.facts();
    const inputs = [{ task: 'films', key: 'abc', sha256: 'abc' }];
    await expect(worker.run('rankRoi', { run, task: 'roi', inputs })).rejects.toMatchObject({
      type: 'MissingFile',
      message: expect.stringContaining('artefacts/films/abc.json'),
    });
  });
});
