import { LRUCache } from 'lru-cache';
import type { IncomingMessage } from 'node:http';
import type { AnsweredOperation, Context, Trace } from '../context.js';

/** Characters of all texts of operations that are kept: a parsed one takes some hundred times its text. */
const MOST_CHARACTERS = 2 ** 18;
/** Characters of the longest `accept` that is told apart. */
const MOST_OF_ACCEPT = 200;

/** The body of a request, its text by its hash. */
export type Body = Readonly<Record<string, unknown>>;

/** An answer before it is sent. */
export interface Made {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

interface Known {
  readonly operation: AnsweredOperation;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Operations that came before. Clients ask few of them, again and again with other variables, and what Apollo makes of
 * a request's text and head is the same each time: it is remembered here, and left to Apollo where it may be another.
 * Of the head only `accept` matters to a POST of JSON; of the body all but the variables has to be the same.
 */
export class KnownOperations {
  readonly #known = new LRUCache<string, Known>({
    maxSize: MOST_CHARACTERS,
    sizeCalculation: ({ operation }, key) => key.length + operation.characters,
  });

  /** Null where Apollo has to answer: to what comes for the first time, has errors or is beyond a limit. */
  async answer(request: IncomingMessage, body: Body, context: Context): Promise<Made | null> {
    const key = keyOf(request, body);
    const known = key === null ? undefined : this.#known.get(key);
    if (known === undefined) return null;
    const text = await known.operation.again(
      (body.variables ?? undefined) as Record<string, unknown>,
      context,
    );
    return text === null ? null : { status: 200, headers: known.headers, text };
  }

  /** Remembers an operation by the trace and the headers of an answer of status 200. */
  keep(
    request: IncomingMessage,
    body: Body,
    { operation }: Trace,
    headers: Iterable<[string, string]>,
  ): void {
    const key = keyOf(request, body);
    if (key === null || operation === null) return;
    const { 'content-length': _of_that_answer, ...same } = Object.fromEntries(headers);
    this.#known.set(key, { operation, headers: same });
  }
}

/** Null where the body is not of the plain form: Apollo says what is wrong with it. */
function keyOf({ headers: { accept = '' } }: IncomingMessage, body: Body): string | null {
  const { query, operationName, variables, extensions } = body;
  if (query !== undefined || accept.length > MOST_OF_ACCEPT) return null;
  if (operationName != null && typeof operationName !== 'string') return null;
  if (variables != null && (typeof variables !== 'object' || Array.isArray(variables))) return null;
  const hash = hashIn(extensions);
  // An empty name is another question than none.
  return hash === null ? null : `${accept}\n${hash}${operationName == null ? '' : ` ${operationName}`}`;
}

function hashIn(extensions: unknown): string | null {
  if (typeof extensions !== 'object' || extensions === null || Array.isArray(extensions)) return null;
  const { persistedQuery } = extensions as {
    persistedQuery?: { version?: unknown; sha256Hash?: unknown } | null;
  };
  const { version, sha256Hash } = persistedQuery ?? {};
  const isHash = typeof sha256Hash === 'string' && /^[0-9a-f]{64}$/.test(sha256Hash);
  return version === 1 && isHash ? sha256Hash : null;
}
