import { existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import fc from 'fast-check';
import pl from 'nodejs-polars';
import { describe, expect, it } from 'vitest';
import { CorruptFile, MissingFile, StorageUnavailable, storageError } from '../../dataset/errors.js';
import { checkPath, openStore } from '../../dataset/store.js';
import { folders, stores } from './folder.js';

const fresh = folders();
const freshStore = stores();

const text = async (bytes: Promise<Buffer>): Promise<string> => (await bytes).toString('utf8');

describe('a store on disk', () => {
  it('gives back what was written, text or bytes, in any folder', async () => {
    const store = await freshStore();
    await store.write('a/b/c.json', '{"ü":1}');
    await store.write('a/bytes', Buffer.from([0, 255, 10]));
    expect(await text(store.read('a/b/c.json'))).toBe('{"ü":1}');
    expect([...(await store.read('a/bytes'))]).toEqual([0, 255, 10]);
    expect(await store.size('a/b/c.json')).toBe(8);
  });

  it('makes the data folder, with those above it', async () => {
    const location = join(fresh(), 'not', 'yet');
    await openStore(location);
    expect(existsSync(location)).toBe(true);
  });

  it('shows a reader the old file or the new one, never a part', async () => {
    const store = await freshStore();
    const contents = ['a', 'b'].map((letter) => letter.repeat(512 * 1024));
    await store.write('latest/films', contents[0]!);
    let writing = true;
    const readers = Array.from({ length: 3 }, async () => {
      let reads = 0;
      while (writing) {
        const seen = await text(store.read('latest/films'));
        expect(contents.includes(seen)).toBe(true);
        reads++;
      }
      return reads;
    });
    for (let write = 1; write <= 20; write++) await store.write('latest/films', contents[write % 2]!);
    writing = false;
    for (const reads of await Promise.all(readers)) expect(reads).toBeGreaterThan(0);
    expect((await store.list('')).map(({ path }) => path)).toEqual(['latest/films']);
    expect(await store.temporaries()).toEqual([]);
  });

  it('lets one of many create a file, and keeps that one’s content', async () => {
    const store = await freshStore();
    for (let round = 0; round < 5; round++) {
      const path = `snapshots/sample/${round + 1}.json`;
      const made = await Promise.all(
        Array.from({ length: 8 }, async (_, creator) =>
          (await store.create(path, `by ${creator}`)) ? creator : null,
        ),
      );
      const winners = made.filter((creator) => creator !== null);
      expect(winners).toHaveLength(1);
      expect(await text(store.read(path))).toBe(`by ${winners[0]}`);
    }
    expect(await store.temporaries()).toEqual([]);
  });

  it('takes over a finished file: it has its new name and no longer its old one', async () => {
    const store = await freshStore();
    const folder = await store.temporary();
    const file = join(folder, 'films.parquet');
    writeFileSync(file, 'rows');
    await store.put(file, 'artefacts/films.parquet');
    expect(await text(store.read('artefacts/films.parquet'))).toBe('rows');
    expect(existsSync(file)).toBe(false);
  });

  it('copies over what was there', async () => {
    const store = await freshStore();
    await store.write('a', 'new');
    await store.write('latest/a', 'old');
    await store.copy('a', 'latest/a');
    expect([await text(store.read('latest/a')), await text(store.read('a'))]).toEqual(['new', 'new']);
    await expect(store.copy('none', 'latest/a')).rejects.toThrow(MissingFile);
    expect(await text(store.read('latest/a'))).toBe('new');
    expect(await store.temporaries()).toEqual([]);
  });

  it('lists the files below a folder by path, and nothing of a folder that is not there', async () => {
    const store = await freshStore();
    for (const path of ['b/2', 'b/10', 'a', 'b/c/d']) await store.write(path, path);
    await store.temporary();
    expect((await store.list('')).map(({ path, bytes }) => [path, bytes])).toEqual([
      ['a', 1],
      ['b/10', 4],
      ['b/2', 3],
      ['b/c/d', 5],
    ]);
    expect((await store.list('b')).map(({ path }) => path)).toEqual(['b/10', 'b/2', 'b/c/d']);
    expect(await store.list('none')).toEqual([]);
    expect(await store.list('a')).toEqual([]);
    const [{ modifiedAt } = { modifiedAt: 0 }] = await store.list('b/c');
    expect(Math.abs(Date.now() - modifiedAt)).toBeLessThan(60_000);
  });

  it('removes a file or a folder, and does nothing where there is none', async () => {
    const store = await freshStore();
    for (const path of ['a/1', 'a/b/2', 'snapshots/file-a..b.ndjson/1.json']) await store.write(path, '');
    await store.remove('a/b');
    await store.remove('a/b');
    await store.remove('a/1/below-a-file');
    await store.remove('snapshots/file-a..b.ndjson/1.json');
    expect((await store.list('')).map(({ path }) => path)).toEqual(['a/1']);
  });

  it.each(['', '.', '..', '../other', 'a/../..', 'a/./b', 'a//b', '/etc'])(
    'refuses to remove %j',
    async (path) => {
      const store = await freshStore();
      await store.write('a/b', 'kept');
      await expect(store.remove(path)).rejects.toThrow(RangeError);
      expect(await text(store.read('a/b'))).toBe('kept');
    },
  );

  it('knows no size of a folder or of what is not there', async () => {
    const store = await freshStore();
    await store.write('a/b', '123');
    expect(await Promise.all(['a/b', 'a', 'none', 'a/b/c'].map((path) => store.size(path)))).toEqual([
      3,
      null,
      null,
      null,
    ]);
  });

  it('lists the temporaries of killed processes, and removes them by that name', async () => {
    const store = await freshStore();
    await store.write('a/kept', '');
    const folder = await store.temporary();
    writeFileSync(join(folder, 'half.parquet'), 'ha');
    writeFileSync(join(store.local('a'), '.kept.1b9d'), 'ha');
    const found = await store.temporaries();
    expect(found.map(({ path }) => path).sort()).toEqual([`.temporary/${basename(folder)}`, 'a/.kept.1b9d']);
    for (const { path } of found) await store.remove(path);
    expect(await store.temporaries()).toEqual([]);
    expect(existsSync(folder)).toBe(false);
    expect((await store.list('')).map(({ path }) => path)).toEqual(['a/kept']);
  });

  it('leaves no temporary behind a write that fails', async () => {
    const store = await freshStore();
    await store.write('a/b', 'a folder named a');
    await expect(store.write('a', 'a file named a')).rejects.toThrow();
    await expect(store.create('a/b/c', '')).rejects.toThrow();
    expect(await store.temporaries()).toEqual([]);
    expect(await text(store.read('a/b'))).toBe('a folder named a');
  });

  it('says in one sentence which file is missing and what to do', async () => {
    const store = await freshStore();
    await expect(store.read('artefacts/a.parquet')).rejects.toThrow(
      'artefacts/a.parquet is not in the data folder. If it was deleted by hand, start a run: it is written again.',
    );
    await store.write('a', '');
    await expect(store.read('a/b')).rejects.toThrow(MissingFile);
  });
});

describe('a store path', () => {
  it('is a file below the folder, or is refused', async () => {
    const root = resolve(fresh());
    const store = await openStore(root);
    const part = fc.oneof(
      fc.constantFrom('..', '.', '', 'a', '...', 'a..b', '\\', '\0', '%2e%2e'),
      fc.string(),
    );
    const path = fc.oneof(
      fc.string(),
      fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/')),
    );
    fc.assert(
      fc.property(path, (name) => {
        let local: string;
        try {
          local = store.local(name);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        expect(local === root || resolve(local).startsWith(`${root}/`)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('may be a plain one, and never names a temporary', () => {
    expect(checkPath('snapshots/file-a.ndjson/1.json')).toBe('snapshots/file-a.ndjson/1.json');
    for (const path of ['.temporary/1', 'a/.b', '/a', 'a/', '../a', 'a\\b', 'a\0'])
      expect(() => checkPath(path)).toThrow(RangeError);
  });
});

describe('storage that refuses', () => {
  it('is a full disk, said so in a sentence', async () => {
    const full = await writeFile('/dev/full', 'x').catch((error: unknown) => error);
    const error = storageError(full, './marquee-data', 'writing latest/films.parquet');
    expect(error).toBeInstanceOf(StorageUnavailable);
    expect(error).toMatchObject({
      reason: 'full',
      cause: full,
      message:
        'The disk of the data folder ./marquee-data is full (writing latest/films.parquet). Free some space there; nothing written so far is lost.',
    });
  });

  it('is seen in what Polars says, too', () => {
    let said: unknown;
    try {
      const rows = pl.Series('a', Array.from({ length: 200_000 }, Math.random), pl.Float64);
      pl.DataFrame([rows]).writeParquet('/dev/full', { compression: 'uncompressed' });
    } catch (error) {
      said = error;
    }
    expect(storageError(said, 'data', 'writing a table')).toMatchObject({ reason: 'full' });
  });

  it.each([
    ['EROFS', 'readOnly'],
    ['EACCES', 'readOnly'],
    ['EPERM', 'readOnly'],
    ['ENOSPC', 'full'],
    ['EDQUOT', 'full'],
  ])('is known by its code %s', (code, reason) => {
    const error = storageError(Object.assign(new Error('no'), { code }), 'data', 'writing a');
    expect(error).toMatchObject({ name: 'StorageUnavailable', reason });
    expect((error as Error).message).toMatch(/^The .*data.*\(writing a\).*\./);
  });

  it('is not any other error, which stays what it is', () => {
    for (const error of [new Error('else'), new MissingFile('a'), new CorruptFile('a', 'torn'), null, 'text'])
      expect(storageError(error, 'data', 'writing a')).toBe(error);
    const known = new StorageUnavailable('full', 'full');
    expect(storageError(known, 'data', 'writing a')).toBe(known);
  });

  it('is a file where the data folder should be', async () => {
    const file = join(fresh(), 'taken');
    writeFileSync(file, '');
    for (const location of [file, join(file, 'data')]) {
      const error = await openStore(location).catch((one: unknown) => one);
      expect(error).toBeInstanceOf(StorageUnavailable);
      expect((error as Error).message).toContain(`The data folder ${location} cannot be used`);
      expect((error as Error).message).toContain('--data');
    }
  });

  it('is a file where a folder of the store should be, for every way of writing', async () => {
    const store = await freshStore();
    await store.write('blocks', 'a file');
    const local = join(fresh(), 'made');
    writeFileSync(local, '');
    const ways = [
      () => store.write('blocks/a', ''),
      () => store.create('blocks/a', ''),
      () => store.put(local, 'blocks/a'),
      () => store.copy('blocks', 'blocks/a'),
    ];
    // One after the other: a refusal that comes before somebody waits for it counts as unhandled.
    for (const write of ways) await expect(write()).rejects.toThrow(StorageUnavailable);
    expect(await text(store.read('blocks'))).toBe('a file');
  });

  it.skipIf(process.getuid?.() === 0)('is a folder that this user may not write', async () => {
    const location = join(fresh(), 'data');
    const store = await openStore(location);
    mkdirSync(join(location, 'closed'), { mode: 0o500 });
    await expect(store.write('closed/a', '')).rejects.toThrow(StorageUnavailable);
  });

  it('does not follow a link out of a listing', async () => {
    const store = await freshStore();
    const outside = fresh();
    writeFileSync(join(outside, 'secret'), '');
    symlinkSync(outside, store.local('link'));
    expect(await store.list('')).toEqual([]);
  });
});

describe('a file’s age', () => {
  it('is that of its last change', async () => {
    const store = await freshStore();
    await store.write('a', '');
    utimesSync(store.local('a'), 1000, 1000);
    expect((await store.list(''))[0]?.modifiedAt).toBe(1_000_000);
  });
});
