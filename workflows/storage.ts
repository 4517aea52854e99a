import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { Activities } from '../activities/interface.js';

/** Storage that refuses cannot be retried away: the run holds with its reason, looks again, and goes on. */

/** The activities' sentence when `error` says that storage refused; else null. */
function storageRefusal(error: unknown): string | null {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type === 'StorageUnavailable' ? cause.message : null;
}

export interface Hold {
  /** Set while the run holds. */
  reason: string | null;
  /** Set by `resume`: look again now. */
  nudged: boolean;
}

export interface Probe {
  readonly taskQueue: string;
  /** Milliseconds between two looks. */
  readonly interval: number;
}

/**
 * Does `work`, again after each refusal of storage once a probe has passed. Whoever is refused first probes for all
 * that share the `hold`.
 */
export async function whenStorageAllows<T>(
  work: () => Promise<T>,
  hold: Hold,
  probe: Probe,
  onHold: (reason: string | null) => void | Promise<void>,
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const refusal = storageRefusal(error);
      if (refusal === null) throw error;
      if (hold.reason !== null) {
        await condition(() => hold.reason === null);
        continue;
      }
      hold.reason = refusal;
      await onHold(refusal);
      await untilOpen(hold, probe);
      hold.reason = null;
      await onHold(null);
    }
  }
}

/** Tries of one probing activity; another follows it. */
const TRIES = 1000;

/**
 * Looks every `interval` ms, and at once when a person resumes the run. The server repeats the probe, so that the
 * history does not grow while the run holds, be it for weeks.
 */
async function untilOpen(hold: Hold, { taskQueue, interval }: Probe): Promise<void> {
  const { probeStorage } = proxyActivities<Activities>({
    taskQueue,
    startToCloseTimeout: '1m',
    retry: {
      initialInterval: interval,
      backoffCoefficient: 1,
      maximumInterval: interval,
      maximumAttempts: TRIES,
    },
    summary: 'does storage take files again?',
  });
  hold.nudged = false;
  await condition(() => hold.nudged, interval);
  for (;;) {
    hold.nudged = false;
    const probing = new CancellationScope();
    const open = probing
      .run(() => probeStorage())
      .then(
        () => true,
        (error: unknown) => {
          const isSlow = error instanceof ActivityFailure && error.cause instanceof TimeoutFailure;
          if (isSlow || storageRefusal(error) !== null || (isCancellation(error) && hold.nudged))
            return false;
          throw error;
        },
      );
    const nudge = condition(() => hold.nudged).then(() => probing.cancel());
    nudge.catch(() => undefined);
    if (await open) return;
  }
}
