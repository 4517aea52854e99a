import { createServer } from 'node:http';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { emptyFolder, FakeRuns, serveFolder, type Answer, type Api } from './api.js';
import { testFilms, writeSnapshot } from './snapshot.js';

const films = testFilms(40);
const codes = ({ errors }: Answer): string[] => errors.map(({ extensions }) => extensions.code);

describe('without a snapshot', () => {
  let api: Api;
  beforeAll(async () => (api = await serveFolder(emptyFolder())));
  afterAll(async () => await api.close());

  it('roots are null with a code, and the rest of the answer stands', async () => {
    const answer = await api.post({
      query:
        '{ snapshot { id } movies { totalCount } genres { name } snapshots { id } pipeline { mermaid } }',
    });
    expect(answer.data).toMatchObject({
      snapshot: null,
      movies: null,
      genres: null,
      snapshots: [],
      pipeline: {},
    });
    expect(codes(answer)).toEqual(['SNAPSHOT_NOT_READY', 'SNAPSHOT_NOT_READY', 'SNAPSHOT_NOT_READY']);
  });

  it('it is live but not ready, and becomes ready when one is published', async () => {
    expect((await fetch(`${api.url}/health/live`)).status).toBe(200);
    expect((await fetch(`${api.url}/health/ready`)).status).toBe(503);
    writeSnapshot(join(api.folder, 'data'), films);
    await vi.waitFor(async () => expect((await fetch(`${api.url}/health/ready`)).status).toBe(200), 60_000);
    expect(await api.ask('{ snapshot { movieCount } }')).toEqual({ snapshot: { movieCount: 40 } });
  });
});

