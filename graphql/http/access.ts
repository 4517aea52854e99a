import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { apiError } from '../errors.js';

/** Who may ask from where. */
export interface AccessRules {
  readonly adminToken: string | undefined;
  /** The address that the API listens on. */
  readonly host: string;
  /** Origins of pages elsewhere that may use the API, e.g. `http://localhost:5173`. */
  readonly allowedOrigins: readonly string[];
}

/** An address that other machines do not reach. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

/** True for programs, which send no origin, for our own pages and for allowed ones. */
export function isAllowedOrigin({ allowedOrigins }: AccessRules, headers: IncomingHttpHeaders): boolean {
  const { origin, host } = headers;
  if (origin === undefined || allowedOrigins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/**
 * Throws when the caller may not change anything: UNAUTHENTICATED without the token where there is one, FORBIDDEN
 * where there is none and the API can be reached from other machines, or the page that asks is not ours.
 */
export function requireAdmin(
  rules: AccessRules,
  headers: IncomingHttpHeaders,
  authorization: string | undefined = headers.authorization,
): void {
  if (rules.adminToken !== undefined) {
    if (!isToken(authorization, rules.adminToken))
      throw apiError('UNAUTHENTICATED', 'Send the admin token: Authorization: Bearer <MARQUEE_ADMIN_TOKEN>.');
    return;
  }
  if (!isLoopback(rules.host))
    throw apiError(
      'FORBIDDEN',
      'Mutations are off: the API listens beyond this machine without MARQUEE_ADMIN_TOKEN. Set one, or listen on 127.0.0.1.',
    );
  // A page whose name was made to point at this machine (DNS rebinding) sends its own name as host.
  const host = headers.host ?? '';
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : host;
  if (!isLoopback(name) || !isAllowedOrigin(rules, headers))
    throw apiError(
      'FORBIDDEN',
      'Without an admin token mutations are taken from pages of this machine alone.',
    );
}

/** Takes the same time for every wrong token. */
function isToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
