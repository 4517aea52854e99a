import { open, mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { Catalogue } from './catalogues/catalogue.js';
import { faultPlan, type Fault } from './catalogues/faults.js';
import {
  changesAnswers,
  ERRORS,
  exportDay,
  exportLines,
  isoDay,
  withAppended,
} from './catalogues/protocol.js';

export interface TmdbServerOptions {
  /** Stays open when the server closes: whoever opened it closes it. */
  readonly catalogue: Catalogue;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Most API requests within any second; more get a 429 with `Retry-After: 1`. Default 0: no limit. */
  readonly rate?: number;
  /** 0-0.9: probability that a request fails in one of TMDB's ways or the network's. Default 0. */
  readonly faults?: number;
  /** Which requests fail; default 1. */
  readonly seed?: number;
  /** When given, API requests need it as bearer token or as `api_key`; the export needs none, as at TMDB. */
  readonly requireToken?: string;
  /** Gets a line `<ms since 1970> <status> <path>` for each request, status 0 = no answer; no key is written. */
  readonly accessLog?: string;
  readonly log?: (line: string) => void;
  /** Milliseconds that never go back, which `rate` counts by; default the machine's. */
  readonly clock?: () => number;
}

export interface Counts {
  readonly total: number;
  readonly films: number;
  readonly changes: number;
  readonly exports: number;
  /** Refused because of `rate`. */
  readonly limited: number;
  /** Failed on purpose because of `faults`. */
  readonly faults: number;
  readonly byStatus: Readonly<Record<number, number>>;
}

export interface TmdbServer {
  /** What `TMDB_BASE_URL` takes: ends in `/3`. */
  readonly url: string;
  /** What `TMDB_EXPORT_URL` takes: ends in `/p/exports`. */
  readonly exportUrl: string;
  requests(): Counts;
  close(): Promise<void>;
}

const MOST_CONNECTIONS = 2048;
const KEEP_ALIVE_MS = 30_000;

/**
 * Speaks TMDB's protocol for a catalogue: `/3/movie/{id}`, `/3/movie/changes` and the daily export. Every
 * answer names its source (`x-marquee-catalogue`, percent-encoded outside ASCII), version and, where it has days, day.
 * @throws Error when the address is taken or the access log cannot be written.
 */
export async function startTmdbServer(options: TmdbServerOptions): Promise<TmdbServer> {
  const { catalogue, host = '127.0.0.1', port = 0, rate = 0, requireToken, log = () => undefined } = options;
  const source = {
    'x-marquee-catalogue': catalogue.label.replace(/[^\x20-\x7e]+/gu, encodeURIComponent),
    'x-marquee-version': catalogue.version,
    ...(catalogue.day === undefined ? {} : { 'x-marquee-day': catalogue.day }),
  };
  const json = { ...source, 'content-type': 'application/json;charset=utf-8' };
  const counts = { total: 0, films: 0, changes: 0, exports: 0, limited: 0, faults: 0 };
  const byStatus: Record<number, number> = {};
  const faultFor = faultPlan(options.faults ?? 0, options.seed ?? 1);
  const allowed = slidingWindow(rate, options.clock ?? (() => performance.now()));
  const changes = changesAnswers(catalogue, () => new Date());
  const access = options.accessLog === undefined ? null : await openAccessLog(options.accessLog, log);

  const send = (
    response: ServerResponse,
    status: number,
    text: string,
    extra?: Record<string, string>,
  ): void => {
    const bytes = Buffer.from(text);
    response.writeHead(status, { ...json, ...extra, 'content-length': bytes.length });
    response.end(bytes);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { path, query } = splitUrl(request.url ?? '/');
    if (path.startsWith('/p/exports/')) {
      counts.exports++;
      const fault = faultFor(path);
      if (fault !== null && (await fail(response, fault))) return;
      return sendExport(response, path.slice('/p/exports/'.length), fault);
    }
    if (!allowed()) {
      counts.limited++;
      return send(response, 429, ERRORS.limited(rate), { 'retry-after': '1' });
    }
    if (!path.startsWith('/3/')) return send(response, 404, ERRORS.notFound);
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, ERRORS.method);
    const parameters = new URLSearchParams(query);
    if (requireToken !== undefined && !holdsToken(request, parameters, requireToken)) {
      return send(response, 401, ERRORS.unauthorised);
    }
    const fault = faultFor(path);
    if (fault !== null && (await fail(response, fault))) return;
    const { status, text } = await lookUp(path, parameters);
    if (fault?.kind === 'torn') return tear(response, status, text);
    send(response, status, text);
  };

  const lookUp = async (
    path: string,
    parameters: URLSearchParams,
  ): Promise<{ status: number; text: string }> => {
    if (path === '/3/movie/changes') {
      counts.changes++;
      return changes(parameters);
    }
    const id = /^\/3\/movie\/(\d{1,10})$/.exec(path)?.[1];
    if (id === undefined) return { status: 404, text: ERRORS.notFound };
    counts.films++;
    const document = await catalogue.document(Number(id));
    if (document === null) return { status: 404, text: ERRORS.notFound };
    return { status: 200, text: withAppended(document, parameters.get('append_to_response') ?? '') };
  };

  /** True when the request has been dealt with; `slow` and `torn` ones still need their answer. */
  const fail = async (response: ServerResponse, fault: Fault): Promise<boolean> => {
    counts.faults++;
    switch (fault.kind) {
      case 'limited':
        send(response, 429, ERRORS.limited(40), fault.retryAfter ? { 'retry-after': '1' } : {});
        return true;
      case 'error':
        send(
          response,
          fault.status,
          { 500: ERRORS.internal, 502: ERRORS.backend, 503: ERRORS.offline }[fault.status],
        );
        return true;
      case 'reset':
        response.socket?.resetAndDestroy();
        return true;
      case 'slow':
        await sleep(fault.ms, undefined, { ref: false });
        return response.destroyed;
      case 'torn':
        return false;
    }
  };

  /** Promises the whole body, sends half of it and hangs up. */
  const tear = (response: ServerResponse, status: number, text: string): void => {
    const bytes = Buffer.from(text);
    response.writeHead(status, { ...json, 'content-length': bytes.length });
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
  };

  const sendExport = async (response: ServerResponse, file: string, fault: Fault | null): Promise<void> => {
    const day = exportDay(file);
    if (day === null || day > isoDay(new Date())) return send(response, 404, ERRORS.notFound);
    response.writeHead(200, { ...source, 'content-type': 'application/gzip' });
    if (fault?.kind === 'torn') {
      // The first bytes of any gzip file, and then nothing.
      response.write(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), () => response.destroy());
      return;
    }
    await pipeline(Readable.from(exportLines(catalogue)), createGzip(), response);
  };

  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 30_000 },
    (request, response) => {
      const at = Date.now();
      counts.total++;
      response.once('close', () => {
        const status = response.headersSent ? response.statusCode : 0;
        byStatus[status] = (byStatus[status] ?? 0) + 1;
        access?.write(`${at} ${status} ${withoutKey(request.url ?? '/')}\n`);
      });
      answer(request, response).catch((error: Error & { code?: string }) => {
        // A client that hangs up in the middle of an export is no failure of ours.
        if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') log(`${request.url}: ${error.message}`);
        if (response.headersSent) response.destroy();
        else if (!response.destroyed) send(response, 500, ERRORS.internal);
      });
    },
  );
  server.maxConnections = MOST_CONNECTIONS;

  try {
    await new Promise<void>((done, refuse) => {
      server.once('error', refuse);
      server.listen(port, host, done);
    });
  } catch (error) {
    await access?.close();
    throw new Error(refusal(error as NodeJS.ErrnoException, host, port));
  }
  const origin = `http://${authority(host)}:${(server.address() as AddressInfo).port}`;
  let closing: Promise<void> | undefined;
  return {
    url: `${origin}/3`,
    exportUrl: `${origin}/p/exports`,
    requests: () => ({ ...counts, byStatus: { ...byStatus } }),
    close: () =>
      (closing ??= new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }).then(() => access?.close())),
  };
}

