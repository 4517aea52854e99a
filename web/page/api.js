/** Questions to the GraphQL API, and what its errors mean to a reader. */

const SENTENCES = {
  NETWORK: 'The API cannot be reached. Is the server still running?',
  SNAPSHOT_NOT_READY: 'There is no snapshot yet. Start a run below; this part fills when it has published.',
  SNAPSHOT_GONE: 'This snapshot has been removed in the meantime. Reload the page for the newest.',
  MODEL_NOT_TRAINED: 'This snapshot has no such model.',
  TEMPORAL_UNAVAILABLE:
    'Temporal cannot be reached, so runs are neither shown nor started. The data still answers.',
  RATE_LIMITED: 'Too many questions in a short time. Wait a moment, then try again.',
  TIMEOUT: 'The answer took too long. Ask for less, or try again.',
  QUERY_TOO_COMPLEX: 'That asks for too much at once. Ask for less.',
  UNAUTHENTICATED: 'This needs the admin token.',
  FORBIDDEN: 'This is not allowed here.',
  NOT_FOUND: 'There is no such thing here.',
  CONFLICT: 'That cannot be done now.',
  BAD_USER_INPUT: 'One of the values does not fit.',
};

export class Failure extends Error {
  constructor(code, detail) {
    super(detail);
    this.name = 'Failure';
    this.code = code;
  }

  /** What a reader should know; unknown codes count as the server's own error. */
  get sentence() {
    return SENTENCES[this.code] ?? 'The server could not answer this.';
  }

  /** Nothing is broken, there is only nothing to show. */
  get isAbsence() {
    return this.code === 'SNAPSHOT_NOT_READY' || this.code === 'MODEL_NOT_TRAINED';
  }
}

export function failureOf(error) {
  if (error instanceof Failure) return error;
  if (error?.extensions !== undefined || error?.path !== undefined) {
    return new Failure(error.extensions?.code ?? 'INTERNAL_SERVER_ERROR', error.message);
  }
  return new Failure('PAGE', String(error?.message ?? error));
}

/**
 * One request. Answers `{ data, errors }`; errors are GraphQL's.
 * @throws Failure when no GraphQL answer came back.
 */
export async function request(query, variables = {}, { token, signal } = {}) {
  let response;
  try {
    response = await fetch('/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      body: JSON.stringify({ query, variables }),
      signal,
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Failure('NETWORK', error.message);
  }
  try {
    const answer = await response.json();
    return { data: answer.data ?? null, errors: answer.errors ?? [] };
  } catch {
    throw new Failure('NETWORK', `HTTP ${response.status} without a GraphQL answer`);
  }
}

/**
 * The data of one request, where a partial answer will not do.
 * @throws Failure with the first error.
 */
export async function ask(query, variables, options) {
  const { data, errors } = await request(query, variables, options);
  if (errors.length > 0) throw failureOf(errors[0]);
  return data;
}
