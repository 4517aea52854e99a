import type { IncomingMessage, ServerResponse } from 'node:http';
import { HeaderMap, type ApolloServer } from '@apollo/server';
import type { Logger } from 'pino';
import { TIMEOUT_MESSAGE, type Context } from '../context.js';
import type { Served } from '../data/served.js';
import { internalError, type ErrorCode } from '../errors.js';
import type { AccessRules } from './access.js';
import { Answers, zipBody, type Answer } from './answers.js';
import type { Clients } from './clients.js';
import type { Documents } from './documents.js';
import { headLines } from './headers.js';
import { KnownOperations, type Body, type Made } from './known.js';
import type { Metrics } from './metrics.js';
import { requestIdOf } from './requestId.js';
import { traced } from './tracing.js';
import type { Turns } from './turns.js';

export interface EndpointOptions {
  readonly apollo: ApolloServer<Context>;
  /** What Apollo has of texts. */
  readonly documents: Documents;
  readonly context: (request: IncomingMessage) => Context;
  readonly served: Served;
  readonly access: AccessRules;
  /** Null: no limit of requests. */
  readonly clients: Clients | null;
  /** In which requests begin whose answers are not kept. */
  readonly turns: Turns;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Largest body in bytes. */
  readonly mostBytes: number;
  /** Longest time for an answer in milliseconds. */
  readonly mostTime: number;
  /** Whether answers are kept; false measures the way without them. */
  readonly keepAnswers: boolean;
}

/**
 * GraphQL over HTTP at `/graphql`, on Node's own server: what a web framework and its adapter do to a request costs
 * more than answering it. Kept answers are found by the request's bytes, before anything is parsed.
 */
export function graphqlEndpoint(
  options: EndpointOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const {
    apollo,
    documents,
    served,
    access,
    clients,
    turns,
    metrics,
    log,
    mostBytes,
    mostTime,
    keepAnswers,
  } = options;
  const answers = new Answers();
  const operations = new KnownOperations();
  const vary = access.allowedOrigins.length > 0 ? 'Origin, Accept-Encoding' : 'Accept-Encoding';
  const head = (request: IncomingMessage): string[] => {
    const lines = headLines(access, request.headers);
    lines.push('x-request-id', requestIdOf(request), 'vary', vary);
    return lines;
  };
  const fail = (
    request: IncomingMessage,
    response: ServerResponse,
    status: number,
    code: ErrorCode,
    message: string,
    ...more: readonly string[]
  ): void => {
    if (response.headersSent) return;
    metrics.error(code);
    const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
    const lines = head(request);
    lines.push('content-type', 'application/json; charset=utf-8', 'cache-control', 'no-store');
    lines.push('content-length', String(Buffer.byteLength(body)), ...more);
    response.writeHead(status, lines).end(body);
  };

  const send = (
    request: IncomingMessage,
    response: ServerResponse,
    status: number,
    headers: Readonly<Record<string, string>>,
    body: Buffer | string,
    zipped: Buffer | null,
  ): void => {
    if (response.headersSent) return;
    const sent = zipped ?? body;
    const lines = head(request);
    for (const name in headers) if (!OWN.has(name)) lines.push(name, headers[name]!);
    if (zipped !== null) lines.push('content-encoding', 'gzip');
    lines.push('content-length', String(typeof sent === 'string' ? Buffer.byteLength(sent) : sent.length));
    // A text goes out in one write with the head, bytes in one of their own.
    response.writeHead(status, lines).end(sent);
  };

  const sendKept = (
    request: IncomingMessage,
    response: ServerResponse,
    answer: Answer,
    zipped: Buffer | null,
  ): void => {
    const { etag, type, body } = answer;
    // Only GET is conditional; a POST's answer belongs to no address.
    if (request.method === 'GET' && request.headers['if-none-match']?.includes(etag) === true) {
      const lines = head(request);
      lines.push('etag', etag, 'cache-control', REVALIDATE);
      response.writeHead(304, lines).end();
      return;
    }
    send(request, response, 200, { 'content-type': type, etag, 'cache-control': REVALIDATE }, body, zipped);
  };

  const askApollo = async (
    request: IncomingMessage,
    context: Context,
    search: string,
    body: Body | undefined,
  ): Promise<Made> => {
    const made = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: request.method as string, headers: headerMap(request), search, body },
      context: async () => context,
    });
    const status = made.status ?? 200;
    // Only GET's answers depend on more of the head than is known of an operation.
    if (body !== undefined && status === 200) operations.keep(request, body, context.trace, made.headers);
    // No operation is delivered in parts here.
    const text = made.body.kind === 'complete' ? made.body.string : '';
    return { status, headers: Object.fromEntries(made.headers), text };
  };

  const execute = async (
    request: IncomingMessage,
    response: ServerResponse,
    search: string,
    key: string | null,
    asked: string,
  ): Promise<void> => {
    const read = request.method === 'POST' ? objectIn(asked) : undefined;
    if (read === null)
      return fail(request, response, 400, 'BAD_USER_INPUT', 'The body is no JSON object with a query.');
    const context = options.context(request);
    const made = await traced(request, async () => {
      if (read === undefined) return await askApollo(request, context, search, undefined);
      const body = documents.byHash(read);
      const known = await operations.answer(request, body, context);
      if (known !== null) return known;
      documents.provide(read);
      return await askApollo(request, context, search, body);
    });
    const { status, headers, text } = made;
    const zips = acceptsGzip(request);
    const { trace, newest } = context;
    const keepable = key !== null && status === 200 && trace.lasting;
    // Only an answer to GET is revalidated by its tag, from the first on.
    if (keepable && (request.method === 'GET' || answers.cameBefore(key))) {
      const type = String(headers['content-type']);
      answers.keep(key, newest, served.newest, { body: Buffer.from(text), type, count: trace.count });
      const kept = answers.find(key, served.newest);
      if (kept !== undefined)
        return sendKept(request, response, kept, zips ? await answers.zip(key, kept) : null);
    }
    send(request, response, status, headers, text, zips ? await zipBody(Buffer.from(text)) : null);
  };

  const answer = async (
    request: IncomingMessage,
    response: ServerResponse,
    search: string,
    text: string,
  ): Promise<void> => {
    const key = keepAnswers ? keyOf(request, search, text) : null;
    const known = key === null ? undefined : answers.find(key, served.newest);
    if (key === null || known === undefined) {
      if (key !== null) metrics.cache(false);
      await turns.next();
      // Nobody waits for it any more.
      if (response.writableEnded || response.destroyed) return;
      return await execute(request, response, search, key, text);
    }
    metrics.cache(true);
    known.count();
    sendKept(request, response, known, acceptsGzip(request) ? await answers.zip(key, known) : null);
  };

  const begin = (request: IncomingMessage, response: ServerResponse, text: string): void => {
    const timer = setTimeout(() => fail(request, response, 503, 'TIMEOUT', TIMEOUT_MESSAGE), mostTime);
    const url = request.url as string;
    const at = url.indexOf('?');
    answer(request, response, at < 0 ? '' : url.slice(at), text)
      .catch((error: unknown) => {
        const { message } = internalError(error, log.child({ request: requestIdOf(request) }));
        fail(request, response, 500, 'INTERNAL_SERVER_ERROR', message);
      })
      .finally(() => clearTimeout(timer));
  };

  return (request, response) => {
    const refusal = clients?.take(request.socket.remoteAddress ?? '');
    if (refusal?.allowed === false)
      return fail(
        request,
        response,
        429,
        'RATE_LIMITED',
        `This client asks too often: go on after ${refusal.seconds} s.`,
        'retry-after',
        String(refusal.seconds),
      );
    if (request.method === 'GET') return begin(request, response, '');
    if (!isJson(request.headers['content-type']))
      return fail(
        request,
        response,
        415,
        'BAD_USER_INPUT',
        'Send the body as content-type application/json.',
      );
    readBody(request, mostBytes, (text) => {
      if (text !== null) return begin(request, response, text);
      const message = `The body is too large; legal are at most ${mostBytes} bytes.`;
      fail(request, response, 413, 'BAD_USER_INPUT', message, 'connection', 'close');
    });
  };
}

