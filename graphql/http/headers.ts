import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
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

/** Security headers, and leave to read the answer for pages of allowed origins (CORS). */
function headersFor({ allowedOrigins }: AccessRules, { origin }: IncomingHttpHeaders): OutgoingHttpHeaders {
  if (allowedOrigins.length === 0) return SECURITY;
  return origin === undefined || !allowedOrigins.includes(origin)
    ? { ...SECURITY, vary: 'Origin' }
    : { ...SECURITY, vary: 'Origin', 'access-control-allow-origin': origin };
}

const SECURITY_LINES = Object.entries(SECURITY).flat();

/**
 * The same but for `vary`, as names and values in turn, to which others may be added: Node takes them as they are. To
 * put an object together of parts took a fiftieth of a request's time.
 */
export function headLines({ allowedOrigins }: AccessRules, { origin }: IncomingHttpHeaders): string[] {
  const lines = SECURITY_LINES.slice();
  if (origin !== undefined && allowedOrigins.includes(origin))
    lines.push('access-control-allow-origin', origin);
  return lines;
}

/** The same on every answer of the framework's. */
export function addHeaders(app: FastifyInstance, access: AccessRules): void {
  app.addHook('onRequest', async (request, reply) => {
    const headers = headersFor(access, request.headers);
    void reply.headers(headers);
    if (request.method === 'OPTIONS' && headers['access-control-allow-origin'] !== undefined)
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
