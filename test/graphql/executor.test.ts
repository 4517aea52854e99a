import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { HeaderMap } from '@apollo/server';
import { parse } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openStore } from '../../dataset/store.js';
import { Context, type Services } from '../../graphql/context.js';
import { History } from '../../graphql/data/history.js';
import { Served } from '../../graphql/data/served.js';
import { apolloServer } from '../../graphql/http/apollo.js';
import { Documents } from '../../graphql/http/documents.js';
import { graphqlEndpoint } from '../../graphql/http/endpoint.js';
import { Turns } from '../../graphql/http/turns.js';
import { compilingExecute } from '../../graphql/http/executor.js';
import { apiMetrics } from '../../graphql/http/metrics.js';
import { apiSchema } from '../../graphql/schema.js';
import type { Plan } from '../../plan/schema.js';
import { emptyFolder, FakeRuns } from './api.js';
import { drawOperation, draws, type Operation } from './operations.js';
import { testFilms, writeSnapshot } from './snapshot.js';

const OPERATIONS = 700;
const schema = apiSchema();
const folder = emptyFolder();
const log = pino({ level: 'silent' });
let served: Served;
let services: Services;

beforeAll(async () => {
  writeSnapshot(join(folder, 'data'), testFilms(60));
  const store = await openStore(join(folder, 'data'));
  served = new Served(store, 'test', log);
  await served.start();
  const plan = { tasks: { listIds: { activity: 'listIds', after: [], queue: 'io' } } } as unknown as Plan;
  services = { served, history: new History(store), runs: new FakeRuns(), plan, files: undefined, log };
});
afterAll(async () => {
  await served.stop();
  rmSync(folder, { recursive: true });
});

const context = (): Context => new Context(services, () => undefined, 60_000);

function corpus(): Operation[] {
  const draw = draws(6);
  const drawn = Array.from({ length: OPERATIONS }, () => drawOperation(schema, draw));
  // The same text without a name and with an empty one, in this order: the first is compiled, the second names nothing.
  const nameless = { query: '{ genres { name } }', variables: {} };
  const empty = { ...nameless, operationName: '' };
  return [...drawn, ...HAND_MADE.map((query) => ({ query, variables: {} })), nameless, empty];
}

/** What the draws reach seldom. */
const HAND_MADE = [
  '{ movies(first: 2) { nodes { id } nodes { title } } movies(first: 2) { totalCount } }',
  '{ a: movies(first: 2) { ...F } } fragment F on MovieConnection { nodes { ...G cast(first: 1) } } fragment G on Movie { id credits { person { movies(first: 1) { nodes { id } } } } }',
  '{ movie(id: 5) { credits(first: 999) { order } } genres { name } }',
  '{ person(id: "9") { movies(first: -3) { totalCount } name } }',
  '{ recommend(ratings: []) { predictedRating } movie(id: 5) { id } }',
  '{ run(id: "away") { id } b: run(id: "gone") { id tasks { name } } runs { id } }',
  'query A { genres { name } } query B { movie(id: 5) { id } }',
  '{ __schema { types { name fields { name } } } }',
  '{ __type(name: "Movie") { name fields(includeDeprecated: true) { name type { kind ofType { name } } } } }',
  'query ($n: Int = 2, $o: MovieOrder = { field: ID }) { movies(first: $n, orderBy: $o) { nodes { id } } }',
  'query ($n: Int!) { movies(first: $n) { totalCount } }',
  'query ($f: MovieFilter = { genres: "Drama" }) { movies(filter: $f, first: 1) { totalCount } }',
  'mutation { startRun { id status } }',
  'mutation { pauseRun(id: "gone") { id } }',
  '{ genreForecast(year: 1) { year } }',
  '{ movies(first: 1) { nodes { title @skip(if: true) id @include(if: false) } } }',
];

