import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient, retryAfter, type FilmAnswer, type TmdbClient } from '../../tmdb/client.js';
import { Unauthorised } from '../../tmdb/failures.js';

const never = new AbortController().signal;
const KEY = 'd41d8cd98f00b204e9800998ecf8427e';

describe('the TMDB client', () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  const serve = async (listener: RequestListener): Promise<string> => {
    const server: Server = createServer(listener);
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    closing.push(async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/3`;
  };
  const clientAt = (baseUrl: string, keys: { accessToken?: string; apiKey?: string } = {}): TmdbClient => {
    const client = createClient({ baseUrl, exportUrl: '', ...keys });
    closing.push(() => client.close());
    return client;
  };
  const answering = async (
    status: number,
    body: string,
    headers: Record<string, string> = {},
  ): Promise<TmdbClient> =>
    clientAt(await serve((_, response) => response.writeHead(status, headers).end(body)));
  const failure = async (client: TmdbClient): Promise<Exclude<FilmAnswer, { kind: 'film' }>> => {
    const answer = await client.film(550, never);
    if (answer.kind === 'film') throw new Error('a film came');
    return answer;
  };

  it('asks for a film with its credits and keywords, and gives the body as it came', async () => {
    const asked: IncomingMessage[] = [];
    const body = '{"id":550,"title":"Fight Club ü"}\n';
    const client = clientAt(
      await serve((request, response) => {
        asked.push(request);
        response.end(body);
      }),
    );
    expect(await client.film(550, never)).toEqual({ kind: 'film', body });
    expect(asked[0]?.method).toBe('GET');
    expect(asked[0]?.url).toBe('/3/movie/550?append_to_response=credits%2Ckeywords');
    expect(asked[0]?.headers.authorization).toBeUndefined();
  });

  it('sends the token as a bearer, and the key only where there is no token', async () => {
    const asked: IncomingMessage[] = [];
    const url = await serve((request, response) => {
      asked.push(request);
      response.end('{}');
    });
    await clientAt(url, { accessToken: 'token', apiKey: KEY }).film(1, never);
    await clientAt(url, { apiKey: KEY }).film(1, never);
    expect(asked[0]?.headers.authorization).toBe('Bearer token');
    expect(asked[0]?.url).not.toContain('api_key');
    expect(asked[1]?.headers.authorization).toBeUndefined();
    expect(new URL(asked[1]!.url!, url).searchParams.get('api_key')).toBe(KEY);
  });

  it('takes a 404 for final, in the words of TMDB where it has some', async () => {
    const said = '{"success":false,"status_code":34,"status_message":"The resource could not be found."}';
    expect(await failure(await answering(404, said))).toEqual({
      kind: 'final',
      status: 404,
      message: 'The resource could not be found.',
    });
    expect(await failure(await answering(404, '<html>'))).toMatchObject({ message: 'there is no film 550' });
  });

  it.each([400, 410, 422, 301])('takes a %d for final', async (status) => {
    expect(await failure(await answering(status, '{"status_message":"No."}'))).toEqual({
      kind: 'final',
      status,
      message: `HTTP ${status}: No.`,
    });
  });

  it.each([401, 403])('says of a %d where to get a key, and never the key', async (status) => {
    const url = await serve((_, response) =>
      response
        .writeHead(status)
        .end('{"status_message":"Invalid API key: You must be granted a valid key."}'),
    );
    for (const keys of [{ apiKey: KEY }, { accessToken: KEY }, {}]) {
      const error = await clientAt(url, keys)
        .film(550, never)
        .catch((one: unknown) => one);
      expect(error).toBeInstanceOf(Unauthorised);
      const { message, stack } = error as Error;
      expect(message).toContain('Invalid API key: You must be granted a valid key.');
      expect(message).toContain('https://www.themoviedb.org/settings/api');
      expect(`${message} ${stack}`).not.toMatch(new RegExp(`${KEY}|api_key=`));
    }
  });

  it('refuses the key in a whole sentence when TMDB says nothing', async () => {
    const client = await answering(401, '');
    await expect(client.film(550, never)).rejects.toThrow(
      /^TMDB refused the key\. Create or check one at https/,
    );
  });

  it.each([
    [{ 'retry-after': '3' }, 3000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1.5' }, 1500],
    [{}, 10_000],
    [{ 'retry-after': 'soon' }, 10_000],
    [{ 'retry-after': '' }, 10_000],
    [{ 'retry-after': '86400' }, 120_000],
  ])('tries again after a 429 with %j', async (headers, ms) => {
    const client = await answering(429, '{"status_message":"Too many requests."}', headers);
    expect(await failure(client)).toEqual({
      kind: 'retryable',
      status: 429,
      message: 'HTTP 429: Too many requests.',
      retryAfterMs: ms,
    });
  });

  it.each([500, 502, 503, 504, 408])('tries again after a %d', async (status) => {
    expect(await failure(await answering(status, '<html>Bad Gateway</html>'))).toEqual({
      kind: 'retryable',
      status,
      message: `HTTP ${status}`,
      retryAfterMs: null,
    });
  });

  it('tries again when the connection is reset, before the answer or in the middle of it', async () => {
    for (const start of [false, true]) {
      const client = clientAt(
        await serve((request, response) => {
          if (start) response.writeHead(200, { 'content-length': '1000' }).write('{"id":550,');
          setTimeout(() => request.socket.resetAndDestroy(), 20);
        }),
        { apiKey: KEY },
      );
      const answer = await failure(client);
      expect(answer).toMatchObject({ kind: 'retryable', status: null, message: 'the connection was reset' });
    }
  });

  it('tries again when the connection is refused', async () => {
    expect(await failure(clientAt('http://127.0.0.1:1/3', { apiKey: KEY }))).toEqual({
      kind: 'retryable',
      status: null,
      message: 'the connection was refused',
      retryAfterMs: null,
    });
  });

  it.each(['{"id":550,"title":"Fig', '{"id":550,"credits":{}', '', '[]', '"}"', '{"a":{}}}'])(
    'tries again when the body is cut off, though its length is as announced: %s',
    async (body) => {
      const client = await answering(200, body, { 'content-length': String(body.length) });
      expect(await failure(client)).toEqual({
        kind: 'retryable',
        status: 200,
        message: 'the answer was cut off',
        retryAfterMs: null,
      });
    },
  );

  it('says the same of a body that is larger than any film', async () => {
    const client = await answering(200, `{"id":550,"overview":"${'a'.repeat(17 * 1024 * 1024)}"}`);
    expect(await failure(client)).toMatchObject({ kind: 'retryable', status: null });
  });

  it('says no secret of a request, whatever fails', async () => {
    const listeners: RequestListener[] = [
      (request) => request.socket.destroy(),
      (_, response) => response.writeHead(500).end(`{"status_message":"${'x'.repeat(5000)}"}`),
      (request) => request.socket.end('this is no HTTP\r\n\r\n'),
      (_, response) => response.writeHead(200, { 'content-length': '5' }).end('{"a":'),
    ];
    for (const listener of listeners) {
      const answer = await failure(clientAt(await serve(listener), { apiKey: KEY }));
      expect(answer.kind).toBe('retryable');
      expect(JSON.stringify(answer)).not.toMatch(new RegExp(`${KEY}|api_key`));
      expect(answer.message.length).toBeLessThan(400);
    }
  });

  it('stops at once when it is told to, before an answer and within one', async () => {
    for (const start of [false, true]) {
      const client = clientAt(
        await serve((_, response) => {
          if (start) response.writeHead(200).write('{"id":550,');
        }),
      );
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 100);
      const began = Date.now();
      const error = await client.film(550, abort.signal).catch((one: unknown) => one);
      expect((error as Error).name).toBe('AbortError');
      expect(Date.now() - began).toBeLessThan(5000);
    }
  });

  it('asks for many films at once', async () => {
    // Nobody is answered before all sixteen have asked.
    const open: ServerResponse[] = [];
    const client = clientAt(
      await serve((_, response) => {
        open.push(response);
        if (open.length === 16) for (const one of open) one.end('{}');
      }),
    );
    const answers = await Promise.all(Array.from({ length: 16 }, (_, id) => client.film(id + 1, never)));
    expect(answers.map(({ kind }) => kind)).toEqual(new Array(16).fill('film'));
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 24, 3, 17, 0);

  it('may be a date, as HTTP writes it', () => {
    expect(retryAfter('Tue, 24 Nov 2026 03:17:07 GMT', now)).toBe(7000);
    expect(retryAfter('Tue, 24 Nov 2026 03:16:00 GMT', now)).toBe(0);
    expect(retryAfter('Wed, 25 Nov 2026 03:17:00 GMT', now)).toBe(120_000);
  });

  it('counts the first of several', () => {
    expect(retryAfter(['2', '9'], now)).toBe(2000);
  });
});
