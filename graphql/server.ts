import Fastify, { type FastifyReply } from 'fastify';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { keepHeapSmall } from '../dataset/memory.js';
import type { Store } from '../dataset/store.js';
import type { Plan } from '../plan/schema.js';
import { Context, type Services } from './context.js';
import { History } from './data/history.js';
import { Served } from './data/served.js';
import type { ErrorCode } from './errors.js';
import { isLoopback, requireAdmin, type AccessRules } from './http/access.js';
import { apolloServer } from './http/apollo.js';
import { Clients, type Rate } from './http/clients.js';
import { Documents } from './http/documents.js';
import { graphqlEndpoint, isGraphqlRequest } from './http/endpoint.js';
import { exportEventLoopDelay } from './http/eventLoop.js';
import { addHeaders } from './http/headers.js';
import { apiMetrics } from './http/metrics.js';
import { addPages, addPictures, sendFile } from './http/pages.js';
import { requestIdOf } from './http/requestId.js';
import { addSubscriptions } from './http/subscriptions.js';
import { Turns } from './http/turns.js';
import { WarmUp } from './http/warmUp.js';
import type { Runs } from './runs.js';
import { apiSchema } from './schema.js';

export interface ApiOptions {
  readonly store: Store;
  /** As in manifests, e.g. `sample`: its newest snapshot is served. */
  readonly catalogue: string;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly plan: Plan;
  readonly runs: Runs;
  /** What mutations need as `Authorization: Bearer`. */
  readonly adminToken: string | undefined;
  /** Folder under which `file:` catalogues may lie; undefined: none. */
  readonly files: string | undefined;
  /** Folder of static files: index.html, explorer.html and what they load. */
  readonly web: string;
  readonly log: Logger;
  /** Origins of pages elsewhere that may use the API. */
  readonly allowedOrigins?: readonly string[];
  /** Whether clients may read the schema and browsers get the explorer; default true. */
  readonly introspection?: boolean;
  /** Documents that alone are answered, as texts or as their SHA-256 in hexadecimal; default: all are. */
  readonly registeredOperations?: readonly string[];
  /** What one client may ask; default: no limit on loopback, else 100 requests a second after 500 at once. */
  readonly requestRate?: Rate | null;
  /** Whether answers are kept while their snapshot is the newest; default true. */
  readonly keepAnswers?: boolean;
}

/** Largest request in bytes. */
const MOST_BYTES = 100_000;
/** Longest time for an answer in milliseconds. */
const MOST_TIME = 15_000;
/** What one client may ask of a server that other machines reach. */
const RATE: Rate = { perSecond: 100, burst: 500 };

/**
 * Serves the API, the page and what watches them. Resolves once it listens and the newest snapshot, where there is
 * one, has been read. `url` has no slash at its end.
 *
 * @throws Error with one sentence when the address cannot be listened on.
 */
