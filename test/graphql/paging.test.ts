import { join } from 'node:path';
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ORDER_FIELDS } from '../../dataset/serving/tables.js';
import { openStore } from '../../dataset/store.js';
import { vacuum } from '../../dataset/vacuum.js';
import { emptyFolder, serveFolder, type Answer, type Api } from './api.js';
import { sorted, testFilms, writeSnapshot, type TestFilm } from './snapshot.js';

const films = testFilms(170);
let api: Api;

beforeAll(async () => {
  const folder = emptyFolder();
  writeSnapshot(join(folder, 'data'), films);
  api = await serveFolder(folder);
});
afterAll(async () => await api.close());

interface Connection {
  readonly totalCount: number;
  readonly nodes: { id: number }[];
  readonly edges: { cursor: string; node: { id: number } }[];
  readonly pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

const QUERY = `query ($first: Int, $after: String, $last: Int, $before: String, $offset: Int, $filter: MovieFilter, $orderBy: MovieOrder) {
  movies(first: $first, after: $after, last: $last, before: $before, offset: $offset, filter: $filter, orderBy: $orderBy) {
    totalCount nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

const page = async (variables: object): Promise<Connection> =>
  (await api.ask<{ movies: Connection }>(QUERY, variables)).movies;

const question = fc.record({
  orderBy: fc.record({
    field: fc.constantFrom(...ORDER_FIELDS),
    direction: fc.constantFrom('ASC' as const, 'DESC' as const),
  }),
  filter: fc.constantFrom(
    { filter: null, keep: () => true },
    { filter: { genres: ['Drama'] }, keep: ({ genres }: TestFilm) => genres.includes('Drama') },
    { filter: { title: 'amelie 3' }, keep: ({ title }: TestFilm) => /am[eé]lie 3/i.test(title) },
    {
      filter: { genres: ['Drama', 'Horror'], minVoteCount: 100 },
      keep: ({ genres, voteCount }: TestFilm) =>
        genres.includes('Drama') && genres.includes('Horror') && voteCount !== null && voteCount >= 100,
    },
  ),
  size: fc.integer({ min: 7, max: 100 }),
});

describe('the pages of a list hold every film exactly once, in order,', () => {
  const cases = { numRuns: 40 };

  it('forwards', async () => {
    await fc.assert(
      fc.asyncProperty(question, async ({ orderBy, filter: { filter, keep }, size }) => {
        const expected = sorted(films.filter(keep), orderBy.field, orderBy.direction);
        const seen: number[] = [];
        for (let after: string | null = null; ;) {
          const { nodes, edges, pageInfo, totalCount } = await page({ first: size, after, filter, orderBy });
          expect(totalCount).toBe(expected.length);
          expect(pageInfo.hasPreviousPage).toBe(seen.length > 0);
          expect(edges.map(({ node }) => node)).toEqual(nodes);
          expect(pageInfo.endCursor).toBe(edges.at(-1)?.cursor ?? null);
          seen.push(...nodes.map(({ id }) => id));
          if (!pageInfo.hasNextPage) break;
          after = pageInfo.endCursor;
        }
        expect(seen).toEqual(expected);
      }),
      cases,
    );
  });

  it('backwards', async () => {
    await fc.assert(
      fc.asyncProperty(question, async ({ orderBy, filter: { filter, keep }, size }) => {
        const expected = sorted(films.filter(keep), orderBy.field, orderBy.direction);
        let seen: number[] = [];
        for (let before: string | null = null; ;) {
          const { nodes, pageInfo } = await page({ last: size, before, filter, orderBy });
          seen = [...nodes.map(({ id }) => id), ...seen];
          if (!pageInfo.hasPreviousPage) break;
          before = pageInfo.startCursor;
        }
        expect(seen).toEqual(expected);
      }),
      cases,
    );
  });

  it('by offset', async () => {
    await fc.assert(
      fc.asyncProperty(question, async ({ orderBy, filter: { filter, keep }, size }) => {
        const expected = sorted(films.filter(keep), orderBy.field, orderBy.direction);
        const seen: number[] = [];
        for (let offset = 0; offset < expected.length; offset += size) {
          const { nodes, pageInfo } = await page({ first: size, offset, filter, orderBy });
          expect(pageInfo.hasNextPage).toBe(offset + size < expected.length);
          seen.push(...nodes.map(({ id }) => id));
        }
        expect(seen).toEqual(expected);
      }),
      cases,
    );
  });
});

describe('a page', () => {
  it('is by popularity, 20 films, when nothing is said', async () => {
    const { nodes, totalCount } = await page({});
    expect(nodes.map(({ id }) => id)).toEqual(sorted(films, 'POPULARITY', 'DESC').slice(0, 20));
    expect(totalCount).toBe(films.length);
  });

  it('may be empty', async () => {
    const { nodes, pageInfo } = await page({ first: 0 });
    expect(nodes).toEqual([]);
    expect(pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    });
    expect((await page({ offset: 100_000 })).nodes).toEqual([]);
  });

  it('lies between two cursors', async () => {
    const { edges } = await page({ first: 10 });
    const { nodes } = await page({ after: edges[2]?.cursor, before: edges[6]?.cursor });
    expect(nodes).toEqual(edges.slice(3, 6).map(({ node }) => node));
  });

  it('is refused with the legal range where sizes or arguments cannot be', async () => {
    const cursor = (await page({ first: 1 })).pageInfo.endCursor;
    const refused: [object, string][] = [
      [{ first: -1 }, 'first is -1; legal is 0 to 100.'],
      [{ first: 101 }, 'first is 101; legal is 0 to 100.'],
      [{ last: 101 }, 'last is 101; legal is 0 to 100.'],
      [{ offset: -1 }, 'offset is -1; legal is 0 or more.'],
      [{ first: 1, last: 1 }, 'first and last exclude each other'],
      [{ offset: 1, after: cursor }, 'offset goes with first alone'],
      [{ after: 'nonsense' }, 'after is no cursor of this API'],
      [{ after: cursor, filter: { genres: ['Drama'] } }, 'after is a cursor of another question'],
      [{ before: cursor, orderBy: { field: 'TITLE' } }, 'before is a cursor of another question'],
      [{ filter: { title: 'x'.repeat(201) } }, 'filter.title has 201 characters'],
    ];
    for (const [variables, text] of refused) {
      const { data, errors } = await api.post({ query: QUERY, variables });
      expect(data).toEqual({ movies: null });
      expect(errors[0]?.message).toContain(text);
      expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });
});

describe('a cursor', () => {
  it('goes on in its snapshot while a newer one is served, and says so when that is gone', async () => {
    const folder = emptyFolder();
    const data = join(folder, 'data');
    writeSnapshot(data, films);
    const own = await serveFolder(folder);
    try {
      const ask = async (variables: object) => await own.post({ query: QUERY, variables });
      const first = (await ask({ first: 5 })).data as { movies: Connection };
      writeSnapshot(data, films.slice(0, 50), { number: 2 });
      await vi.waitFor(
        async () =>
          expect((await own.post({ query: '{ snapshot { id } }' })).data).toEqual({
            snapshot: { id: 'test/2' },
          }),
        60_000,
      );
      const next = (await ask({ first: 5, after: first.movies.pageInfo.endCursor })).data as {
        movies: Connection;
      };
      expect(next.movies.nodes.map(({ id }) => id)).toEqual(sorted(films, 'POPULARITY', 'DESC').slice(5, 10));

      const others = await own.post({
        query: 'query ($after: String) { movies(after: $after, snapshot: "test/2") { totalCount } }',
        variables: { after: first.movies.pageInfo.endCursor },
      });
      expect(others.errors[0]?.message).toBe('The cursor belongs to snapshot test/1, not to test/2.');
    } finally {
      await own.close();
    }

    const again = emptyFolder();
    writeSnapshot(join(again, 'data'), films, { number: 2 });
    const later = await serveFolder(again);
    try {
      const cursor = (await page({ first: 1 })).pageInfo.endCursor;
      const { errors, data: answer } = await later.post({ query: QUERY, variables: { after: cursor } });
      expect(answer).toEqual({ movies: null });
      expect(errors[0]?.extensions.code).toBe('SNAPSHOT_GONE');
    } finally {
      await later.close();
      rmSync(again, { recursive: true, force: true });
    }
  });
});

describe('a snapshot that was removed', () => {
  const codeOf = async (own: Api, id: string): Promise<unknown> => {
    const { data, errors } = await own.post({
      query: 'query ($id: ID) { snapshot(id: $id) { movieCount } }',
      variables: { id },
    });
    return errors[0]?.extensions.code ?? data;
  };

  it('is SNAPSHOT_GONE by its id and by its cursors, also when it was in memory', async () => {
    const folder = emptyFolder();
    const data = join(folder, 'data');
    for (const number of [2, 3, 4]) writeSnapshot(data, films.slice(0, 10 * number), { number });
    const own = await serveFolder(folder);
    try {
      expect(await codeOf(own, 'test/3')).toEqual({ snapshot: { movieCount: 30 } });
      const within = (after: string | null): Promise<Answer> =>
        own.post({
          query:
            'query ($after: String) { movies(first: 2, snapshot: "test/3", after: $after) { pageInfo { endCursor } } }',
          variables: { after },
        });
      const { movies } = (await within(null)).data as { movies: Connection };

      await vacuum(await openStore(data), 1, 0);
      // Listed still and never read, or read and forgotten within a second.
      expect(await codeOf(own, 'test/2')).toBe('SNAPSHOT_GONE');
      await vi.waitFor(async () => expect(await codeOf(own, 'test/3')).toBe('SNAPSHOT_GONE'), 60_000);
      expect((await within(movies.pageInfo.endCursor)).errors[0]?.extensions.code).toBe('SNAPSHOT_GONE');
      const retried = await own.post({ query: 'mutation { retryDeadLetters(snapshot: "test/3") { id } }' });
      expect(retried.errors[0]?.message).toBe(
        'Snapshot test/3 was removed: `snapshots` lists those that are kept.',
      );

      expect(await codeOf(own, 'test/4')).toEqual({ snapshot: { movieCount: 40 } });
      for (const never of ['test/5', 'test/0', 'test/03', 'other/3', 'test', '3', 'test/3/'])
        expect([never, await codeOf(own, never)]).toEqual([never, 'NOT_FOUND']);
      expect(own.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
    } finally {
      await own.close();
    }
  });
});
