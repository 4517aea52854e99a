import { CancelledFailure } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

/**
 * What went wrong, as Temporal is told. The type decides: storage that refuses holds the run, what no other attempt
 * can change ends it at once, anything else is tried again as temporal.yml says.
 */
const FINAL = new Set([
  'StorageUnavailable',
  'Unauthorised',
  'BadIdList',
  'BadCatalogue',
  'BadInput',
  'PlanError',
  'CheckFailed',
  'MissingFile',
  'CorruptFile',
]);

/** Thrown for what a person asked and cannot have. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}

/** Thrown when a check of temporal.yml with severity `block` does not hold. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

/** The longest message that crosses Temporal: it stands in a history and in a page. */
const LONGEST = 1500;

export function asFailure(error: unknown): unknown {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (!(error instanceof Error)) return error;
  if (error.name === 'AbortError' || error.name === 'CancelledFailure') return error;
  const message = error.message.length > LONGEST ? `${error.message.slice(0, LONGEST)}…` : error.message;
  return ApplicationFailure.create({
    message,
    type: error.name,
    nonRetryable: FINAL.has(error.name),
  });
}

/** The same activities, with every error told as Temporal understands it. */
export function failingKindly<T extends object>(activities: T): T {
  const wrapped = Object.entries(activities as Record<string, (...args: unknown[]) => Promise<unknown>>).map(
    ([name, activity]) => [
      name,
      async (...args: unknown[]) => {
        try {
          return await activity(...args);
        } catch (error) {
          throw asFailure(error);
        }
      },
    ],
  );
  return Object.fromEntries(wrapped) as T;
}
