import { Agent, request as send } from 'node:http';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { apiSchema } from '../../graphql/schema.js';
import { emptyFolder, serveFolder, type Api } from './api.js';
import { BYPASSES, drawPayload, drawRequest, type Request } from './hostile.js';
import { draws } from './operations.js';
import { testFilms, writeSnapshot } from './snapshot.js';

/** 20,000 requests, most of them no good: nothing may fall over, wait, leak or grow. */
const HTTP = 16_000;
const SOCKET = 4_000;
/** Milliseconds of CPU, server and client together: what the clock says depends on who else uses the machine. */
const SLOWEST_MS = 2000;
/** What may be kept meanwhile: answers, documents and compiled queries, each bounded. */
const MOST_GROWTH = 96 * 2 ** 20;

const schema = apiSchema();
let api: Api;
beforeAll(async () => {
  const folder = emptyFolder();
  writeSnapshot(join(folder, 'data'), testFilms(200));
  api = await serveFolder(folder);
});
afterAll(async () => await api.close());

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
function memory(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const SECRETS = [process.cwd(), 'node_modules', '.ts:', 'INTERNAL_SERVER_ERROR'];
const leakOf = (text: string): string | undefined => SECRETS.find((secret) => text.includes(secret));

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const ask = (asked: Request): Promise<{ status: number; text: string }> =>
  new Promise((done, fail) => {
    const { method, headers, search, body } = asked;
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    const request = send(
      `${api.url}/graphql${search}`,
      { method, headers: { ...headers, ...length }, agent },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => (text += piece));
        response.on('end', () => done({ status: response.statusCode ?? 0, text }));
        response.on('error', fail);
      },
    );
    // A body that is too large may be refused while it is still being sent.
    request.on('error', (error: NodeJS.ErrnoException) => {
      if ((body?.length ?? 0) > 100_000) done({ status: 413, text: '' });
      // A server may close a connection that was kept; every client asks again on a fresh one:
      // https://nodejs.org/docs/latest-v20.x/api/http.html#requestreusedsocket
      else if (request.reusedSocket && error.code === 'ECONNRESET') ask(asked).then(done, fail);
      else fail(error);
    });
    request.end(body);
  });

