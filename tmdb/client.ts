import { Unauthorised } from './failures.js';
import { createGetter, type GotAnswer } from './get.js';

/** TMDB over HTTP. https://developer.themoviedb.org/reference/movie-details */

export interface TmdbEndpoint {
  /** E.g. `https://api.themoviedb.org/3`. */
  readonly baseUrl: string;
  /** E.g. `https://files.tmdb.org/p/exports`. */
  readonly exportUrl: string;
  /** v4 read access token, sent as a bearer token. */
  readonly accessToken?: string | undefined;
  /** v3 key, sent as `api_key` in the request alone. */
  readonly apiKey?: string | undefined;
}

/** What came of asking for one film. */
export type FilmAnswer =
  | { readonly kind: 'film'; readonly body: string }
  /** No other attempt can change it: the film does not exist. */
  | { readonly kind: 'final'; readonly status: number; readonly message: string }
  /** `retryAfterMs`: what a 429 asked for, or its default. */
  | {
      readonly kind: 'retryable';
      readonly status: number | null;
      readonly message: string;
      readonly retryAfterMs: number | null;
    };

/** TMDB sends no Retry-After with some 429s; then this long, in milliseconds. */
const DEFAULT_RETRY_AFTER = 10_000;
const LONGEST_RETRY_AFTER = 120_000;
/** Milliseconds for one answer, whole. */
const TIMEOUT = 15_000;
/** Bytes: the largest real documents with all credits are about 1 MB. */
const LARGEST_BODY = 16 * 1024 * 1024;

export interface TmdbClient {
  /** @throws Unauthorised; AbortError when `signal` fires. */
  film(id: number, signal: AbortSignal): Promise<FilmAnswer>;
  close(): Promise<void>;
}

export function createClient(endpoint: TmdbEndpoint, connections = 64): TmdbClient {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (endpoint.accessToken) headers.authorization = `Bearer ${endpoint.accessToken}`;
  const query = new URLSearchParams({ append_to_response: 'credits,keywords' });
  if (!endpoint.accessToken && endpoint.apiKey) query.set('api_key', endpoint.apiKey);

  const { origin, pathname } = new URL(endpoint.baseUrl);
  const path = `${pathname.replace(/\/$/, '')}/movie/`;
  const asked = `?${query}`;
  const getter = createGetter({ origin, headers, connections, timeout: TIMEOUT, largestBody: LARGEST_BODY });

  return {
    async film(id, signal) {
      try {
        return readAnswer(id, await getter.get(`${path}${id}${asked}`, signal));
      } catch (error) {
        if (error instanceof Unauthorised || signal.aborted) throw error;
        return { kind: 'retryable', status: null, message: describe(error), retryAfterMs: null };
      }
    },
    close: () => getter.close(),
  };
}

function readAnswer(id: number, { status, headers, body }: GotAnswer): FilmAnswer {
  if (status === 200) {
    // A torn body ends early; every JSON text of an object ends with its brace.
    return body.trimEnd().endsWith('}') && isJson(body)
      ? { kind: 'film', body }
      : { kind: 'retryable', status, message: 'the answer was cut off', retryAfterMs: null };
  }
  const said = statusMessage(body);
  if (status === 401 || status === 403) throw new Unauthorised(said);
  if (status === 404) return { kind: 'final', status, message: said || `there is no film ${id}` };
  const message = `HTTP ${status}${said === '' ? '' : `: ${said}`}`;
  if (status === 429)
    return { kind: 'retryable', status, message, retryAfterMs: retryAfter(headers['retry-after']) };
  if (status >= 500 || status === 408) return { kind: 'retryable', status, message, retryAfterMs: null };
  return { kind: 'final', status, message };
}

/** Seconds or an HTTP date, as milliseconds from now. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function retryAfter(header: string | string[] | undefined, now = Date.now()): number {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined || text.trim() === '') return DEFAULT_RETRY_AFTER;
  const ms = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - now;
  if (Number.isNaN(ms)) return DEFAULT_RETRY_AFTER;
  return Math.min(LONGEST_RETRY_AFTER, Math.max(0, ms));
}

function statusMessage(body: string): string {
  try {
    const said = (JSON.parse(body) as { status_message?: unknown }).status_message;
    return typeof said === 'string' ? said.slice(0, 300) : '';
  } catch {
    return '';
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function describe(error: unknown): string {
  const { code, name } = error as { code?: string; name?: string };
  if (name === 'TimeoutError' || /TIMEOUT/.test(code ?? '')) return `no answer within ${TIMEOUT / 1000} s`;
  if (code === 'ECONNREFUSED') return 'the connection was refused';
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET') return 'the connection was reset';
  return `the request failed (${code ?? name ?? 'unknown'})`;
}
