import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { createClient } from 'graphql-ws';
import { Answers } from '../../graphql/http/answers.js';
import { Clients } from '../../graphql/http/clients.js';
import { emptyFolder, FakeRuns, runView, serveFolder, type Answer, type Api } from './api.js';
import { testFilms, writeSnapshot } from './snapshot.js';

const films = testFilms(60);
let api: Api;
let runs: FakeRuns;
beforeAll(async () => {
  const folder = emptyFolder();
  writeSnapshot(join(folder, 'data'), films);
  runs = new FakeRuns();
  api = await serveFolder(folder, { runs });
});
afterAll(async () => await api.close());

const get = async (query: string, headers: Record<string, string> = {}): Promise<Response> =>
  await fetch(`${api.url}/graphql?query=${encodeURIComponent(query)}`, {
    headers: { 'apollo-require-preflight': '1', ...headers },
  });

/** Looks for kept answers so far: found, not found. */
async function looks(of: Api = api): Promise<[number, number]> {
  const text = await (await fetch(`${of.url}/metrics`)).text();
  const count = (result: string): number =>
    Number(new RegExp(`cache_total\\{result="${result}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
  return [count('hit'), count('miss')];
}

/** fetch unpacks answers by itself. */
async function raw(
  body: string,
  headers: Record<string, string>,
): Promise<{ encoding: unknown; bytes: Buffer }> {
  return await new Promise((done, fail) => {
    const asked = request(
      `${api.url}/graphql`,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          done({ encoding: response.headers['content-encoding'], bytes: Buffer.concat(chunks) }),
        );
      },
    );
    asked.on('error', fail).end(body);
  });
}

it('keeps the specification of GraphQL over HTTP', async () => {
  const audits = serverAudits({ url: `${api.url}/graphql` });
  const results = await Promise.all(audits.map(async ({ fn }) => await fn()));
  const failing = results.flatMap((one) =>
    'reason' in one ? [`${one.status}: ${one.name}: ${one.reason}`] : [],
  );
  // GETs without a header that no page elsewhere can send are refused, by design.
  expect(failing.filter((text) => !text.startsWith('notice'))).toEqual([]);
  expect(failing.length).toBeLessThanOrEqual(3);
  expect(audits.length).toBeGreaterThanOrEqual(61);
});

describe('an answer', () => {
  it('is kept when it is asked for again, and found by the bytes of the request', async () => {
    const body = JSON.stringify({ query: '{ movies(first: 3) { nodes { id title } } }' });
    const before = await looks();
    const first = await api.post(body);
    const second = await api.post(body);
    expect(await looks()).toEqual([before[0], before[1] + 2]);
    const third = await api.post(body);
    expect([second.text, third.text]).toEqual([first.text, first.text]);
    expect(await looks()).toEqual([before[0] + 1, before[1] + 2]);
    await api.post(body, { authorization: 'Bearer other' });
    expect((await looks())[0]).toBe(before[0] + 1);
  });

  it('is not kept where it changes without a new snapshot, is an error or writes', async () => {
    const before = await looks();
    for (const query of [
      '{ runs { id } }',
      '{ snapshots { id } }',
      '{ movies(first: 999) { totalCount } }',
      '{ nothing }',
      'mutation { startRun { id } }',
    ]) {
      await api.post({ query });
      await api.post({ query });
    }
    expect((await looks())[0]).toBe(before[0]);
    expect(runs.calls.filter(([verb]) => verb === 'start').length).toBe(2);
    expect(runs.calls.filter(([verb]) => verb === 'list').length).toBe(2);
  });

  it('is kept no longer than its snapshot is the newest', async () => {
    const folder = emptyFolder();
    writeSnapshot(join(folder, 'data'), films);
    const own = await serveFolder(folder);
    const query = '{ snapshot { id movieCount } movies { totalCount } }';
    const ask = async () => (await own.post({ query })).data;
    await ask();
    expect(await ask()).toMatchObject({ snapshot: { id: 'test/1' }, movies: { totalCount: 60 } });
    writeSnapshot(join(folder, 'data'), films.slice(0, 30), { number: 2 });
    await vi.waitFor(
      async () =>
        expect(await ask()).toEqual({
          snapshot: { id: 'test/2', movieCount: 30 },
          movies: { totalCount: 30 },
        }),
      60_000,
    );
    await own.close();
  });

  it('has a tag, and is not sent again to who has it', async () => {
    const first = await get('{ genres { name movieCount } }');
    const etag = first.headers.get('etag')!;
    expect(first.status).toBe(200);
    const again = await get('{ genres { name movieCount } }', { 'if-none-match': etag });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect((await get('{ genres { name movieCount } }', { 'if-none-match': '"x"' })).status).toBe(200);
    const forged = await fetch(`${api.url}/graphql?query={genres{name movieCount}}`, {
      headers: { 'if-none-match': etag },
    });
    expect(forged.status).toBe(400);
  });

  it('is compressed where that pays and the client takes it', async () => {
    const long = JSON.stringify({ query: '{ movies(first: 60) { nodes { id title overview cast } } }' });
    const plain = await raw(long, {});
    expect(plain.encoding).toBeUndefined();
    for (const _time of [1, 2, 3]) {
      const zipped = await raw(long, { 'accept-encoding': 'br, gzip' });
      expect(zipped.encoding).toBe('gzip');
      expect(zipped.bytes.length).toBeLessThan(plain.bytes.length / 2);
      expect(gunzipSync(zipped.bytes).equals(plain.bytes)).toBe(true);
    }
    expect((await raw(long, { 'accept-encoding': 'gzip;q=0' })).encoding).toBeUndefined();
    const short = JSON.stringify({ query: '{ genres { name } }' });
    expect((await raw(short, { 'accept-encoding': 'gzip' })).encoding).toBeUndefined();
  });

  it('is found for persisted queries, once their text came', async () => {
    const query = '{ snapshot { asOf } }';
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    const unknown = await api.post({ extensions });
    expect(unknown.errors[0]?.extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND');
    await api.post({ query, extensions });
    expect((await api.post({ extensions })).data).toEqual({ snapshot: { asOf: '2020-12-31' } });
  });
});

describe('a text that came before', () => {
  it('is answered as it is where a request says more of it, errors included', async () => {
    for (const query of [
      '{ genres { name } }',
      'query A { genres { name } } query B { snapshot { asOf } }',
      '{ genres { nam } }',
      '{ genres { name }',
      '{ person(id: "\ud800") { name } }',
      'query ($id: Int!) { movie(id: $id) { title } }',
      ' ',
      '',
    ])
      for (const operationName of [undefined, 'A', '']) {
        // With its hash beside it a request's text goes to Apollo as it came.
        const sha256Hash = createHash('sha256').update(query).digest('hex');
        const extensions = query === '' ? {} : { persistedQuery: { version: 1, sha256Hash } };
        const plain = await api.post({ query, operationName, extensions });
        const named = { clientLibrary: { name: 'a client', version: '1' } };
        for (const extensions of [undefined, {}, named])
          for (const _time of [1, 2, 3])
            expect(await api.post({ query, operationName, extensions })).toEqual(plain);
      }
  });
});

describe('an operation that came before', () => {
  const query = 'query ($n: Int!, $id: ID) { movies(first: $n, snapshot: $id) { nodes { id } } }';
  const ask = async (variables: unknown, more: object = {}): Promise<Answer> =>
    await api.post({ query, variables, ...more });

  it('is held to the same limits and checks of its variables', async () => {
    for (const n of [1, 2, 3]) expect((await ask({ n })).data).toMatchObject({ movies: {} });
    for (const [variables, code] of [
      [{ n: 10_000 }, 'BAD_USER_INPUT'],
      [{ n: 'x' }, 'BAD_USER_INPUT'],
      [{}, 'BAD_USER_INPUT'],
      [null, 'BAD_USER_INPUT'],
      ['{"n":1}', 'BAD_REQUEST'],
      [[1], 'BAD_REQUEST'],
      [{ n: 1, id: 'test/99' }, 'NOT_FOUND'],
    ] as const)
      expect([variables, (await ask(variables)).errors[0]?.extensions.code]).toEqual([variables, code]);
    expect((await ask({ n: 1 }, { operationName: 'X' })).errors[0]?.extensions.code).toBe(
      'OPERATION_RESOLUTION_FAILURE',
    );
    expect((await ask({ n: 1 }, { operationName: 7 })).errors[0]?.extensions.code).toBe('BAD_REQUEST');
    expect((await ask({ n: 1 }, { extensions: [] })).errors[0]?.extensions.code).toBe('BAD_REQUEST');
  });

  it('is refused where other variables make it too large', async () => {
    const inner = 'nodes { credits(first: $n) { person { movies(first: $n) { nodes { id } } } } }';
    const nested = `query ($n: Int!) { movies(first: $n) { ${inner} } }`;
    const codes = [];
    for (const n of [1, 2, 3, 100, 3])
      codes.push(
        (await api.post({ query: nested, variables: { n } })).errors.map(({ extensions }) => extensions.code),
      );
    expect(codes).toEqual([[], [], [], ['QUERY_TOO_COMPLEX'], []]);
  });

  it('is answered in the type that the client takes', async () => {
    const type = 'application/graphql-response+json';
    for (const n of [4, 5, 6])
      for (const accept of [type, 'application/json', 'text/html']) {
        const answer = await fetch(`${api.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept },
          body: JSON.stringify({ query, variables: { n } }),
        });
        expect([answer.status, answer.headers.get('content-type')]).toEqual(
          accept === 'text/html'
            ? [406, 'application/json; charset=utf-8']
            : [200, `${accept}; charset=utf-8`],
        );
        await answer.arrayBuffer();
      }
  });

  it('is counted and kept as any other', async () => {
    const count = async (): Promise<number> => {
      const text = await (await fetch(`${api.url}/metrics`)).text();
      return Number(/duration_seconds_count\{[^}]*Counted[^}]*\} (\d+)/.exec(text)?.[1] ?? 0);
    };
    const counted = query.replace('query', 'query Counted');
    for (const n of [1, 2, 3, 4, 4, 4]) await api.post({ query: counted, variables: { n } });
    expect(await count()).toBe(6);
  });
});

