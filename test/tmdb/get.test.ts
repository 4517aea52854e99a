import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createGetter, GetTimeout, type Getter } from '../../tmdb/get.js';

const never = new AbortController().signal;

describe('a GET whose answer is read whole', () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  const getting = async (listener: RequestListener, timeout = 5000): Promise<Getter> => {
    const server = createServer(listener);
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    closing.push(async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    });
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const getter = createGetter({ origin, headers: {}, connections: 4, timeout, largestBody: 1 << 20 });
    closing.push(() => getter.close());
    return getter;
  };

  it('gives letters whole that came in two pieces, and no byte-order mark', async () => {
    const bytes = Buffer.from('\uFEFF{"title":"Amélie"}');
    const cut = bytes.indexOf(0xc3) + 1;
    const getter = await getting((_, response) => {
      response.write(bytes.subarray(0, cut));
      setTimeout(() => response.end(bytes.subarray(cut)), 20);
    });
    expect((await getter.get('/', never)).body).toBe('{"title":"Amélie"}');
  });

  it('ends when its time is over, however steadily the answer drips', async () => {
    const getter = await getting((_, response) => {
      const drip = setInterval(() => response.write('.'), 50);
      response.once('close', () => clearInterval(drip));
    }, 600);
    await expect(getter.get('/', never)).rejects.toThrow(GetTimeout);
  });

  it('ends with the others of its signal, and leaves those of another alone', async () => {
    const getter = await getting(({ url }, response) => {
      if (url === '/other') setTimeout(() => response.end('whole'), 200);
    });
    const stop = new AbortController();
    const stopped = Promise.allSettled([getter.get('/a', stop.signal), getter.get('/b', stop.signal)]);
    const other = getter.get('/other', never);
    stop.abort(new Error('enough'));
    for (const one of await stopped)
      expect(one).toMatchObject({ status: 'rejected', reason: { message: 'enough' } });
    expect((await other).body).toBe('whole');
    await expect(getter.get('/a', stop.signal)).rejects.toThrow('enough');
  });
});
