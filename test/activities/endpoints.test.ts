import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEndpoints, requireUnder, type Endpoints } from '../../activities/endpoints.js';
import { BadInput } from '../../activities/failures.js';
import { probeStorage } from '../../activities/probe.js';
import { openStore } from '../../dataset/store.js';
import { readExport, findExport } from '../../tmdb/export.js';
import { isoDay } from '../../tmdb/catalogues/protocol.js';

const TMDB = {
  baseUrl: 'https://api.themoviedb.org/3',
  exportUrl: 'https://files.tmdb.org/p/exports',
  apiKey: 'key',
};

let root: string;
let films: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'marquee-files-'));
  films = join(root, 'films');
  mkdirSync(join(films, 'deep'), { recursive: true });
  mkdirSync(join(root, 'films-private'));
  for (const file of ['films/a.ndjson', 'films/deep/b.ndjson', 'films-private/c.ndjson', 'd.ndjson'])
    writeFileSync(join(root, file), '{"id":1,"title":"One"}\n');
  symlinkSync(join(root, 'd.ndjson'), join(films, 'out.ndjson'));
  symlinkSync(join(films, 'a.ndjson'), join(films, 'in.ndjson'));
  symlinkSync(root, join(films, 'up'));
  symlinkSync(films, join(root, 'alias'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a file that a run names', () => {
  it.each(['a.ndjson', 'deep/b.ndjson', 'deep/../a.ndjson', 'in.ndjson', 'up/films/a.ndjson'])(
    'may lie under MARQUEE_FILES: %s',
    async (file) => {
      await requireUnder(films, `${films}/${file}`);
      await requireUnder(join(root, 'alias'), `${films}/${file}`);
    },
  );

  it.each([
    '../d.ndjson',
    'out.ndjson',
    'up/d.ndjson',
    '../films-private/c.ndjson',
    'none.ndjson',
    '.',
    '',
    '../..',
  ])('may not lie elsewhere, nor be reached by a link: %s', async (file) => {
    await expect(requireUnder(films, `${films}/${file}`)).rejects.toThrow(
      'This run names a file that is not there or does not lie under MARQUEE_FILES.',
    );
  });

  it('may be none where the worker was given no folder', async () => {
    await expect(requireUnder(undefined, join(films, 'a.ndjson'))).rejects.toThrow(
      /without MARQUEE_FILES\. Set it/,
    );
    await expect(requireUnder(join(root, 'none'), join(films, 'a.ndjson'))).rejects.toThrow(BadInput);
  });
});

describe('the source of a catalogue', () => {
  let endpoints: Endpoints;
  afterEach(() => endpoints.close());
  const open = (catalogue: string, files?: string): Endpoints =>
    (endpoints = createEndpoints({ tmdb: TMDB, catalogue, files }));

  it('is TMDB with its key for tmdb', async () => {
    expect(await open('sample').of('tmdb')).toEqual(TMDB);
  });

  it('is a local server for any other, the same one each time, and knows no key', async () => {
    open('sample');
    const [first, again, other] = await Promise.all(
      ['synthetic:20', 'synthetic:20', 'synthetic:30'].map((catalogue) => endpoints.of(catalogue)),
    );
    expect(again).toEqual(first);
    expect(other!.baseUrl).not.toBe(first!.baseUrl);
    expect(Object.keys(first!)).toEqual(['baseUrl', 'exportUrl']);
    const found = await findExport(first!.exportUrl, isoDay(new Date()));
    expect(found.catalogue).toBe('synthetic:20');
    expect((await readExport(found.url)).films).toHaveLength(20);
  });

  it('is the worker’s own file without MARQUEE_FILES, but no other', async () => {
    const own = `file:${join(root, 'd.ndjson')}`;
    const { baseUrl } = await open(own).of(own);
    expect((await fetch(`${baseUrl}/movie/1`)).status).toBe(200);
    await expect(endpoints.of(`file:${join(films, 'a.ndjson')}`)).rejects.toThrow(BadInput);
  });

  it('is said to be unreadable in a sentence, and may be tried again when it is mended', async () => {
    const file = join(films, 'broken.ndjson');
    writeFileSync(file, '');
    const catalogue = `file:${file}`;
    open('sample', films);
    const refused = await endpoints.of(catalogue).then(
      () => null,
      (error: Error) => error,
    );
    if (refused !== null) expect(refused).toBeInstanceOf(BadInput);
    writeFileSync(file, '{"id":7,"title":"Seven"}\n');
    expect((await endpoints.of(catalogue)).baseUrl).toMatch(/^http/);
  });
});

describe('the probe of storage', () => {
  it('leaves nothing behind where storage takes a file', async () => {
    const store = await openStore(join(root, 'data'));
    await probeStorage(store);
    expect(await store.list('')).toEqual([]);
    expect(await store.temporaries()).toEqual([]);
  });

  it('fails where storage refuses', async () => {
    const store = await openStore(join(root, 'refusing'));
    await store.write('probes', 'a file in the way');
    await expect(probeStorage(store)).rejects.toMatchObject({
      type: 'StorageUnavailable',
      nonRetryable: false,
    });
  });
});
