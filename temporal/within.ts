import {
  isGrpcDeadlineError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { RunsError } from '../graphql/runs.js';

/**
 * The result of `work`, or TEMPORAL_UNAVAILABLE with the sentence `otherwise` after `ms` milliseconds. The calls that
 * `work` makes of Temporal end then too: the SDK asks on about an update that no worker has accepted for as long as
 * the process lives, and gives it again to whichever worker comes.
 */
export async function within<T>(
  client: Client,
  ms: number,
  otherwise: string,
  work: () => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = (cause?: unknown): RunsError => new RunsError('TEMPORAL_UNAVAILABLE', otherwise, { cause });
  // A call that the SDK is about to try again hears of its deadline only then.
  const over = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(late()), ms);
  });
  try {
    return await Promise.race([client.withDeadline(Date.now() + ms, work), over]);
  } catch (error) {
    throw isLate(error) ? late(error) : error;
  } finally {
    clearTimeout(timer);
  }
}

function isLate(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    isGrpcDeadlineError(error) ||
    (error instanceof Error && isGrpcDeadlineError(error.cause))
  );
}