/** A GraphQL request rather than a browser that opens the address or asks for leave. */
export function isGraphqlRequest({ method, url = '', headers }: IncomingMessage): boolean {
  const path = url.split('?', 1)[0] as string;
  if (path !== '/graphql') return false;
  if (method === 'POST') return true;
  if (method !== 'GET') return false;
  const asks = new URLSearchParams(url.slice(path.length)).has('query');
  return asks || !(headers.accept ?? '').includes('text/html');
}

const REVALIDATE = 'private, no-cache';
/** Headers that are ours to set, whatever Apollo says. */
const OWN = new Set(['vary', 'content-length']);
const CSRF_HEADERS = ['apollo-require-preflight', 'x-apollo-operation-name'] as const;

/** What an answer depends on beside the snapshot; null where the request is not worth a look. */
function keyOf({ method, headers }: IncomingMessage, search: string, text: string): string | null {
  const accept = headers.accept ?? '';
  const authorization = headers.authorization ?? '';
  if (accept.length > 200 || authorization.length > 1000) return null;
  if (method === 'POST') return `${accept}\n${authorization}\nPOST${search}\n${text}`;
  // A GET is answered only with a header that no page elsewhere can send unasked.
  if (!CSRF_HEADERS.some((name) => (headers[name] ?? '') !== '') && headers['content-type'] === undefined)
    return null;
  return `${accept}\n${authorization}\nGET${search}\n${headers['content-type'] ?? ''}`;
}

function headerMap({ headers }: IncomingMessage): HeaderMap {
  const map = new HeaderMap();
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && value !== '') map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}

const isJson = (type: string | undefined): boolean => /^application\/json\s*(?:;|$)/i.test(type ?? '');

const acceptsGzip = ({ headers }: IncomingMessage): boolean =>
  /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(headers['accept-encoding']?.toString() ?? '');

function objectIn(text: string): Body | null {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && !Array.isArray(read) ? (read as Body | null) : null;
  } catch {
    return null;
  }
}

/** Null where the body has more bytes than it may; the rest is then not read. */
function readBody(request: IncomingMessage, most: number, done: (text: string | null) => void): void {
  if (Number(request.headers['content-length'] ?? 0) > most) return done(null);
  const chunks: Buffer[] = [];
  let size = 0;
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    chunks.push(chunk);
    if (size <= most) return;
    request.off('data', onData).off('end', onEnd).pause();
    done(null);
  };
  const onEnd = (): void => done((chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString());
  request.on('data', onData).on('end', onEnd);
  // A client that goes away midway needs no answer.
  request.on('error', () => undefined);
}