describe('with a snapshot', () => {
  let api: Api;
  beforeAll(async () => {
    const folder = emptyFolder();
    writeSnapshot(join(folder, 'data'), films);
    api = await serveFolder(folder);
  });
  afterAll(async () => await api.close());

  it('a damaged newer one is logged and not served', async () => {
    writeSnapshot(join(api.folder, 'data'), films, { number: 2, torn: 'films' });
    await vi.waitFor(
      () => expect(api.log.some(({ snapshot, level }) => snapshot === 'test/2' && level === 50)).toBe(true),
      60_000,
    );
    expect(await api.ask('{ snapshot { id } }')).toEqual({ snapshot: { id: 'test/1' } });
    writeSnapshot(join(api.folder, 'data'), films.slice(0, 30), { number: 3 });
    await vi.waitFor(
      async () => expect(await api.ask('{ snapshot { id } }')).toEqual({ snapshot: { id: 'test/3' } }),
      60_000,
    );
  });

  it('others are asked for by id', async () => {
    expect(
      await api.ask('{ movies(snapshot: "test/1") { totalCount } snapshot(id: "test/1") { movieCount } }'),
    ).toEqual({
      movies: { totalCount: 40 },
      snapshot: { movieCount: 40 },
    });
    const answer = await api.post({
      query: '{ genres(snapshot: "../test/9") { name } snapshot(id: "test/99") { id } }',
    });
    expect(answer.data).toEqual({ genres: null, snapshot: null });
    expect(codes(answer)).toEqual(['NOT_FOUND', 'NOT_FOUND']);
  });

  it('an unexpected error is masked: the log has it under a reference', async () => {
    const answer = await api.post({ query: '{ run(id: "broken") { id } }' });
    expect(codes(answer)).toEqual(['INTERNAL_SERVER_ERROR']);
    expect(answer.text).not.toMatch(/secret|abc|graphql\/|stack|node_modules/);
    const reference = /[0-9a-f-]{36}/.exec(answer.errors[0]!.message)?.[0];
    expect(
      api.log.some(
        (line) => line.reference === reference && JSON.stringify(line).includes('secret token abc'),
      ),
    ).toBe(true);
  });

  it('errors of the runs keep their code and words', async () => {
    const answer = await api.post({
      query: '{ run(id: "away") { id } a: run(id: "nobody") { id } genres { name } }',
    });
    expect(answer.data).toMatchObject({ run: null, a: null, genres: expect.any(Array) });
    expect(answer.errors).toMatchObject([
      { message: 'Temporal does not answer.', extensions: { code: 'TEMPORAL_UNAVAILABLE' } },
    ]);
    expect(codes(await api.post({ query: 'mutation { pauseRun(id: "gone") { id } }' }))).toEqual([
      'NOT_FOUND',
    ]);
  });

  it('parsing, validation and variables have Apollo’s codes', async () => {
    expect(codes(await api.post({ query: '{ genres {' }))).toEqual(['GRAPHQL_PARSE_FAILED']);
    expect(codes(await api.post({ query: '{ nothing }' }))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(
      codes(await api.post({ query: 'query ($id: Int!) { movie(id: $id) { id } }', variables: { id: 'x' } })),
    ).toEqual(['BAD_USER_INPUT']);
    expect(codes(await api.post('not json'))).toEqual(['BAD_USER_INPUT']);
    expect(codes(await api.post({ query: 'subscription { runProgress(id: "x") { id } }' }))).toEqual([
      'BAD_USER_INPUT',
    ]);
  });

  it('requests that a page elsewhere could forge are refused', async () => {
    const plain = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{"query":"{genres{name}}"}',
    });
    expect(plain.status).toBeGreaterThanOrEqual(400);
    const get = await fetch(`${api.url}/graphql?query={genres{name}}`);
    expect(get.status).toBe(400);
    const asked = await fetch(`${api.url}/graphql?query={genres{name}}`, {
      headers: { 'apollo-require-preflight': '1' },
    });
    expect(asked.status).toBe(200);
    const mutation = await fetch(`${api.url}/graphql?query=mutation{startRun{id}}`, {
      headers: { 'apollo-require-preflight': '1' },
    });
    expect(mutation.status).toBe(405);
    const rebound = await api.post(
      { query: 'mutation { startRun { id } }' },
      { origin: 'http://evil.example' },
    );
    expect(codes(rebound)).toEqual(['FORBIDDEN']);
  });

  it('pages and pictures come with a strict content policy, and nothing outside their folder', async () => {
    const get = async (path: string, accept = '*/*') =>
      await fetch(`${api.url}${path}`, { headers: { accept } });
    const page = await get('/');
    expect(await page.text()).toContain('Marquee');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect(await (await get('/graphql', 'text/html')).text()).toContain('Explorer');
    expect((await get('/web/app.js')).headers.get('content-type')).toContain('text/javascript');
    const etag = (await get('/web/app.js')).headers.get('etag')!;
    expect((await fetch(`${api.url}/web/app.js`, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await get('/pictures/people.svg')).headers.get('content-type')).toBe('image/svg+xml');
    writeFileSync(join(api.folder, 'secret.json'), '{}');
    for (const path of [
      '/web/../secret.json',
      '/web/%2e%2e/secret.json',
      '/web/..%2fsecret.json',
      '/pictures/constructor',
      '/pictures/none.svg',
      '/nothing',
    ])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
  });

  it('metrics count operations, errors and the age of the snapshot', async () => {
    await api.ask('{ genres { name } }');
    await api.post({ query: '{ movies(first: 999) { totalCount } }' });
    const text = await (await fetch(`${api.url}/metrics`)).text();
    expect(text).toMatch(/marquee_graphql_requests_total\{operation="query",field="genres"\} \d/);
    expect(text).toMatch(/marquee_graphql_errors_total\{code="BAD_USER_INPUT"\} \d/);
    expect(text).toMatch(/marquee_snapshot_age_seconds \d/);
    expect(text).toContain('nodejs_eventloop_lag_seconds');
  });

  it('a port in use is one clear sentence', async () => {
    const server = createServer();
    const port = await new Promise<number>((done) =>
      server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port)),
    );
    const folder = emptyFolder();
    await expect(serveFolder(folder, { port })).rejects.toThrow(
      `Port ${port} of 127.0.0.1 is in use: end what listens there, or choose another with --port.`,
    );
    server.close();
  });
});

