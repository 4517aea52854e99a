import type { Client } from '@temporalio/client';
import type { Pace } from '../workflows/records.js';

/** Milliseconds between two looks at the pace that the workflow allows. */
const LOOK = 2000;

export interface PaceWatch {
  readonly pace: Pace;
  stop(): void;
}

/**
 * What the fetch workflow allows this batch now. While Temporal does not answer, the last pace stands: it was
 * allowed a moment ago.
 */
export async function watchPace(temporal: Client, workflowId: string): Promise<PaceWatch> {
  const handle = temporal.workflow.getHandle(workflowId);
  const ask = (): Promise<Pace> => handle.query<Pace>('pace');
  let pace = await ask();
  let asking = false;
  const timer = setInterval(() => {
    if (asking) return;
    asking = true;
    ask()
      .then((now) => (pace = now))
      .catch(() => undefined)
      .finally(() => (asking = false));
  }, LOOK);
  return {
    get pace() {
      return pace;
    },
    stop: () => clearInterval(timer),
  };
}
