import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotManifest } from '../../dataset/snapshots.js';
import type { Plan } from '../../plan/schema.js';
import { emptyFolder, FakeRuns, serveFolder, type Api } from './api.js';
import { testFilms, writeSnapshot } from './snapshot.js';

/** Tables of a snapshot whose tasks are `test`, which wrote all of them, and `publish`, which made them one. */
const PLAN = {
  maxAge: '36h',
  tasks: {
    test: { activity: 'test', after: ['listIds'] },
    listIds: { activity: 'listIds', after: [] },
    trends: { activity: 'trends', after: ['test'] },
    publish: { activity: 'publish', after: ['test', 'trends'] },
  },
} as unknown as Plan;

let api: Api;
let manifest: SnapshotManifest;
const runs = new FakeRuns();

beforeAll(async () => {
  const folder = emptyFolder();
  const data = join(folder, 'data');
  const checks: SnapshotManifest['checks'] = [
    { task: 'test', name: 'ids are distinct', severity: 'block', passed: true, rows: 0, detail: '' },
    {
      task: 'test',
      name: 'votes do not fall',
      severity: 'warn',
      passed: false,
      rows: 3,
      detail: 'films 1, 2, 3',
    },
    { task: 'trends', name: 'shares add up', severity: 'block', passed: false, rows: 1, detail: '' },
  ];
  manifest = { ...writeSnapshot(data, testFilms(40)), checks };
  writeFileSync(join(data, 'snapshots/test/1.json'), JSON.stringify(manifest));
  api = await serveFolder(folder, { runs, plan: PLAN });
});
afterAll(async () => await api.close());

const post = async (query: string, headers: Record<string, string> = {}): Promise<Response> =>
  await fetch(`${api.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
const metrics = async (): Promise<string> => await (await fetch(`${api.url}/metrics`)).text();

describe('the name of a request', () => {
  const nameOf = async (headers: Record<string, string>): Promise<string | null> =>
    (await post('{ run(id: "broken") { id } }', headers)).headers.get('x-request-id');
  const logged = (request: string | null): Record<string, unknown>[] =>
    api.log.filter((line) => line.request === request && line.msg === 'a request failed');

  it("is the client's, in the answer and in the log", async () => {
    expect(await nameOf({ 'x-request-id': 'page-7.a' })).toBe('page-7.a');
    expect(logged('page-7.a')).toHaveLength(1);
    expect(logged('page-7.a')[0]).toMatchObject({ level: 50, path: ['run'] });
  });

  it('is one of ours where the client has none or one that could forge a line of the log', async () => {
    const names = [
      await nameOf({}),
      await nameOf({}),
      await nameOf({ 'x-request-id': 'a b{"level":50}' }),
      await nameOf({ 'x-request-id': 'x'.repeat(65) }),
    ];
    for (const name of names) {
      expect(name).toMatch(/^[0-9a-f]{12}-[0-9a-z]+$/);
      expect(logged(name)).toHaveLength(1);
    }
    expect(new Set(names).size).toBe(4);
  });

  it('stands on kept answers and refusals too', async () => {
    for (const again of ['one', 'two', 'kept']) {
      const { headers } = await post('{ genres { name } }', { 'x-request-id': again });
      expect(headers.get('x-request-id')).toBe(again);
    }
    const refused = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'three' },
      body: 'no JSON',
    });
    expect([refused.status, refused.headers.get('x-request-id')]).toEqual([400, 'three']);
  });
});

describe('the metrics', () => {
  it('count answers by the name of their operation, and put names together after the hundredth', async () => {
    const count = async (name: string): Promise<number> => {
      const line = `marquee_graphql_duration_seconds_count\\{operation="query",name="${name}"\\} (\\d+)`;
      return Number(new RegExp(line).exec(await metrics())?.[1] ?? 0);
    };
    const anonymous = await count('anonymous');
    await post('{ genres { movieCount } }');
    await post('query Home { genres { movieCount } }');
    await post('query Home { genres { name movieCount } }');
    expect([await count('Home'), await count('anonymous')]).toEqual([2, anonymous + 1]);
    for (let i = 0; i < 110; i++) await post(`query N${i} { genres { name } }`);
    expect([await count('N98'), await count('N99'), await count('other')]).toEqual([1, 0, 11]);
    await post('query Home { genres { name name } }');
    expect([await count('Home'), await count('other')]).toEqual([3, 11]);
  });

  it('say how late the event loop was, and what is open and served', async () => {
    const text = await metrics();
    for (const quantile of ['0.5', '0.99', '0.999', '1'])
      expect(text).toMatch(new RegExp(`marquee_event_loop_delay_seconds\\{quantile="${quantile}"\\} [\\d.]`));
    expect(text).toMatch(/marquee_event_loop_stalls_total \d/);
    expect(text).toMatch(/marquee_graphql_subscriptions 0/);
    expect(text).toMatch(/marquee_snapshot_films 40/);
  });
});

describe('an artefact', () => {
  const ask = async (name: string): Promise<unknown> =>
    (
      await api.ask<{ artefact: unknown }>(
        `query ($name: String!) { artefact(name: $name) { name upstream downstream rows bytes sha256 failing
          tables { name rows bytes sha256 content } checks { name severity passed rows detail } } }`,
        { name },
      )
    ).artefact;
  const sum = (of: 'rows' | 'bytes'): number => manifest.tables.reduce((all, table) => all + table[of], 0);

  it('has what it was made of, what is made of it, its tables and its checks', async () => {
    const tables = manifest.tables
      .map(({ table: name, rows, bytes, sha256, content }) => ({ name, rows, bytes, sha256, content }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const lines = tables.map(({ name, sha256 }) => `${name} ${sha256}\n`);
    expect(await ask('test')).toEqual({
      name: 'test',
      upstream: ['listIds'],
      downstream: ['trends', 'publish'],
      rows: sum('rows'),
      bytes: sum('bytes'),
      sha256: createHash('sha256').update(lines.join('')).digest('hex'),
      failing: 1,
      tables,
      checks: [
        { name: 'ids are distinct', severity: 'block', passed: true, rows: 0, detail: '' },
        { name: 'votes do not fall', severity: 'warn', passed: false, rows: 3, detail: 'films 1, 2, 3' },
      ],
    });
  });

  it('is all of the snapshot where its task publishes, and null where nothing was written', async () => {
    expect(await ask('publish')).toMatchObject({
      upstream: ['test', 'trends'],
      rows: sum('rows'),
      sha256: manifest.sha256,
      failing: 0,
    });
    expect(await ask('trends')).toBeNull();
  });

  it('of no task is refused with the names there are', async () => {
    const { errors } = await api.post({ query: '{ artefact(name: "toString") { rows } }' });
    expect(errors).toMatchObject([
      {
        message: 'name is "toString"; legal are test, listIds, trends, publish.',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });
});

it('runs of the last days are asked for from that day on, within a year', async () => {
  const asked = Date.now();
  await api.ask('{ runs(first: 5, days: 3) { id } }');
  const [name, first, since] = runs.calls.at(-1) as [string, number, Date];
  expect([name, first]).toEqual(['list', 5]);
  const days = (asked - since.getTime()) / 86_400_000;
  expect(Math.abs(days - 3)).toBeLessThan(0.01);
  await api.ask('{ runs(first: 5) { id } }');
  expect(runs.calls.at(-1)).toEqual(['list', 5]);
  for (const wrong of [0, -1, 366]) {
    const { errors } = await api.post({ query: `{ runs(days: ${wrong}) { id } }` });
    expect(errors[0]?.message).toBe(`days is ${wrong}; legal is 1 to 365.`);
  }
});