export async function startApi(options: ApiOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { store, catalogue, host, port, plan, runs, adminToken, files, web, log } = options;
  keepHeapSmall();
  const access: AccessRules = { adminToken, host, allowedOrigins: options.allowedOrigins ?? [] };
  const served = new Served(store, catalogue, log, async (snapshot) => await warmUp.run(snapshot));
  const history = new History(store);
  const services: Services = { served, history, runs, plan, files, log };
  const schema = apiSchema();
  const warmUp = new WarmUp(schema, services);
  await warmUp.start();
  const metrics = apiMetrics(served);
  const introspection = options.introspection ?? true;
  const registered =
    options.registeredOperations === undefined ? null : hashesOf(options.registeredOperations);
  const documents = new Documents();
  const apollo = apolloServer(schema, { log, metrics, introspection, registered, documents });
  const rate = options.requestRate === undefined && !isLoopback(host) ? RATE : (options.requestRate ?? null);
  const clients = rate === null ? null : new Clients(rate);
  const contextOf = (request: IncomingMessage, authorization?: string): Context =>
    new Context(
      services,
      () => requireAdmin(access, request.headers, authorization ?? request.headers.authorization),
      MOST_TIME,
      requestIdOf(request),
    );

  const turns = new Turns();
  const endpoint = graphqlEndpoint({
    apollo,
    documents,
    context: (request) => contextOf(request),
    served,
    access,
    clients,
    turns,
    metrics,
    log,
    mostBytes: MOST_BYTES,
    mostTime: MOST_TIME,
    keepAnswers: options.keepAnswers ?? true,
  });
  const app = Fastify({
    bodyLimit: MOST_BYTES,
    forceCloseConnections: true,
    serverFactory: (pages) =>
      createServer({ requestTimeout: 30_000, keepAliveTimeout: 72_000 }, (request, response) => {
        if (isGraphqlRequest(request)) endpoint(request, response);
        else pages(request, response);
      }).on('connection', () => turns.letIn()),
  });
  addHeaders(app, access);
  app.setErrorHandler(async (error: { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500)
      log.error(
        { err: error, path: request.url.split('?')[0], request: requestIdOf(request.raw) },
        'a request failed',
      );
    const code = status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_USER_INPUT';
    await sendError(reply, status, code, HTTP_MESSAGES[status] ?? 'The request cannot be answered.');
  });
  app.setNotFoundHandler(async (_request, reply) => {
    await reply.code(404).type('text/plain; charset=utf-8').send('There is nothing here.\n');
  });

  await apollo.start();
  app.get('/graphql', async (request, reply) =>
    introspection
      ? await sendFile(request, reply, web, 'explorer.html')
      : await reply.code(404).type('text/plain; charset=utf-8').send('There is no explorer here.\n'),
  );
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const snapshot = served.newest?.id ?? null;
    return await reply.code(snapshot === null ? 503 : 200).send({ ready: snapshot !== null, snapshot });
  });
  app.get('/metrics', async (_request, reply) => {
    return await reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  addPages(app, web);
  addPictures(app, served);
  const subscriptions = addSubscriptions(app.server, {
    schema,
    access,
    context: contextOf,
    log,
    metrics,
    clients,
    introspection,
    registered,
    maxPayload: MOST_BYTES,
  });

  let stopExport: (() => void) | undefined;
  const close = async (): Promise<void> => {
    stopExport?.();
    await served.stop();
    await subscriptions.close();
    await app.close();
    await apollo.stop();
    await warmUp.stop();
    await history.close();
  };
  try {
    await served.start();
    await app.listen({ host, port });
    // Not before: loading code and making routes keep no client waiting.
    stopExport = exportEventLoopDelay(metrics.registry);
  } catch (error) {
    await close();
    throw listenError(error, host, port);
  }
  const address = app.server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return { url: `http://${reachable(host)}:${bound}`, close };
}

const HTTP_MESSAGES: Readonly<Record<number, string>> = {
  400: 'The body is no JSON object with a query.',
  413: `The body is too large; legal are at most ${MOST_BYTES} bytes.`,
  415: 'Send the body as content-type application/json.',
};

async function sendError(
  reply: FastifyReply,
  status: number,
  code: ErrorCode,
  message: string,
): Promise<FastifyReply> {
  return await reply.code(status).send({ errors: [{ message, extensions: { code } }] });
}

/** Of texts, and of what is a hash already. */
function hashesOf(operations: readonly string[]): Set<string> {
  return new Set(
    operations.map((one) =>
      /^[0-9a-f]{64}$/.test(one) ? one : createHash('sha256').update(one).digest('hex'),
    ),
  );
}

function listenError(error: unknown, host: string, port: number): Error {
  const code = (error as NodeJS.ErrnoException).code;
  const cause = { cause: error };
  if (code === 'EADDRINUSE')
    return new Error(
      `Port ${port} of ${host} is in use: end what listens there, or choose another with --port.`,
      cause,
    );
  if (code === 'EACCES')
    return new Error(
      `Port ${port} of ${host} may not be listened on by this user: choose another with --port.`,
      cause,
    );
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new Error(`${host} is no address of this machine: choose another with --host.`, cause);
  return error instanceof Error ? error : new Error(String(error));
}

/** An address that a browser here can open. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