/** True for at most `rate` calls within any second; refused calls do not count. */
function slidingWindow(rate: number, clock: () => number): () => boolean {
  if (rate <= 0) return () => true;
  const times = new Float64Array(rate).fill(-Infinity);
  let oldest = 0;
  return () => {
    const now = clock();
    if (now - times[oldest]! < 1000) return false;
    times[oldest] = now;
    oldest = (oldest + 1) % rate;
    return true;
  };
}

function splitUrl(url: string): { readonly path: string; readonly query: string } {
  const mark = url.indexOf('?');
  return mark === -1 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

function holdsToken(request: IncomingMessage, parameters: URLSearchParams, token: string): boolean {
  return request.headers.authorization === `Bearer ${token}` || parameters.get('api_key') === token;
}

function withoutKey(url: string): string {
  return url.replace(/([?&]api_key=)[^&]*/g, '$1…');
}

function authority(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function refusal(error: NodeJS.ErrnoException, host: string, port: number): string {
  const at = `${host}:${port}`;
  if (error.code === 'EADDRINUSE')
    return `Another program listens on ${at}; choose another --port (0 = a free one).`;
  if (error.code === 'EACCES') return `Listening on ${at} is not allowed; choose a --port above 1023.`;
  return `The local TMDB server could not listen on ${at}: ${error.message}.`;
}

interface AccessLog {
  write(line: string): void;
  close(): Promise<void>;
}

const FLUSH_MS = 200;

/** Lines reach the file within 200 ms, and all of them before `close` resolves. */
async function openAccessLog(path: string, log: (line: string) => void): Promise<AccessLog> {
  await mkdir(dirname(resolve(path)), { recursive: true });
  const file = await open(path, 'a');
  let buffered = '';
  let writing: Promise<unknown> = Promise.resolve();
  const flush = (): Promise<unknown> => {
    if (buffered === '') return writing;
    const text = buffered;
    buffered = '';
    return (writing = writing
      .then(() => file.appendFile(text))
      .catch((error: Error) => log(`The access log ${path} could not be written: ${error.message}.`)));
  };
  const timer = setInterval(() => void flush(), FLUSH_MS).unref();
  return {
    write: (line) => void (buffered += line),
    async close() {
      clearInterval(timer);
      await flush();
      await file.close();
    },
  };
}
