import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import type { Logger } from 'pino';
import type { Store } from '../dataset/store.js';
import type { Plan } from '../plan/schema.js';
import { Context, TIMEOUT_MESSAGE, type Services } from './context.js';
import { Served } from './data/served.js';
import type { ErrorCode } from './errors.js';
import { requireAdmin, type AccessRules } from './http/access.js';
import { apolloServer } from './http/apollo.js';
import { addHeaders } from './http/headers.js';
import { apiMetrics } from './http/metrics.js';
import { addPages, addPictures, sendFile } from './http/pages.js';
import { addSubscriptions } from './http/subscriptions.js';
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
}

/** Largest request in bytes. */
const MOST_BYTES = 100_000;
/** Longest time for an answer in milliseconds. */
const MOST_TIME = 15_000;

/**
 * Serves the API, the page and what watches them. Resolves once it listens and the newest snapshot, where there is
 * one, has been read. `url` has no slash at its end.
 *
 * @throws Error with one sentence when the address cannot be listened on.
 */
export async function startApi(options: ApiOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { store, catalogue, host, port, plan, runs, adminToken, files, web, log } = options;
  const access: AccessRules = { adminToken, host, allowedOrigins: options.allowedOrigins ?? [] };
  const served = new Served(store, catalogue, log);
  const services: Services = { served, runs, plan, files, log };
  const schema = apiSchema();
  const metrics = apiMetrics(served);
  const apollo = apolloServer(schema, log, metrics);
  const contextOf = (headers: IncomingHttpHeaders, authorization?: string): Context =>
    new Context(
      services,
      () => requireAdmin(access, headers, authorization ?? headers.authorization),
      MOST_TIME,
    );

  const app = Fastify({ bodyLimit: MOST_BYTES, forceCloseConnections: true, requestTimeout: 30_000 });
  addHeaders(app, access);
  app.setErrorHandler(async (error: { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error, path: request.url.split('?')[0] }, 'a request failed');
    const code = status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_USER_INPUT';
    await sendError(reply, status, code, HTTP_MESSAGES[status] ?? 'The request cannot be answered.');
  });
  app.setNotFoundHandler(async (_request, reply) => {
    await reply.code(404).type('text/plain; charset=utf-8').send('There is nothing here.\n');
  });

  await apollo.start();
  const answer = fastifyApolloHandler(apollo, {
    context: async (request) => contextOf(request.headers),
  });
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    async handler(request, reply) {
      if (request.method === 'GET' && wantsPage(request))
        return await sendFile(request, reply, web, 'explorer.html');
      const body = await inTime(Promise.resolve(answer.call(app, request, reply)));
      if (body === LATE) {
        metrics.error('TIMEOUT');
        return await sendError(reply, 503, 'TIMEOUT', TIMEOUT_MESSAGE);
      }
      return body;
    },
  });
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
    context: (request, authorization) => contextOf(request.headers, authorization),
    log,
    metrics,
    maxPayload: MOST_BYTES,
  });

  const close = async (): Promise<void> => {
    await served.stop();
    await subscriptions.close();
    await app.close();
    await apollo.stop();
  };
  try {
    await served.start();
    await app.listen({ host, port });
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

const LATE = Symbol('late');

async function inTime<T>(answer: Promise<T>): Promise<T | typeof LATE> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((done) => {
    timer = setTimeout(() => done(LATE), MOST_TIME);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A browser that opens the address, not a program that asks. */
function wantsPage({ headers, query }: FastifyRequest): boolean {
  const asks = typeof query === 'object' && query !== null && 'query' in query;
  return !asks && (headers.accept ?? '').includes('text/html');
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
