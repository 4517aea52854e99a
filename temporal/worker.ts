import {
  DefaultLogger,
  Runtime,
  Worker,
  type NativeConnection,
  type WorkerOptions,
} from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Activities, TaskActivities } from '../activities/interface.js';
import type { Plan } from '../plan/schema.js';
import { workflowBundle } from './bundle.js';
import type { Tracing } from './tracing.js';

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly data: string;
  readonly plan: Plan;
  readonly activities: Activities & TaskActivities;
  readonly log: Logger;
  /** Null: no traces. */
  readonly tracing?: Tracing | null;
}

export interface Workers {
  /** Rejects when one of them fails; resolves after `stop`. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Temporal's own messages go where ours go. */
export function installRuntime(log: Logger): void {
  const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      const { error, ...rest } = (meta ?? {}) as { error?: unknown };
      log[levels[level]]({ ...rest, ...(error instanceof Error ? { error: error.message } : {}) }, message);
    }),
    // We end by ourselves, in order.
    shutdownSignals: [],
  });
}

/**
 * One worker for workflows and one for each queue of temporal.yml. Activity queues carry the data location, so that
 * two locations on one server never take each other's work.
 */
export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const { connection, namespace, data, plan, activities, tracing = null } = options;
  const bundle = await workflowBundle(tracing !== null);
  const common = {
    connection,
    namespace,
    shutdownGraceTime: '2s',
    shutdownForceTime: '15s',
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
    ...(tracing === null ? {} : { plugins: [tracing.plugin] }),
  } satisfies Partial<WorkerOptions>;
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: plan.connection.taskQueue,
      workflowBundle: bundle,
      activities,
      // Only the local activity that resolves `{}` runs here.
      enableNonLocalActivities: false,
      // A worker that was killed keeps its workflows for this long at most.
      stickyQueueScheduleToStartTimeout: '5s',
    }),
    ...Object.entries(plan.queues).map(([role, { concurrency }]) =>
      Worker.create({
        ...common,
        taskQueue: `marquee-${data}-${role}`,
        activities,
        maxConcurrentActivityTaskExecutions: concurrency,
      }),
    ),
  ]);
  const runs = workers.map((worker) => worker.run());
  return {
    ended: Promise.all(runs).then(() => undefined),
    async stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.allSettled(runs);
    },
  };
}