describe('queries that are compiled', () => {
  it('answer byte for byte as graphql-js does, errors included', async () => {
    // The age of a snapshot would differ from one answer to the next.
    vi.useFakeTimers({ toFake: ['Date'] });
    const metrics = apiMetrics(served);
    const settings = { log, metrics, introspection: true, registered: null };
    const compiling = apolloServer(schema, settings);
    const plain = apolloServer(schema, { ...settings, interpret: true });
    await Promise.all([compiling.start(), plain.start()]);
    const ask = async (server: typeof plain, operation: Operation): Promise<string> => {
      const { status, body } = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: 'POST',
          headers: new HeaderMap([['content-type', 'application/json']]),
          search: '',
          body: operation,
        },
        context: async () => context(),
      });
      const text = body.kind === 'complete' ? body.string : '';
      return `${status ?? 200} ${text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'reference')}`;
    };
    const seen = { clean: 0, failing: 0, codes: new Set<string>() };
    for (const operation of corpus()) {
      const expected = await ask(plain, operation);
      for (const _time of [1, 2, 3])
        expect([operation, await ask(compiling, operation)]).toEqual([operation, expected]);
      if (expected.includes('"errors"')) seen.failing++;
      else seen.clean++;
      for (const [, code] of expected.matchAll(/"code":"([A-Z_]+)"/g)) seen.codes.add(code!);
    }
    expect(seen.clean).toBeGreaterThan(200);
    expect(seen.failing).toBeGreaterThan(200);
    for (const code of [
      'BAD_USER_INPUT',
      'NOT_FOUND',
      'MODEL_NOT_TRAINED',
      'TEMPORAL_UNAVAILABLE',
      'GRAPHQL_PARSE_FAILED',
      'GRAPHQL_VALIDATION_FAILED',
      'OPERATION_RESOLUTION_FAILURE',
    ])
      expect([...seen.codes]).toContain(code);
    await Promise.all([compiling.stop(), plain.stop()]);
    vi.useRealTimers();
  }, 300_000);

  it('are answered over HTTP without Apollo once they came, byte for byte as with it', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const metrics = apiMetrics(served);
    const settings = { log, metrics, introspection: true, registered: null };
    const documents = new Documents();
    const apollo = apolloServer(schema, { ...settings, documents });
    await apollo.start();
    const asked = vi.spyOn(apollo, 'executeHTTPGraphQLRequest');
    const endpoint = graphqlEndpoint({
      apollo,
      documents,
      context,
      served,
      access: { adminToken: undefined, allowedOrigins: [], host: '127.0.0.1' },
      clients: null,
      turns: new Turns(),
      metrics,
      log,
      mostBytes: 100_000,
      mostTime: 60_000,
      keepAnswers: false,
    });
    const server = createServer(endpoint);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
    const ask = async (operation: Operation, accept: string): Promise<string> => {
      const headers = { 'content-type': 'application/json', accept };
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(operation) });
      const text = (await answer.text()).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'reference');
      return `${answer.status} ${answer.headers.get('content-type')} ${answer.headers.get('cache-control')} ${text}`;
    };
    let withoutApollo = 0;
    for (const operation of corpus())
      for (const accept of ['*/*', 'application/graphql-response+json']) {
        const first = await ask(operation, accept);
        const before = asked.mock.calls.length;
        for (const _time of [2, 3])
          expect([operation, await ask(operation, accept)]).toEqual([operation, first]);
        if (asked.mock.calls.length === before) withoutApollo++;
      }
    expect(withoutApollo).toBeGreaterThan(400);

    // What its compiled code leaves is executed once more, not twice.
    const query =
      'query ($id: ID) { movies(first: 1) { totalCount } b: movies(first: 1, snapshot: $id) { totalCount } }';
    const withId = (id: string | null): Operation => ({ query, variables: { id } });
    for (const _time of [1, 2, 3]) await ask(withId(null), '*/*');
    const { search } = served.newest!;
    const searches = search.searches;
    expect(await ask(withId('test/99'), '*/*')).toContain('NOT_FOUND');
    expect(search.searches - searches).toBe(2);
    await new Promise((done) => server.close(done).closeAllConnections());
    await apollo.stop();
    vi.useRealTimers();
  }, 300_000);

  it('are compiled at their second use, and apart for each operation of a document', async () => {
    const document = parse('query A { genres { name } } query B { movie(id: 5) { id } }');
    const execute = compilingExecute(schema);
    for (const time of [1, 2, 3]) {
      const args = (operationName: string) => ({ schema, document, operationName, contextValue: context() });
      const [a, b] = [await execute('x A', args('A')), await execute('x B', args('B'))];
      expect([a, b].map((answer) => answer && Object.keys(answer.data!))).toEqual(
        time === 1 ? [null, null] : [['genres'], ['movie']],
      );
    }
    expect(isCompiledQuery(compileQuery(schema, document, 'A'))).toBe(true);
  });

  it('run a mutation once', async () => {
    const runs = new FakeRuns();
    const metrics = apiMetrics(served);
    const server = apolloServer(schema, { log, metrics, introspection: true, registered: null });
    await server.start();
    for (const _time of [1, 2, 3])
      await server.executeOperation(
        { query: 'mutation { startRun { id tasks { name } } a: pauseRun(id: "gone") { id } }' },
        { contextValue: new Context({ ...services, runs }, () => undefined, 60_000) },
      );
    await server.stop();
    expect(runs.calls).toEqual([1, 2, 3].map(() => ['start', {}]));
  });
});

it('a snapshot that cannot be read fails whoever asks for it, not who asks for another beside', async () => {
  const byId = async (id: string): Promise<null> => {
    if (id === 'test/8') throw new Error('damaged');
    return null;
  };
  const damaged = { newest: null, byId } as unknown as Served;
  const asked = new Context({ ...services, served: damaged }, () => undefined, 60_000);
  const found = await Promise.allSettled(['test/8', 'test/9'].map((id) => asked.snapshotOrNull(id)));
  expect(found.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});
