import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/workflow';
import type { TaskState } from './messages.js';

/** What people read of a run that failed. */

export interface TaskFailure {
  readonly task: string;
  readonly message: string;
  readonly type: string;
}

/** A task's failure by the innermost cause that an activity or a child workflow reported. */
export function taskFailure(task: string, error: unknown): TaskFailure {
  let cause = error;
  while (
    (cause instanceof ActivityFailure || cause instanceof ChildWorkflowFailure) &&
    cause.cause !== undefined
  ) {
    cause = cause.cause;
  }
  if (cause instanceof ApplicationFailure)
    return { task, message: cause.message, type: cause.type ?? 'Failure' };
  return { task, message: cause instanceof Error ? cause.message : String(cause), type: 'Failure' };
}

/** The run's failure: every task that failed, what was not run for it, and what to do next. */
export function runFailure(
  failures: readonly [TaskFailure, ...TaskFailure[]],
  states: readonly TaskState[],
): ApplicationFailure {
  const skipped = states.filter((state) => state.status === 'SKIPPED').map((state) => state.name);
  return ApplicationFailure.nonRetryable(
    [
      ...failures.map(({ task, message }) => `Task ${task} failed: ${message}`),
      ...(skipped.length > 0 ? [`Not run, because they need it: ${skipped.join(', ')}.`] : []),
      'Nothing was published; the earlier snapshot stays served. Start the pipeline again when the cause is gone: finished tasks are not repeated.',
    ].join('\n'),
    failures[0].type,
  );
}
