import { ActivityFailure, ApplicationFailure, condition, proxyActivities } from '@temporalio/workflow';
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

/**
 * Does `work`, again after each refusal of storage once a probe has passed. The probe is repeated every
 * `interval` ms and at once when a person resumes the run.
 */
export async function whenStorageAllows<T>(
  work: () => Promise<T>,
  hold: Hold,
  probe: { readonly taskQueue: string; readonly interval: number },
  onHold: (reason: string | null) => void | Promise<void>,
): Promise<T> {
  const { probeStorage } = proxyActivities<Activities>({
    taskQueue: probe.taskQueue,
    startToCloseTimeout: '30s',
    scheduleToStartTimeout: '10m',
    retry: { maximumAttempts: 1 },
    summary: 'does storage take files again?',
  });
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const refusal = storageRefusal(error);
      if (refusal === null) throw error;
      hold.reason = refusal;
      await onHold(refusal);
      for (let open = false; !open;) {
        hold.nudged = false;
        await condition(() => hold.nudged, probe.interval);
        open = await probeStorage().then(
          () => true,
          (refused: unknown) => {
            if (storageRefusal(refused) === null) throw refused;
            return false;
          },
        );
      }
      hold.reason = null;
      await onHold(null);
    }
  }
}