describe('the API', () => {
  it.each(Object.entries(BYPASSES))('refuses %s, over HTTP and over WebSocket', async (_name, query) => {
    const { errors, data } = await api.post({ query });
    expect(data).toBeUndefined();
    expect(errors.map(({ extensions }) => extensions.code)).toContain('QUERY_TOO_COMPLEX');
    const socket = await Socket.open();
    expect(await socket.ask({ query })).toContain('QUERY_TOO_COMPLEX');
    socket.close();
  });

  it(`answers ${HTTP} requests over HTTP, whatever they are`, { timeout: 1_200_000 }, async () => {
    const draw = draws(20);
    const statuses = new Map<number, number>();
    let slowest = 0;
    let before = 0;
    for (let at = 0; at < HTTP; at++) {
      // The first half fills what is kept; the second finds it full.
      if (at === HTTP / 2) before = memory();
      const asked = drawRequest(schema, draw);
      const started = cpu();
      const shown = (): string =>
        `${asked.kind} ${asked.method} ${JSON.stringify(asked.headers)} ${asked.search.slice(0, 300)} ${asked.body?.toString().slice(0, 1000) ?? ''}`;
      const { status, text } = await ask(asked).catch((error: Error) => {
        throw new Error(`request ${at}: ${error.message}: ${shown()}`);
      });
      const took = cpu() - started;
      slowest = Math.max(slowest, took);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status < 500 && took <= SLOWEST_MS && leakOf(text) === undefined) continue;
      throw new Error(`${status} after ${Math.round(took)} ms, ${text.slice(0, 500)}: ${shown()}`);
    }
    const growth = memory() - before;
    console.info(
      `statuses ${JSON.stringify([...statuses].sort())}, slowest ${Math.round(slowest)} ms of CPU, ${(growth / 2 ** 20).toFixed(1)} MB more`,
    );
    expect(growth).toBeLessThan(MOST_GROWTH);
    for (const status of [200, 400, 404, 413, 415]) expect([...statuses.keys()]).toContain(status);
    expect(api.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
    expect(await api.ask('{ snapshot { movieCount } }')).toEqual({ snapshot: { movieCount: 200 } });
  });

  it(`answers ${SOCKET} messages over WebSocket, whatever they are`, { timeout: 600_000 }, async () => {
    const draw = draws(21);
    const before = memory();
    let socket = await Socket.open();
    let closed = 0;
    let slowest = 0;
    for (let i = 0; i < SOCKET; i++) {
      const raw = draw.chance(0.1) ? draw.pick(RAW) : null;
      const payload = drawPayload(schema, draw);
      const started = cpu();
      const answer = raw === null ? await socket.ask(payload) : await socket.say(raw);
      const took = cpu() - started;
      slowest = Math.max(slowest, took);
      if (took > SLOWEST_MS || leakOf(answer) !== undefined)
        throw new Error(
          `${Math.round(took)} ms, ${answer.slice(0, 500)}: ${JSON.stringify(payload).slice(0, 1000)}`,
        );
      if (!socket.closed) continue;
      closed++;
      socket = await Socket.open();
    }
    socket.close();
    console.info(`${closed} sockets closed, slowest ${Math.round(slowest)} ms of CPU`);
    expect(closed).toBeGreaterThan(0);
    expect(memory() - before).toBeLessThan(MOST_GROWTH);
    expect(api.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
    expect(await api.ask('{ snapshot { movieCount } }')).toEqual({ snapshot: { movieCount: 200 } });
  });
});

/** What is no message of graphql-ws, or not in its place. */
const RAW = [
  '',
  '{',
  'null',
  '[]',
  '{"type":"subscribe"}',
  '{"type":"subscribe","id":1,"payload":{}}',
  '{"type":"connection_init"}',
  '{"type":"complete","id":"nobody"}',
  '{"type":"ping","payload":{"a":[1]}}',
  '{"type":"next","id":"x","payload":{}}',
  Buffer.from([0xff, 0xfe, 0x80, 0x00]),
  'x'.repeat(150_000),
];

/** A client of graphql-ws that takes no care. */
class Socket {
  closed = false;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, (answer: string) => void>();
  #next = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const text = (data as Buffer).toString();
      const { id = 'any', type } = JSON.parse(text) as { id?: string; type: string };
      // A subscription would go on: its first event is enough.
      if (type === 'next') socket.send(JSON.stringify({ type: 'complete', id }));
      this.#settle(id, text);
      this.#settle('any', text);
    });
    socket.on('error', () => undefined);
    socket.on('close', (code, reason) => {
      this.closed = true;
      for (const id of [...this.#waiting.keys()]) this.#settle(id, `${code} ${reason.toString()}`);
    });
  }

  #settle(id: string, text: string): void {
    this.#waiting.get(id)?.(text);
    this.#waiting.delete(id);
  }

  static async open(): Promise<Socket> {
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await new Promise((done, fail) => socket.once('open', done).once('error', fail));
    const made = new Socket(socket);
    await made.say('{"type":"connection_init"}');
    return made;
  }

  /** Asks and waits for what is answered, or for the end of the socket. */
  ask(payload: object): Promise<string> {
    const id = String(this.#next++);
    return new Promise((done) => {
      this.#waiting.set(id, done);
      this.#socket.send(JSON.stringify({ type: 'subscribe', id, payload }));
    });
  }

  /** Sends anything, and a ping after it: one of them is answered, or the socket ends. */
  say(data: string | Buffer): Promise<string> {
    return new Promise((done) => {
      this.#waiting.set('any', done);
      this.#socket.send(data);
      this.#socket.send('{"type":"ping"}');
    });
  }

  close(): void {
    this.#socket.close();
  }
}
