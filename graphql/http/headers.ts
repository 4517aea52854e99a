import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { AccessRules } from './access.js';

const SECURITY = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

const SECURITY_LINES = Object.entries(SECURITY).flat();

const mayRead = ({ allowedOrigins }: AccessRules, origin: string | undefined): origin is string =>
  origin !== undefined && allowedOrigins.includes(origin);

/**
 * Security headers, and leave to read the answer for pages of allowed origins (CORS), as names and values in turn, to
 * which others may be added: Node takes them as they are. To put an object together of parts took a fiftieth of a
 * request's time.
 */
export function headLines(access: AccessRules, { origin }: IncomingHttpHeaders): string[] {
  const lines = SECURITY_LINES.slice();
  if (mayRead(access, origin)) lines.push('access-control-allow-origin', origin);
  return lines;
}

/** The same on every answer of the framework's. */
export function addHeaders(app: FastifyInstance, access: AccessRules): void {
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    void reply.headers(SECURITY);
    if (access.allowedOrigins.length > 0) void reply.header('vary', 'Origin');
    if (!mayRead(access, origin)) return;
    void reply.header('access-control-allow-origin', origin);
    if (request.method === 'OPTIONS')
      await reply
        .code(204)
        .headers({
          'access-control-allow-methods': 'GET, POST',
          'access-control-allow-headers': 'content-type, authorization, apollo-require-preflight',
          'access-control-max-age': '600',
        })
        .send();
  });
}
