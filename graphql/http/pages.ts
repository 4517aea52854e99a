import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Served } from '../data/served.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/** `/` and `/web/*`: files of the folder `web`. */
export function addPages(app: FastifyInstance, web: string): void {
  app.get('/', async (request, reply) => await sendFile(request, reply, web, 'index.html'));
  app.get<{ Params: { '*': string } }>(
    '/web/*',
    async (request, reply) => await sendFile(request, reply, web, request.params['*']),
  );
}

/** `/pictures/<name>.svg`: drawings of the snapshot that is served. */
export function addPictures(app: FastifyInstance, served: Served): void {
  app.get<{ Params: { name: string } }>('/pictures/:name', async (request, reply) => {
    const pictures = served.newest?.pictures ?? {};
    const { name } = request.params;
    if (!Object.hasOwn(pictures, name)) return await notFound(reply);
    return await sendBytes(request, reply, Buffer.from(pictures[name]!), '.svg');
  });
}

export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  folder: string,
  path: string,
): Promise<FastifyReply> {
  const type = extname(path);
  const root = await realpath(folder).catch(() => null);
  // Resolved after links and `..`: whatever does not lie in the folder is not there.
  const file =
    root === null || path.includes('\0') ? null : await realpath(join(root, path)).catch(() => null);
  if (root === null || file === null || !file.startsWith(root + sep) || TYPES[type] === undefined)
    return await notFound(reply);
  const bytes = await readFile(file).catch(() => null);
  return bytes === null ? await notFound(reply) : await sendBytes(request, reply, bytes, type);
}

/** Asked again each time, sent again only when it has changed. */
async function sendBytes(
  request: FastifyRequest,
  reply: FastifyReply,
  bytes: Buffer,
  type: string,
): Promise<FastifyReply> {
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  void reply.headers({ etag, 'cache-control': 'no-cache' });
  if (request.headers['if-none-match'] === etag) return await reply.code(304).send();
  return await reply.type(TYPES[type] as string).send(bytes);
}

const notFound = async (reply: FastifyReply): Promise<FastifyReply> =>
  await reply.code(404).type('text/plain; charset=utf-8').send('There is nothing here.\n');
