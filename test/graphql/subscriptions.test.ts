import { createClient, type Client } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { emptyFolder, FakeRuns, runView, serveFolder, type Api } from './api.js';

let api: Api;
let runs: FakeRuns;
let client: Client;

beforeEach(async () => {
  runs = new FakeRuns();
  api = await serveFolder(emptyFolder(), { runs, allowedOrigins: ['http://friend.example'] });
  client = createClient({
    url: `${api.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
});
afterEach(async () => {
  await client.dispose();
  await api.close();
});

const progress = (id: string) =>
  client.iterate({
    query: 'subscription ($id: ID!) { runProgress(id: $id) { id status notice } }',
    variables: { id },
  });

describe('runProgress', () => {
  it('tells each change and ends with the run', async () => {
    const events = progress('r1');
    runs.push(runView('r1'));
    expect((await events.next()).value).toEqual({
      data: { runProgress: { id: 'r1', status: 'RUNNING', notice: null } },
    });
    runs.push(runView('r1', { status: 'PAUSED', notice: 'The disk is full.' }));
    expect((await events.next()).value).toEqual({
      data: { runProgress: { id: 'r1', status: 'PAUSED', notice: 'The disk is full.' } },
    });
    await events.return?.();
    await vi.waitFor(() => expect(runs.watching).toBe(0), 60_000);
  });

  it('is left at once when the client goes, also while nothing happens', async () => {
    const events = progress('r1');
    void events.next().catch(() => undefined);
    await vi.waitFor(() => expect(runs.watching).toBe(1), 60_000);
    await client.dispose();
    await vi.waitFor(() => expect(runs.watching).toBe(0), 60_000);
  });

  it('answers with the code of what went wrong, masked where it was unexpected', async () => {
    const unknown = (await progress('gone').next()).value as { errors: unknown };
    expect(unknown).toMatchObject({
      errors: [{ message: 'There is no run gone.', extensions: { code: 'NOT_FOUND' } }],
    });
    const broken = (await progress('broken').next()).value as object;
    expect(broken).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] });
    expect(JSON.stringify(broken)).not.toMatch(/secret|node_modules|test\/graphql/);
  });
});

describe('the socket', () => {
  it('has the limits of HTTP', async () => {
    const answer = client.iterate({
      query: `{ ${Array.from({ length: 31 }, (_, i) => `a${i}: pipeline { mermaid }`).join(' ')} }`,
    });
    await expect(answer.next()).rejects.toMatchObject([{ extensions: { code: 'QUERY_TOO_COMPLEX' } }]);
    const long = `{ pipeline { ${'mermaid '.repeat(2001)} } }`;
    await expect(client.iterate({ query: long }).next()).rejects.toMatchObject([
      {
        message: 'The query has 2006 tokens; legal are at most 2000. Ask in parts.',
        extensions: { code: 'QUERY_TOO_COMPLEX' },
      },
    ]);
    await expect(client.iterate({ query: '{ nothing }' }).next()).rejects.toMatchObject([
      { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
    ]);
    await expect(client.iterate({ query: '{' }).next()).rejects.toMatchObject([
      { extensions: { code: 'GRAPHQL_PARSE_FAILED' } },
    ]);
  });

  it('says in our log, and nowhere else, why it was closed', async () => {
    const elsewhere = vi.spyOn(console, 'error');
    try {
      const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      const closed = new Promise<number>((done) => socket.once('close', done));
      await new Promise((done) => socket.once('open', done));
      socket.send('x'.repeat(2_000_000));
      expect(await closed).toBe(1009);
      await vi.waitFor(
        () =>
          expect(api.log).toContainEqual(
            expect.objectContaining({
              level: 40,
              reason: 'Max payload size exceeded',
              msg: 'a socket was closed for what it sent',
            }),
          ),
        60_000,
      );
      expect(elsewhere).not.toHaveBeenCalled();
    } finally {
      elsewhere.mockRestore();
    }
  });

  it('is closed as a bad request where its message is none that clients send', async () => {
    const elsewhere = vi.spyOn(console, 'error');
    try {
      const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      const closed = new Promise<unknown>((done) =>
        socket.once('close', (code, reason) => done([code, reason.toString()])),
      );
      await new Promise((done) => socket.once('open', done));
      socket.send('{"id":"1","type":"next","payload":{}}');
      expect(await closed).toEqual([4400, 'Unexpected message']);
      expect(api.log).toContainEqual(
        expect.objectContaining({
          level: 40,
          reason: 'Unexpected message of type next received',
        }),
      );
      expect(elsewhere).not.toHaveBeenCalled();
    } finally {
      elsewhere.mockRestore();
    }
  });

  it('opens for our own pages and allowed ones alone', async () => {
    const opens = async (origin: string | undefined, path = '/graphql'): Promise<boolean> =>
      await new Promise((done) => {
        const socket = new WebSocket(
          `${api.url.replace('http', 'ws')}${path}`,
          'graphql-transport-ws',
          origin === undefined ? {} : { origin },
        );
        socket.once('open', () => (socket.close(), done(true)));
        socket.once('error', () => done(false));
      });
    expect(await opens(undefined)).toBe(true);
    expect(await opens(api.url)).toBe(true);
    expect(await opens('http://friend.example')).toBe(true);
    expect(await opens('http://evil.example')).toBe(false);
    expect(await opens('null')).toBe(false);
    expect(await opens(undefined, '/elsewhere')).toBe(false);
  });
});
