import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type * as GraphQL from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { browserModule } from './browserModule.js';

interface Seen {
  readonly state: string;
  readonly why?: string;
}

type Subscribe = (options: {
  url: string;
  query: string;
  variables?: object;
  onNext: (payload: { data?: { tick: number } }) => void;
  onState: (state: Seen) => void;
  Socket: typeof WebSocket;
  firstPause: number;
}) => () => void;

const { subscribe } = await browserModule<{ subscribe: Subscribe }>('subscription.js');

// Vite would load GraphQL's other build than graphql-ws does, and two copies refuse each other's schemas.
const { buildSchema } = createRequire(import.meta.url)('graphql') as typeof GraphQL;

const schema = buildSchema('type Query { ok: Boolean } type Subscription { tick(to: Int!): Int! }');
schema.getSubscriptionType()!.getFields().tick!.subscribe = async function* (_, { to }: { to: number }) {
  for (let tick = 1; tick <= to; tick++) {
    yield { tick };
    await new Promise((done) => setTimeout(done, 5));
  }
};

describe("the page's subscription", () => {
  let http: Server;
  let sockets: WebSocketServer;
  let url: string;

  beforeEach(async () => {
    http = createServer();
    sockets = new WebSocketServer({ server: http, path: '/graphql' });
    useServer({ schema }, sockets);
    await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
    url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/graphql`;
  });

  afterEach(() => {
    for (const client of sockets.clients) client.terminate();
    http.close();
  });

  /** Listens until `enough` says so. */
  function listen(
    query: string,
    variables: object,
    enough: (states: readonly Seen[], ticks: readonly number[]) => boolean,
    onTick: (tick: number) => void = () => {},
  ): Promise<{ states: Seen[]; ticks: number[] }> {
    const states: Seen[] = [];
    const ticks: number[] = [];
    return new Promise((done) => {
      const check = () => {
        if (!enough(states, ticks)) return;
        stop();
        done({ states, ticks });
      };
      const stop = subscribe({
        url,
        query,
        variables,
        Socket: WebSocket,
        firstPause: 20,
        onNext: ({ data }) => {
          ticks.push(data!.tick);
          onTick(data!.tick);
          check();
        },
        onState: (state) => {
          states.push(state);
          check();
        },
      });
    });
  }

  const QUERY = 'subscription Ticks($to: Int!) { tick(to: $to) }';
  const has = (wanted: string) => (states: readonly Seen[]) => states.some(({ state }) => state === wanted);

  it('hears every event of a graphql-ws server, then that it has ended', async () => {
    const { states, ticks } = await listen(QUERY, { to: 3 }, has('ended'));
    expect(ticks).toEqual([1, 2, 3]);
    expect(states.map(({ state }) => state)).toEqual(['live', 'ended']);
  });

  it('connects again after a lost connection, and says so meanwhile', async () => {
    let cut = false;
    const { states, ticks } = await listen(QUERY, { to: 5 }, has('ended'), (tick) => {
      if (tick !== 2 || cut) return;
      cut = true;
      for (const client of sockets.clients) client.terminate();
    });
    expect(states.map(({ state }) => state)).toEqual(['live', 'waiting', 'live', 'ended']);
    expect(ticks.slice(-5)).toEqual([1, 2, 3, 4, 5]);
  });

  it('gives up on a query that the server refuses, with its reason', async () => {
    const { states } = await listen('subscription { nothing }', {}, has('refused'));
    expect(states.at(-1)).toMatchObject({
      state: 'refused',
      why: expect.stringContaining('nothing') as string,
    });
  });
});
