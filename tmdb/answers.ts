import type { IncomingMessage, ServerResponse } from 'node:http';
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

export interface AnswerOptions {
  readonly catalogue: Catalogue;
  /** Most API requests within any second; more get a 429 with `Retry-After: 1`. Default 0: no limit. */
  readonly rate?: number;
  /** 0-0.9: probability that a request fails in one of TMDB's ways or the network's. Default 0. */
  readonly faults?: number;
  /** Which requests fail; default 1. */
  readonly seed?: number;
  /** When given, API requests need it as bearer token or as `api_key`; the export needs none, as at TMDB. */
  readonly requireToken?: string;
  /** Milliseconds that never go back, which `rate` counts by; default the machine's. */
  readonly clock?: () => number;
}

/** Requests by what they were for and how they ended. */
export interface Asked {
  films: number;
  changes: number;
  exports: number;
  /** Refused because of `rate`. */
  limited: number;
  /** Failed on purpose because of `faults`. */
  faults: number;
}

/** Answers as TMDB does for a catalogue, or fails as it does. */
export class TmdbAnswers {
  /** Counts of requests so far. */
  readonly asked: Asked = { films: 0, changes: 0, exports: 0, limited: 0, faults: 0 };
  readonly #options: AnswerOptions;
  /** What every answer says of where it comes from. */
  readonly #source: Readonly<Record<string, string>>;
  readonly #faultFor: (path: string) => Fault | null;
  readonly #allowed: () => boolean;
  readonly #changes: ReturnType<typeof changesAnswers>;

  constructor(options: AnswerOptions) {
    const { catalogue, rate = 0, faults = 0, seed = 1, clock = () => performance.now() } = options;
    const { label, version, day } = catalogue;
    this.#options = options;
    this.#source = {
      'x-marquee-catalogue': label.replace(/[^\x20-\x7e]+/gu, encodeURIComponent),
      'x-marquee-version': version,
      ...(day === undefined ? {} : { 'x-marquee-day': day }),
    };
    this.#faultFor = faultPlan(faults, seed);
    this.#allowed = slidingWindow(rate, clock);
    this.#changes = changesAnswers(catalogue, () => new Date());
  }

  /** @throws Error where the catalogue cannot be read. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { requireToken, rate = 0 } = this.#options;
    const { path, query } = splitUrl(request.url ?? '/');
    if (path.startsWith('/p/exports/')) {
      this.asked.exports++;
      const fault = this.#faultFor(path);
      if (fault !== null && (await this.#fail(response, fault))) return;
      return this.#sendExport(response, path.slice('/p/exports/'.length), fault);
    }
    if (!this.#allowed()) {
      this.asked.limited++;
      return this.send(response, 429, ERRORS.limited(rate), { 'retry-after': '1' });
    }
    if (!path.startsWith('/3/')) return this.send(response, 404, ERRORS.notFound);
    if (request.method !== 'GET' && request.method !== 'HEAD') return this.send(response, 405, ERRORS.method);
    const parameters = new URLSearchParams(query);
    if (requireToken !== undefined && !holdsToken(request, parameters, requireToken))
      return this.send(response, 401, ERRORS.unauthorised);
    const fault = this.#faultFor(path);
    if (fault !== null && (await this.#fail(response, fault))) return;
    const { status, text } = await this.#lookUp(path, parameters);
    if (fault?.kind === 'torn') return this.#tear(response, status, text);
    this.send(response, status, text);
  }

  send(
    response: ServerResponse,
    status: number,
    text: string,
    headers?: Readonly<Record<string, string>>,
  ): void {
    const bytes = Buffer.from(text);
    response.writeHead(status, {
      ...this.#source,
      ...JSON_TYPE,
      ...headers,
      'content-length': bytes.length,
    });
    response.end(bytes);
  }

  async #lookUp(
    path: string,
    parameters: URLSearchParams,
  ): Promise<{ readonly status: number; readonly text: string }> {
    if (path === '/3/movie/changes') {
      this.asked.changes++;
      return this.#changes(parameters);
    }
    const id = /^\/3\/movie\/(\d{1,10})$/.exec(path)?.[1];
    if (id === undefined) return { status: 404, text: ERRORS.notFound };
    this.asked.films++;
    const document = await this.#options.catalogue.document(Number(id));
    if (document === null) return { status: 404, text: ERRORS.notFound };
    return { status: 200, text: withAppended(document, parameters.get('append_to_response') ?? '') };
  }

  /** True when the request has been dealt with; `slow` and `torn` ones still need their answer. */
  async #fail(response: ServerResponse, fault: Fault): Promise<boolean> {
    this.asked.faults++;
    switch (fault.kind) {
      case 'limited':
        this.send(response, 429, ERRORS.limited(40), fault.retryAfter ? { 'retry-after': '1' } : {});
        return true;
      case 'error':
        this.send(
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
  }

  /** Promises the whole body, sends half of it and hangs up. */
  #tear(response: ServerResponse, status: number, text: string): void {
    const bytes = Buffer.from(text);
    response.writeHead(status, { ...this.#source, ...JSON_TYPE, 'content-length': bytes.length });
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
  }

  async #sendExport(response: ServerResponse, file: string, fault: Fault | null): Promise<void> {
    const day = exportDay(file);
    if (day === null || day > isoDay(new Date())) return this.send(response, 404, ERRORS.notFound);
    response.writeHead(200, { ...this.#source, 'content-type': 'application/gzip' });
    if (fault?.kind === 'torn') {
      // The first bytes of any gzip file, and then nothing.
      response.write(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), () => response.destroy());
      return;
    }
    await pipeline(Readable.from(exportLines(this.#options.catalogue)), createGzip(), response);
  }
}

const JSON_TYPE = { 'content-type': 'application/json;charset=utf-8' };

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
