import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { pino } from 'pino';
import { createActivities } from '../../activities/index.js';
import type { Activities, TaskActivities } from '../../activities/interface.js';
import { storedPlans } from '../../activities/plans.js';
import type { Threads } from '../../activities/threads.js';
import type { WorkerContext } from '../../activities/worker.js';
import type { Store } from '../../dataset/store.js';
import { planSchema, type Plan } from '../../plan/schema.js';
import type { TmdbEndpoint } from '../../tmdb/client.js';
import type { Pace, RunFacts } from '../../workflows/records.js';

/** A short pipeline; `checks`: of its task `roi`. */
export function shortPlan(over: { checks?: readonly object[] } = {}): Plan {
  const plain = { queue: 'io', retry: 'once', timeout: '1m' };
  return planSchema.parse({
    connection: { taskQueue: 'marquee' },
    queues: { io: { concurrency: 1 } },
    retries: {
      once: { initialInterval: '1s', backoff: 1, maximumInterval: '1s', maximumAttempts: 1 },
    },
    fetch: { window: 2, batchSeconds: 30, batchFilms: 50, gapThreshold: 0.01 },
    storage: { probeInterval: '1s' },
    maxAge: '1d',
    schedule: { calendar: { hour: 1, minute: 0 }, overlap: 'skip', catchUp: '1h' },
    profile: 'quick',
    tasks: {
      ids: { ...plain, activity: 'listIds' },
      documents: { ...plain, workflow: 'fetchCatalogue', after: ['ids'] },
      films: { ...plain, activity: 'cleanFilms', after: ['ids', 'documents'] },
      roi: { ...plain, activity: 'rankRoi', after: ['films'], checks: over.checks ?? [] },
      snapshot: {
        ...plain,
        activity: 'publish',
        after: ['ids', 'documents', 'films', 'roi'],
        checks: [
          {
            check: 'sum',
            terms: ['films', 'quarantined', 'deadLetters'],
            equals: 'listed',
            severity: 'block',
          },
        ],
      },
    },
    profiles: { quick: {} },
  });
}

export interface TestWorker {
  readonly context: WorkerContext;
  readonly endpoint: TmdbEndpoint;
  /** What the fetch workflow allows. */
  pace: Pace;
  /** Runs an activity as a worker does. */
  run<Name extends keyof (Activities & TaskActivities)>(
    name: Name,
    ...args: Parameters<(Activities & TaskActivities)[Name]>
  ): Promise<Awaited<ReturnType<(Activities & TaskActivities)[Name]>>>;
  facts(over?: Partial<RunFacts>, plan?: Plan): Promise<RunFacts>;
}

/** Activities without a Temporal server; films come from one endpoint. */
export function testWorker(
  store: Store,
  endpoint: TmdbEndpoint,
  threads: Threads,
  files?: string,
): TestWorker {
  const context: WorkerContext = {
    store,
    data: 'a1',
    catalogue: 'sample',
    limit: null,
    rate: null,
    files,
    ratings: undefined,
    endpoints: { of: () => Promise.resolve(endpoint), close: () => Promise.resolve() },
    plans: storedPlans(store),
    threads,
    version: '0.0.0',
    searchAttributes: true,
    log: pino({ level: 'silent' }),
    plan: () => Promise.resolve(shortPlan()),
  };
  const worker: TestWorker = {
    context,
    endpoint,
    pace: { ratePerSecond: 0, paused: false },
    async run(name, ...args) {
      const temporal = { workflow: { getHandle: () => ({ query: () => Promise.resolve(worker.pace) }) } };
      const activities = createActivities(context, temporal as unknown as Client);
      const activity = activities[name] as (...given: typeof args) => Promise<never>;
      const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
      return (await environment.run(activity, ...args)) as never;
    },
    async facts(over = {}, plan = shortPlan()) {
      return {
        data: 'a1',
        catalogue: 'synthetic:120',
        limit: null,
        force: false,
        ids: null,
        retryDeadLettersOf: null,
        profile: 'quick',
        run: 'run-1',
        day: new Date().toISOString().slice(0, 10),
        plan: await context.plans.fix(plan),
        ...over,
      };
    },
  };
  return worker;
}
