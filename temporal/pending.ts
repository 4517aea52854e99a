import type { WorkflowExecutionDescription } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Beat } from '../activities/runner.js';

/** What is known of a workflow's activities that have not ended: attempts, last failure, heartbeat. */
export interface PendingActivity {
  readonly type: string;
  readonly attempt: number;
  readonly beat: Beat | null;
  readonly lastFailure: string | null;
  /** ISO time of the next attempt, where it waits for one. */
  readonly nextAttemptAt: string | null;
}

export function pendingActivities(description: WorkflowExecutionDescription): PendingActivity[] {
  return (description.raw.pendingActivities ?? []).map((activity) => ({
    type: activity.activityType?.name ?? '',
    attempt: activity.attempt ?? 1,
    beat: readBeat(activity.heartbeatDetails?.payloads?.[0]),
    lastFailure: activity.lastFailure?.message ?? null,
    // 1: scheduled and not yet started.
    nextAttemptAt:
      activity.state === 1 && (activity.attempt ?? 1) > 1 && activity.scheduledTime?.seconds != null
        ? new Date(Number(activity.scheduledTime.seconds) * 1000).toISOString()
        : null,
  }));
}

function readBeat(
  payload: Parameters<typeof defaultPayloadConverter.fromPayload>[0] | undefined,
): Beat | null {
  if (payload === undefined) return null;
  try {
    return defaultPayloadConverter.fromPayload<Beat>(payload);
  } catch {
    return null;
  }
}