describe('mutations', () => {
  it('need the admin token where one is set', async () => {
    const runs = new FakeRuns();
    const api = await serveFolder(emptyFolder(), { runs, adminToken: 'correct horse' });
    const query =
      'mutation { startRun(input: { catalogue: "synthetic:500:3", limit: 10, force: true }) { id status } }';
    expect(codes(await api.post({ query }))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await api.post({ query }, { authorization: 'Bearer wrong' }))).toEqual(['UNAUTHENTICATED']);
    expect(runs.calls).toEqual([]);
    const { data } = await api.post({ query }, { authorization: 'Bearer correct horse' });
    expect(data).toEqual({ startRun: { id: 'new', status: 'RUNNING' } });
    expect(runs.calls).toEqual([['start', { catalogue: 'synthetic:500:3', limit: 10, force: true }]]);
    await api.close();
  });

  it('are off beyond this machine without a token', async () => {
    const api = await serveFolder(emptyFolder(), { host: '0.0.0.0' });
    expect(codes(await api.post({ query: 'mutation { cancelRun(id: "x") { id } }' }))).toEqual(['FORBIDDEN']);
    await api.close();
  });

  it('take only what can be', async () => {
    const runs = new FakeRuns();
    const folder = emptyFolder();
    const files = join(folder, 'files');
    mkdirSync(files);
    writeFileSync(join(files, 'films.ndjson'), '');
    writeFileSync(join(folder, 'outside.ndjson'), '');
    symlinkSync(join(folder, 'outside.ndjson'), join(files, 'link.ndjson'));
    writeSnapshot(join(folder, 'data'), films);
    const api = await serveFolder(folder, { runs, files });
    const start = async (catalogue: string) =>
      await api.post({
        query: 'mutation ($input: StartRunInput) { startRun(input: $input) { id } }',
        variables: { input: { catalogue } },
      });
    for (const catalogue of [
      '',
      'imdb',
      'synthetic:0',
      'synthetic:5000001',
      'synthetic:1:x',
      'file:',
      'file:../outside.ndjson',
      `file:${folder}/outside.ndjson`,
      'file:link.ndjson',
      'file:none.ndjson',
      'file:/etc/passwd',
      'file:.',
    ]) {
      const answer = await start(catalogue);
      expect([catalogue, codes(answer)]).toEqual([catalogue, ['BAD_USER_INPUT']]);
      expect(answer.text).not.toContain(files);
    }
    expect(runs.calls).toEqual([]);
    for (const catalogue of [
      'sample',
      'tmdb',
      'synthetic:5000000',
      'file:films.ndjson',
      `file:${files}/films.ndjson`,
    ])
      expect(codes(await start(catalogue))).toEqual([]);
    expect(runs.calls.slice(-2)).toEqual([
      ['start', { catalogue: `file:${files}/films.ndjson` }],
      ['start', { catalogue: `file:${files}/films.ndjson` }],
    ]);
    const refused = await api.post({
      query: `mutation { setRate(id: "a", ratePerSecond: 0) { id } }`,
    });
    expect(refused.errors[0]?.message).toBe('ratePerSecond is 0; legal is 0.1 to 10000.');
    expect(codes(await api.post({ query: 'mutation { startRun(input: { limit: 0 }) { id } }' }))).toEqual([
      'BAD_USER_INPUT',
    ]);
    expect(
      codes(await api.post({ query: 'mutation { retryDeadLetters(snapshot: "test/7") { id } }' })),
    ).toEqual(['NOT_FOUND']);
    await api.post({ query: 'mutation { retryDeadLetters(snapshot: "test/1") { id } }' });
    expect(runs.calls.at(-1)).toEqual(['retry', { id: 'test/1', catalogue: 'test', limit: null }]);
    expect(await api.ask('{ run(id: "x") { id snapshot { id movieCount } tasks { name } } }')).toEqual({
      run: { id: 'x', snapshot: { id: 'test/1', movieCount: 40 }, tasks: [] },
    });
    await api.close();
  });
});
