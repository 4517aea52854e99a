import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  artefactSha256,
  filePath,
  keepArtefact,
  sha256Of,
  type TableRecord,
} from '../../dataset/artefacts.js';
import { blockKey, blockPath, findBlock, keepBlock } from '../../dataset/blocks.js';
import { findSnapshot, listSnapshots, publishSnapshot } from '../../dataset/snapshots.js';
import type { Store } from '../../dataset/store.js';
import { vacuum } from '../../dataset/vacuum.js';
import { stores } from './folder.js';
import { draft } from './manifests.js';

const freshStore = stores();
const HOUR = 3_600_000;

async function keep(store: Store, task: string, content: string, file: string): Promise<TableRecord> {
  const [key, sha256] = [sha256Of(`${task} ${content}`), sha256Of(content)];
  const path = filePath(task, key, sha256, file);
  await store.write(path, content);
  const [table] = file.split('.') as [string];
  const record = { table, path, rows: 1, bytes: Buffer.byteLength(content), sha256, content: true };
  const sealed = { run: 'run', createdAt: '', seconds: 0, facts: {}, checks: [], summary: '' };
  await keepArtefact(store, { task, key, sha256: artefactSha256([record]), tables: [record], ...sealed });
  return record;
}

/** A block with its record; with `gaps` also the spool that its missing films are tried again from. */
async function block(store: Store, name: string, gaps = false): Promise<{ path: string; key: string }> {
  const key = blockKey('sample', name, [1]);
  const sha256 = sha256Of(name);
  const path = blockPath(key, sha256);
  await store.write(path, name);
  const dead = gaps ? [{ id: 2, status: 500, attempts: 12, message: 'HTTP 500' }] : [];
  await keepBlock(store, { key, path, rows: 1, bytes: name.length, sha256, dead, run: 'run', fetchedAt: '' });
  if (gaps) await store.write(`spools/${key}.ndjson`, '1 {}\n');
  return { path, key };
}

/** A run as it lies on disk: blocks, their list, the film table, a report. */
async function published(
  store: Store,
  catalogue: string,
  name: string,
): Promise<{ id: string; blockKey: string }> {
  const { path, key } = await block(store, `${catalogue} ${name}`, true);
  const list = await keep(
    store,
    'documents',
    JSON.stringify({ blocks: [{ path }], of: name }),
    'blocks.json',
  );
  const films = await keep(store, 'films', `films ${catalogue} ${name}`, 'films.parquet');
  const tables = [
    { ...list, task: 'documents', content: false },
    { ...films, task: 'films' },
  ];
  const { snapshot } = await publishSnapshot(store, draft(catalogue, tables));
  return { id: snapshot.id, blockKey: key };
}

const paths = async (store: Store): Promise<string[]> => (await store.list('')).map(({ path }) => path);

async function age(store: Store, ms: number): Promise<void> {
  const at = (Date.now() - ms) / 1000;
  for (const { path } of [...(await store.list('')), ...(await store.temporaries())])
    utimesSync(join(store.local(''), path), at, at);
}

describe('vacuum', () => {
  it('keeps all that the newest snapshots reach, and removes the rest', async () => {
    const store = await freshStore();
    await published(store, 'sample', 'old');
    const before = new Set(await paths(store));
    const second = await published(store, 'sample', 'new');
    const other = await published(store, 'synthetic:5', 'only');
    const kept = (await paths(store)).filter((path) => !before.has(path));
    await age(store, HOUR);

    const swept = await vacuum(store, 1, 0);
    expect(swept.snapshots).toEqual(['sample/1']);
    expect(swept.files).toBe(before.size);
    expect(swept.bytes).toBeGreaterThan(0);
    expect(await paths(store)).toEqual(kept);
    expect((await listSnapshots(store)).map(({ id }) => id)).toEqual([second.id, other.id]);
    for (const { blockKey: key } of [second, other]) expect(await findBlock(store, key)).not.toBeNull();
    expect(await findSnapshot(store, 'sample/1')).toBeNull();
  });

  it('keeps the newest of each catalogue, by number', async () => {
    const store = await freshStore();
    for (let number = 1; number <= 11; number++) await published(store, 'sample', `${number}`);
    await published(store, 'tmdb', '1');
    expect((await vacuum(store, 3, 0)).snapshots).toHaveLength(8);
    expect((await listSnapshots(store)).map(({ id }) => id)).toEqual([
      'sample/11',
      'sample/10',
      'sample/9',
      'tmdb/1',
    ]);
    expect(await vacuum(store, 3, 0)).toEqual({ snapshots: [], files: 0, bytes: 0 });
  });

  it('keeps a file that an old snapshot shares with a kept one', async () => {
    const store = await freshStore();
    const films = { ...(await keep(store, 'films', 'films', 'films.parquet')), task: 'films' };
    for (const content of ['one', 'two']) {
      const trends = { ...(await keep(store, 'trends', content, 'trends.parquet')), task: 'trends' };
      await publishSnapshot(store, draft('sample', [films, trends]));
    }
    await vacuum(store, 1, 0);
    const [left] = await listSnapshots(store);
    for (const { path } of left!.tables) expect(await store.size(path)).not.toBeNull();
    expect((await paths(store)).filter((path) => path.startsWith('artefacts/trends'))).toHaveLength(2);
  });

  it('removes what no snapshot reaches: blocks, spools, probes, artefacts, temporaries', async () => {
    const store = await freshStore();
    const { id } = await published(store, 'sample', 'kept');
    const kept = await paths(store);
    await block(store, 'of a run that never ended', true);
    await keep(store, 'films', 'of a run that failed', 'films.parquet');
    await store.write('probes/1', 'probe');
    const folder = await store.temporary();
    writeFileSync(join(folder, 'half.parquet'), 'half');
    await age(store, HOUR);
    await vacuum(store, 5, HOUR / 2);
    expect(await paths(store)).toEqual(kept);
    expect(await store.temporaries()).toEqual([]);
    expect(await findSnapshot(store, id)).not.toBeNull();
  });

  it('spares what is young: a run that is open may be writing it', async () => {
    const store = await freshStore();
    await published(store, 'sample', 'one');
    await published(store, 'sample', 'two');
    await block(store, 'of a run that is open', true);
    await store.temporary();
    const before = await paths(store);
    const swept = await vacuum(store, 1, HOUR);
    // The manifest alone goes: nobody writes it again.
    expect(swept).toMatchObject({ snapshots: ['sample/1'], files: 1 });
    expect(await paths(store)).toEqual(before.filter((path) => path !== 'snapshots/sample/1.json'));
    expect(await store.temporaries()).toHaveLength(1);
  });

  it('leaves what is not its own: plans, the latest table, files of others', async () => {
    const store = await freshStore();
    for (const path of ['latest/films.parquet', 'plans/a.json', 'notes.txt', 'mine/blocks/a.parquet'])
      await store.write(path, '');
    await age(store, HOUR);
    expect((await vacuum(store, 1, 0)).files).toBe(0);
  });

  it('removes the snapshots of files with odd names, too', async () => {
    const store = await freshStore();
    for (const name of ['one', 'two']) await published(store, 'file:a..b ü.ndjson', name);
    expect((await vacuum(store, 1, 0)).snapshots).toEqual(['file:a..b ü.ndjson/1']);
    expect((await listSnapshots(store)).map(({ number }) => number)).toEqual([2]);
  });
});
