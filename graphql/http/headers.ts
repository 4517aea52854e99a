import type { FastifyInstance } from 'fastify';
import type { AccessRules } from './access.js';

const SECURITY = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Security headers on every answer, and leave to read them for pages of allowed origins (CORS). */
export function addHeaders(app: FastifyInstance, { allowedOrigins }: AccessRules): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(SECURITY);
    const { origin } = request.headers;
    if (allowedOrigins.length > 0) void reply.header('vary', 'Origin');
    if (origin === undefined || !allowedOrigins.includes(origin)) return;
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
