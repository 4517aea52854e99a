import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CorruptFile } from '../../dataset/errors.js';
import {
  findSnapshot,
  listSnapshots,
  manifestPath,
  newestNumber,
  newestSnapshot,
  publishSnapshot,
} from '../../dataset/snapshots.js';
import type { Store } from '../../dataset/store.js';
import { stores } from './folder.js';
import { draft, table } from './manifests.js';

const freshStore = stores();

const publish = (store: Store, catalogue: string, content: string) =>
  publishSnapshot(store, draft(catalogue, [table('films', content)]));

describe('publishing a snapshot', () => {
  it('numbers the snapshots of each catalogue from 1', async () => {
    const store = await freshStore();
    const ids = [];
    for (const [catalogue, content] of [
      ['sample', 'a'],
      ['sample', 'b'],
      ['synthetic:5000', 'a'],
      ['sample', 'c'],
    ] as const)
      ids.push((await publish(store, catalogue, content)).snapshot.id);
    expect(ids).toEqual(['sample/1', 'sample/2', 'synthetic:5000/1', 'sample/3']);
    expect(await newestNumber(store, 'sample')).toBe(3);
    expect(await newestNumber(store, 'tmdb')).toBe(0);
    expect((await newestSnapshot(store, 'synthetic:5000'))?.number).toBe(1);
    expect(await newestSnapshot(store, 'tmdb')).toBeNull();
  });

  it('gives no new number to content that is the newest already', async () => {
    const store = await freshStore();
    const first = await publish(store, 'sample', 'a');
    const again = await publish(store, 'sample', 'a');
    expect(first.unchanged).toBe(false);
    expect(again).toEqual({ unchanged: true, snapshot: first.snapshot });
    await publish(store, 'sample', 'b');
    // What stood before, and was replaced, is news.
    expect((await publish(store, 'sample', 'a')).snapshot.id).toBe('sample/3');
  });

  it('gives two numbers to two who publish at once, and one to two of the same content', async () => {
    const store = await freshStore();
    const different = await Promise.all(['a', 'b'].map((content) => publish(store, 'sample', content)));
    expect(different.map(({ snapshot }) => snapshot.number).sort()).toEqual([1, 2]);
    const many = await Promise.all(Array.from({ length: 8 }, (_, at) => publish(store, 'sample', `${at}`)));
    expect(many.map(({ snapshot }) => snapshot.number).sort((a, b) => a - b)).toEqual([
      3, 4, 5, 6, 7, 8, 9, 10,
    ]);
    const same = await Promise.all(Array.from({ length: 4 }, () => publish(store, 'sample', 'same')));
    expect(new Set(same.map(({ snapshot }) => snapshot.id))).toEqual(new Set(['sample/11']));
    expect(same.filter(({ unchanged }) => !unchanged)).toHaveLength(1);
    expect((await listSnapshots(store, 'sample')).map(({ number }) => number)).toEqual([
      11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1,
    ]);
  });

  it('keeps every field of the manifest', async () => {
    const store = await freshStore();
    const given = draft('sample', [table('films', 'a')], {
      notes: ['1 budget was made unknown.'],
      coverage: [{ field: 'title', known: 1 }],
      checks: [
        { task: 'films', name: 'rows films', severity: 'block', passed: true, rows: 1, detail: '1 row' },
      ],
      limit: 500,
      dataYear: null,
    });
    const { snapshot } = await publishSnapshot(store, given);
    expect(await findSnapshot(store, 'sample/1')).toEqual(snapshot);
    expect(snapshot).toEqual({
      ...given,
      id: 'sample/1',
      number: 1,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
});

describe('a snapshot’s sha256', () => {
  const shaOf = async (tables: ReturnType<typeof table>[]): Promise<string> =>
    (await publishSnapshot(await freshStore(), draft('sample', tables))).snapshot.sha256;

  it('follows the content tables alone', async () => {
    const films = table('films', 'a');
    const report = (content: string) => table('report', content, { content: false });
    const feed = (content: string) => table('ids', content, { content: false, feeds: true });
    const sha256 = await shaOf([films, report('x'), feed('x')]);
    expect(await shaOf([films, report('y'), feed('y')])).toBe(sha256);
    expect(await shaOf([films])).toBe(sha256);
    expect(await shaOf([feed('x'), report('x'), films])).toBe(sha256);
    expect(await shaOf([table('films', 'b'), report('x'), feed('x')])).not.toBe(sha256);
    expect(await shaOf([films, table('trends', 'a')])).not.toBe(sha256);
    expect(await shaOf([{ ...films, table: 'trends' }])).not.toBe(sha256);
  });

  it('does not follow paths, tasks, rows or who ran it', async () => {
    const films = table('films', 'a');
    expect(await shaOf([{ ...films, path: 'elsewhere', task: 'other', rows: 2, bytes: 9 }])).toBe(
      await shaOf([films]),
    );
  });
});

describe('catalogues whose labels look alike', () => {
  const ALIKE = [
    'file:a b.ndjson',
    'file:a-b.ndjson',
    'file:a+b.ndjson',
    'file:ä.ndjson',
    'file:ö.ndjson',
    'file:..',
  ];

  it('have snapshots of their own', async () => {
    const store = await freshStore();
    for (const catalogue of ALIKE) {
      expect((await publish(store, catalogue, 'the same')).snapshot.id).toBe(`${catalogue}/1`);
      expect((await listSnapshots(store, catalogue)).map(({ id }) => id)).toEqual([`${catalogue}/1`]);
    }
    expect((await listSnapshots(store)).map(({ id }) => id).sort()).toEqual(
      ALIKE.map((one) => `${one}/1`).sort(),
    );
    for (const catalogue of ALIKE)
      expect((await findSnapshot(store, `${catalogue}/1`))?.catalogue).toBe(catalogue);
  });

  it('have folders of their own, whatever they are called, and no folder elsewhere', () => {
    const label = fc.oneof(
      fc.constantFrom(
        'tmdb',
        'sample',
        'synthetic:5',
        'synthetic:5:1',
        'synthetic:51',
        'synthetic:5@1',
        ...ALIKE,
      ),
      fc.string({ minLength: 1 }).map((name) => `file:${name}`),
      fc
        .string({ minLength: 1, maxLength: 300, unit: fc.constantFrom('a', '-', ' ', '.', '~', ':') })
        .map((name) => `file:${name}`),
      fc.string({ minLength: 1 }),
    );
    fc.assert(
      fc.property(label, label, (one, other) => {
        const [a, b] = [manifestPath(one, 1), manifestPath(other, 1)];
        expect(a === b).toBe(one === other);
        expect(a).toMatch(/^snapshots\/[A-Za-z0-9_@~-][A-Za-z0-9._@~-]*\/1\.json$/);
        expect(a.length).toBeLessThan(200);
      }),
      { numRuns: 2000 },
    );
  });

  it('keep plain names in plain folders', () => {
    expect(
      ['tmdb', 'sample', 'synthetic:5000', 'synthetic:5000:7@3', 'file:tmdb-10k.ndjson.gz'].map((catalogue) =>
        manifestPath(catalogue, 3),
      ),
    ).toEqual([
      'snapshots/tmdb/3.json',
      'snapshots/sample/3.json',
      'snapshots/synthetic-5000/3.json',
      'snapshots/synthetic-5000-7@3/3.json',
      'snapshots/file-tmdb-10k.ndjson.gz/3.json',
    ]);
  });
});

describe('finding a snapshot', () => {
  it.each([
    'sample',
    'sample/',
    'sample/0',
    'sample/01',
    'sample/2',
    'sample/-1',
    'sample/1.0',
    'sample/1e0',
    'sample/1 ',
    'Sample /1',
    '/1',
    '../sample/1',
    'x/../sample/1',
    'snapshots/sample/1',
    'sample/99999999999999999999',
    '',
    '\0/1',
    `${'a'.repeat(5000)}/1`,
  ])('knows none by the id %j', async (id) => {
    const store = await freshStore();
    await publish(store, 'sample', 'a');
    expect(await findSnapshot(store, id)).toBeNull();
  });

  it('lists all of them, newest first within a catalogue, and no other file', async () => {
    const store = await freshStore();
    expect(await listSnapshots(store)).toEqual([]);
    for (let number = 1; number <= 11; number++) await publish(store, 'sample', `${number}`);
    await publish(store, 'file:a.ndjson', 'a');
    await store.write('snapshots/sample/notes.txt', 'mine');
    await store.write('snapshots/sample/notes.json', 'mine');
    const ids = (await listSnapshots(store)).map(({ id }) => id);
    expect(ids.slice(0, 3)).toEqual(['file:a.ndjson/1', 'sample/11', 'sample/10']);
    expect(ids).toHaveLength(12);
  });

  it('says which manifest is damaged instead of passing over it', async () => {
    const store = await freshStore();
    await publish(store, 'sample', 'a');
    for (const bytes of ['{"id": "sam', '{}', '[]', 'null']) {
      await store.write('snapshots/sample/1.json', bytes);
      const error = await findSnapshot(store, 'sample/1').catch((one: unknown) => one);
      expect(error).toBeInstanceOf(CorruptFile);
      expect((error as Error).message).toContain('snapshots/sample/1.json cannot be read');
    }
  });
});
