import { createHash } from 'node:crypto';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  artefactSha256,
  contentSha256,
  filePath,
  findArtefact,
  keepArtefact,
  readJson,
  sha256Of,
  sha256OfFile,
  type Artefact,
} from '../../dataset/artefacts.js';
import {
  blockKey,
  blockPath,
  dropBlock,
  findBlock,
  keepBlock,
  type BlockRecord,
} from '../../dataset/blocks.js';
import type { Store } from '../../dataset/store.js';
import { folders, stores } from './folder.js';
import { table } from './manifests.js';

const fresh = folders();
const freshStore = stores();

async function kept(store: Store): Promise<Artefact> {
  const tables = [table('films', 'rows'), table('quarantine', 'none')];
  for (const { path, table: name } of tables) await store.write(path, name === 'films' ? 'rows' : 'none');
  const artefact: Artefact = {
    task: 'films',
    key: 'abc123',
    sha256: artefactSha256(tables),
    run: 'run',
    createdAt: '2026-11-24T03:17:00.000Z',
    seconds: 1,
    tables,
    facts: { films: 1, asOf: '2026-11-24', dataYear: null },
    checks: [],
    summary: '1 film',
  };
  await keepArtefact(store, artefact);
  return artefact;
}

describe('an artefact', () => {
  it('is found again by its task and key', async () => {
    const store = await freshStore();
    const artefact = await kept(store);
    expect(await findArtefact(store, 'films', 'abc123')).toEqual(artefact);
    expect(await findArtefact(store, 'films', 'abc124')).toBeNull();
    expect(await findArtefact(store, 'trends', 'abc123')).toBeNull();
  });

  it('is not found when one of its files is gone, cut off or grown, or its record is torn', async () => {
    const store = await freshStore();
    const { tables } = await kept(store);
    const path = store.local(tables[1]!.path);
    rmSync(path);
    expect(await findArtefact(store, 'films', 'abc123')).toBeNull();
    writeFileSync(path, 'non');
    expect(await findArtefact(store, 'films', 'abc123')).toBeNull();
    appendFileSync(path, 'ee');
    expect(await findArtefact(store, 'films', 'abc123')).toBeNull();
    writeFileSync(path, 'none');
    expect(await findArtefact(store, 'films', 'abc123')).not.toBeNull();
    writeFileSync(store.local('artefacts/films/abc123.json'), '{"task": "fil');
    expect(await findArtefact(store, 'films', 'abc123')).toBeNull();
  });

  it('keeps other content of the same key beside it', () => {
    const [a, b] = ['a', 'b'].map((content) => filePath('films', 'key', sha256Of(content), 'films.parquet'));
    expect(a).not.toBe(b);
    expect(a).toMatch(/^artefacts\/films\/key\/[0-9a-f]{12}-films\.parquet$/);
  });

  it('is hashed over content and what feeds later tasks, a snapshot over content alone', () => {
    const films = table('films', 'a');
    const feed = table('ids', 'b', { content: false, feeds: true });
    const report = table('report', 'c', { content: false });
    expect(artefactSha256([films, feed, report])).toBe(artefactSha256([feed, films]));
    expect(artefactSha256([films, feed])).not.toBe(artefactSha256([films]));
    expect(contentSha256([films, feed, report])).toBe(contentSha256([films]));
  });

  it('has the same hash in whatever order its tables stand, and another for any other content', () => {
    const tables = fc.uniqueArray(fc.tuple(fc.string(), fc.string()), {
      selector: ([name]) => name,
      maxLength: 6,
    });
    fc.assert(
      fc.property(tables, fc.nat(), (list, seed) => {
        const records = list.map(([name, content]) => table(name, content));
        const turned = [
          ...records.slice(seed % (records.length + 1)),
          ...records.slice(0, seed % (records.length + 1)),
        ];
        expect(contentSha256(turned)).toBe(contentSha256(records));
        const changed = records.map((one, at) => (at === 0 ? table(one.table, `${one.sha256}!`) : one));
        if (records.length > 0) expect(contentSha256(changed)).not.toBe(contentSha256(records));
      }),
    );
  });
});

describe('a file’s hash', () => {
  it('is that of its bytes, however long it is', async () => {
    const bytes = Buffer.alloc(3_000_000, 'marquee');
    const path = join(fresh(), 'file');
    writeFileSync(path, bytes);
    const expected = createHash('sha256').update(bytes).digest('hex');
    expect([await sha256OfFile(path), sha256Of(bytes)]).toEqual([expected, expected]);
  });
});

describe('a record', () => {
  it('is null where there is none or it is no JSON', async () => {
    const store = await freshStore();
    await store.write('torn.json', '{"a": ');
    expect([await readJson(store, 'none.json'), await readJson(store, 'torn.json')]).toEqual([null, null]);
  });
});

describe('a block', () => {
  const record = async (store: Store, path: string | null): Promise<BlockRecord> => {
    if (path !== null) await store.write(path, 'rows');
    const key = blockKey('sample', 'v1', [1, 2]);
    const block = {
      key,
      path,
      rows: 2,
      bytes: 4,
      sha256: sha256Of('rows'),
      dead: [],
      run: 'run',
      fetchedAt: '',
    };
    await keepBlock(store, block);
    return block;
  };

  it('is found by the films asked for and the state of their catalogue', async () => {
    const store = await freshStore();
    const block = await record(store, blockPath(blockKey('sample', 'v1', [1, 2]), sha256Of('rows')));
    expect(await findBlock(store, blockKey('sample', 'v1', [1, 2]))).toEqual(block);
    for (const [catalogue, state, ids] of [
      ['tmdb', 'v1', [1, 2]],
      ['sample', 'v2', [1, 2]],
      ['sample', 'v1', [12]],
      ['sample', 'v1', [2, 1]],
    ] as const)
      expect(await findBlock(store, blockKey(catalogue, state, ids))).toBeNull();
  });

  it('is not found when its file is gone or cut off, or when it was dropped', async () => {
    const store = await freshStore();
    const { key, path } = await record(store, 'blocks/a.parquet');
    writeFileSync(store.local(path!), 'ro');
    expect(await findBlock(store, key)).toBeNull();
    await store.remove(path!);
    expect(await findBlock(store, key)).toBeNull();
    await store.write(path!, 'rows');
    await dropBlock(store, key);
    expect(await findBlock(store, key)).toBeNull();
  });

  it('may have no file: then every film of it is a dead letter', async () => {
    const store = await freshStore();
    const block = await record(store, null);
    expect(await findBlock(store, block.key)).toEqual(block);
  });
});