describe('answers together', () => {
  it('are bounded in bytes, the one unused for longest gone first', () => {
    const answers = new Answers();
    const keep = (key: string): void =>
      answers.keep(key, null, null, { body: Buffer.alloc(2 ** 20), type: 'x', count: () => undefined });
    for (let i = 0; i < 200; i++) {
      keep(String(i));
      answers.find('0', null);
    }
    expect(answers.bytes).toBeLessThanOrEqual(32 * 2 ** 20);
    const found = ['0', '1', '168', '199'].map((key) => answers.find(key, null) !== undefined);
    expect(found).toEqual([true, false, false, true]);
  });
});

describe('a client', () => {
  it('that asks too often waits for the next token', () => {
    let now = 0;
    const clients = new Clients({ perSecond: 2, burst: 3 }, () => now);
    const take = (client: string) => clients.take(client).allowed;
    expect([1, 2, 3, 4].map(() => take('a'))).toEqual([true, true, true, false]);
    expect(take('b')).toBe(true);
    now = 500;
    expect([take('a'), take('a')]).toEqual([true, false]);
    expect(clients.take('a')).toEqual({ allowed: false, seconds: 1 });
    now = 1e6;
    expect([1, 2, 3, 4].map(() => take('a'))).toEqual([true, true, true, false]);
  });

  it('is told so, over HTTP and over WebSocket', async () => {
    const own = await serveFolder(emptyFolder(), { requestRate: { perSecond: 0.01, burst: 2 } });
    const ask = async () => await own.post({ query: '{ pipeline { mermaid } }' });
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const third = await ask();
    expect([third.status, third.errors[0]?.extensions.code]).toEqual([429, 'RATE_LIMITED']);
    const client = createClient({
      url: `${own.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    await expect(client.iterate({ query: '{ pipeline { mermaid } }' }).next()).rejects.toMatchObject([
      { extensions: { code: 'RATE_LIMITED' } },
    ]);
    await client.dispose();
    await own.close();
  });
});

it('a server of registered operations answers no other, over HTTP and over WebSocket', async () => {
  const known = '{ pipeline { tasks { name } } }';
  const live = createHash('sha256').update('subscription { runProgress(id: "r1") { id } }').digest('hex');
  const ownRuns = new FakeRuns();
  const own = await serveFolder(emptyFolder(), { registeredOperations: [known, live], runs: ownRuns });
  expect((await own.post({ query: known })).errors).toEqual([]);
  const other = await own.post({ query: '{ pipeline { mermaid } }' });
  expect(other.errors[0]?.extensions.code).toBe('FORBIDDEN');
  const client = createClient({
    url: `${own.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  await expect(client.iterate({ query: '{ pipeline { mermaid } }' }).next()).rejects.toMatchObject([
    { extensions: { code: 'FORBIDDEN' } },
  ]);
  const events = client.iterate({ query: 'subscription { runProgress(id: "r1") { id } }' });
  ownRuns.push(runView('r1'));
  expect((await events.next()).value).toEqual({ data: { runProgress: { id: 'r1' } } });
  await events.return?.();
  await client.dispose();
  await own.close();
});

it('a server without introspection shows neither schema nor explorer, and suggests nothing', async () => {
  const own = await serveFolder(emptyFolder(), { introspection: false });
  const answer = await own.post({ query: '{ __schema { types { name } } }' });
  expect(answer.errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  expect((await own.post({ query: '{ pipelin { mermaid } }' })).text).not.toContain('Did you mean');
  const page = await fetch(`${own.url}/graphql`, { headers: { accept: 'text/html' } });
  expect(page.status).toBe(404);
  const client = createClient({
    url: `${own.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  await expect(client.iterate({ query: '{ __schema { types { name } } }' }).next()).rejects.toBeDefined();
  await client.dispose();
  await own.close();
});
