import { randomUUID } from 'node:crypto';
import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { ModelNotTrained } from '../models/prediction.js';
import { tooManyTokens } from './limits/tokens.js';
import { RunsError } from './runs.js';

/** The codes of the contract (`extensions.code`), beside Apollo's own for parsing and validation. */
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'NOT_FOUND'
  | 'QUERY_TOO_COMPLEX'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'RATE_LIMITED'
  | 'TIMEOUT'
  | 'CONFLICT'
  | 'SNAPSHOT_NOT_READY'
  | 'SNAPSHOT_GONE'
  | 'MODEL_NOT_TRAINED'
  | 'TEMPORAL_UNAVAILABLE'
  | 'INTERNAL_SERVER_ERROR';

/** An error that a client may read. Its message names the argument and the legal range where there is one. */
export function apiError(code: ErrorCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

export const badInput = (message: string): GraphQLError => apiError('BAD_USER_INPUT', message);

/** Set by the rules of `limits/`: Apollo overwrites the code of what a validation rule reports. */
export const LIMIT = 'limit';
/** What graphql-js says of an argument whose variable is null or missing: the request's fault, found at execution. */
const ARGUMENT = /^Argument "\w+" (?:of (?:required|non-null) type|has invalid value)/;

/**
 * What leaves the server: known errors as they are; for every other one a reference under which the log has it,
 * without its message, stack or path.
 */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  log: Logger,
): GraphQLFormattedError {
  const original = unwrapResolverError(error);
  const { message, locations, path } = formatted;
  const as = (code: string, text = message): GraphQLFormattedError => ({
    message: text,
    ...(locations === undefined ? {} : { locations }),
    ...(path === undefined ? {} : { path }),
    extensions: { code },
  });
  if (original instanceof RunsError) return as(original.code);
  if (original instanceof ModelNotTrained) return as('MODEL_NOT_TRAINED');
  if (formatted.extensions?.[LIMIT] === true) return as('QUERY_TOO_COMPLEX');
  const tooLong = tooManyTokens(message, error instanceof GraphQLError ? error.source : undefined);
  if (tooLong !== null) return as('QUERY_TOO_COMPLEX', tooLong);
  const code = formatted.extensions?.code;
  if (typeof code === 'string' && code !== 'INTERNAL_SERVER_ERROR') return as(code);
  if (ARGUMENT.test(message) && error instanceof GraphQLError && error.originalError === undefined)
    return as('BAD_USER_INPUT');
  return as('INTERNAL_SERVER_ERROR', internalError(original, log, path).message);
}

/** What a client may know of an unexpected error: the reference under which the log has it. */
export function internalError(
  error: unknown,
  log: Logger,
  path?: GraphQLFormattedError['path'],
): GraphQLError {
  const reference = randomUUID();
  log.error({ err: error, reference, path }, 'a request failed');
  return apiError(
    'INTERNAL_SERVER_ERROR',
    `Something went wrong on the server. Its log has the cause under ${reference}.`,
  );
}
