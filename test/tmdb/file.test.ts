import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListedFilm } from '../../tmdb/catalogues/catalogue.js';
import { openCatalogue } from '../../tmdb/catalogues/open.js';
import { openFile } from '../../tmdb/catalogues/file.js';

const REAL = resolve(import.meta.dirname, '../../../shared/data/tmdb-10k.ndjson.gz');

describe('films from a file', () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'marquee-file-test-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, content: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const film = (id: number, title = `Film ${id}`): string =>
    JSON.stringify({ id, title, popularity: id / 2 });
  const all = async (list: AsyncIterable<ListedFilm> | Iterable<ListedFilm>): Promise<ListedFilm[]> => {
    const films: ListedFilm[] = [];
    for await (const listed of list) films.push(listed);
    return films;
  };

  it('are listed by id and answered word for word', async () => {
    const text = `${film(30)}\n${film(2, 'Amélie')}\r\n\n${film(7)}`;
    for (const path of [write('films.ndjson', text), write('packed.anything', gzipSync(text))]) {
      const catalogue = await openFile(path);
      expect(await all(catalogue.list())).toEqual([
        { id: 2, title: 'Amélie', popularity: 1, adult: false, video: false },
        { id: 7, title: 'Film 7', popularity: 3.5, adult: false, video: false },
        { id: 30, title: 'Film 30', popularity: 15, adult: false, video: false },
      ]);
      expect(await catalogue.document(2)).toBe(film(2, 'Amélie'));
      expect(await catalogue.document(3)).toBeNull();
      expect([catalogue.badLines, catalogue.duplicates]).toEqual([0, 0]);
      await catalogue.close();
    }
  });

  it('are answered from a temporary file when they are too many for memory, which goes again', async () => {
    const lines = Array.from({ length: 500 }, (_, at) => film(500 - at, `Nº ${at}`));
    const path = write('many.ndjson.gz', gzipSync(lines.join('\n')));
    const leftovers = (): string[] =>
      readdirSync(tmpdir()).filter((name) => name.startsWith('marquee-catalogue-'));
    const before = leftovers();
    const catalogue = await openFile(path, { memoryBytes: 1000 });
    expect((await all(catalogue.list())).map(({ id }) => id)).toEqual(lines.map((_, at) => at + 1));
    for (const id of [1, 250, 500]) expect(await catalogue.document(id)).toBe(lines[500 - id]);
    await catalogue.close();
    expect(leftovers()).toEqual(before);
  });

  it('count lines that hold no film; of two with one id the first is answered', async () => {
    const bad = [
      '{"id":',
      '[]',
      'null',
      '"x"',
      '{"title":"no id"}',
      '{"id":"5"}',
      '{"id":0}',
      '{"id":1.5}',
      '{"id":9999999999}',
    ];
    const path = write('bad.ndjson', [film(1, 'first'), ...bad, film(1, 'second'), film(2)].join('\n'));
    const catalogue = await openFile(path);
    expect([catalogue.badLines, catalogue.duplicates]).toEqual([bad.length, 1]);
    expect(JSON.parse((await catalogue.document(1))!)).toMatchObject({ title: 'first' });
    expect(await all(catalogue.list())).toHaveLength(2);
  });

  it('have a version that follows the bytes, and a name without the folder', async () => {
    const [a, b] = [await openFile(write('a.ndjson', film(1))), await openFile(write('b.ndjson', film(2)))];
    expect(a.version).not.toBe(b.version);
    expect(a.label).toBe('file:a.ndjson');
  });

  it('say what is wrong with the file', async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      [join(folder, 'missing.ndjson'), /missing\.ndjson could not be read.*there is no such file/],
      [folder, /it is a folder/],
      [write('torn.gz', gzipSync(film(1).repeat(1000)).subarray(0, 60)), /it is torn or no gzip file/],
      [write('empty.ndjson', ''), /holds no film/],
      [
        write('pretty.json', JSON.stringify({ id: 1 }, null, 2)),
        /holds no film: each line must be one TMDB document/,
      ],
    ];
    for (const [path, message] of cases) {
      await expect(openCatalogue({ kind: 'file', path })).rejects.toThrow(message);
    }
  });

  it.skipIf(!existsSync(REAL))(
    'can be the 10,865 real ones (skipped where ../shared/data is missing)',
    async () => {
      const catalogue = await openFile(REAL);
      expect([catalogue.badLines, catalogue.duplicates]).toEqual([0, 0]);
      const listed = await all(catalogue.list());
      expect(listed).toHaveLength(10_865);
      expect(listed[0]).toEqual({
        id: 5,
        title: 'Four Rooms',
        popularity: 1.23489,
        adult: false,
        video: false,
      });
    },
  );
});
