import {
  ActivityCancellationType,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/interface.js';
import { wrongRate } from './budget.js';
import { runFailure, taskFailure, type TaskFailure } from './failures.js';
import { fetchChild } from './fetchChild.js';
import { checkInput } from './input.js';
import {
  fetchNoticeSignal,
  pauseSignal,
  pauseUpdate,
  planQuery,
  progressQuery,
  resumeSignal,
  resumeUpdate,
  setRateSignal,
  setRateUpdate,
  type PipelineProgress,
  type PipelineResult,
  type TaskState,
} from './messages.js';
import type {
  ArtefactRef,
  Home,
  PipelineInput,
  PlanRecord,
  PlanTask,
  PublishedRef,
  RunFacts,
  TaskInput,
} from './records.js';
import { whenStorageAllows, type Hold } from './storage.js';
import { SCHEDULED, show } from './visibility.js';

/** Milliseconds between two looks at storage that refuses before temporal.yml's own is known. */
const FIRST_PROBE = 30_000;

/**
 * Runs the DAG of temporal.yml over a catalogue and publishes a snapshot.
 * Guarantees: a task starts when all that it waits for has ended well, and independent tasks run at the same
 * time; what fails takes down only what needs it, and then the run, naming task, cause and what to do next; a
 * cancelled or failed run publishes nothing; only small references cross Temporal.
 */
export async function moviePipeline(given?: PipelineInput): Promise<PipelineResult> {
  let home: Home | null = null;
  let plan: PlanRecord | null = null;
  let states: TaskState[] = [];
  let pausedBy: 'person' | null = null;
  let rate: number | null = null;
  const fetching = fetchChild();
  let fetchNotice: string | null = null;
  let snapshot: string | null = null;
  const hold: Hold = { reason: null, nudged: false };

  const progress = (): PipelineProgress => ({
    data: home?.data ?? null,
    catalogue: home?.catalogue ?? null,
    limit: home?.limit ?? null,
    paused: pausedBy !== null || hold.reason !== null || fetchNotice !== null,
    notice: notice(),
    ratePerSecond: rate,
    tasks: states,
    fetchWorkflowId: fetching.workflowId,
    snapshot,
  });
  const notice = (): string | null => {
    const reason = hold.reason ?? fetchNotice;
    if (reason !== null)
      return `The run has paused itself: ${reason} It looks again by itself; \`resume\` makes it look now.`;
    if (pausedBy !== null) return 'Paused by a person; `resume` lets it go on.';
    return home?.searchAttributes === false ? 'The server has no search attributes for this run.' : null;
  };
  const reveal = (): void => show(progress(), home?.searchAttributes ?? false);

  setHandler(progressQuery, progress);
  setHandler(planQuery, () => plan);
  setHandler(pauseUpdate, async () => {
    pausedBy = 'person';
    reveal();
    await fetching.signal(pauseSignal);
  });
  setHandler(resumeUpdate, async () => {
    pausedBy = null;
    hold.nudged = true;
    reveal();
    await fetching.signal(resumeSignal);
  });
  setHandler(
    setRateUpdate,
    async (ratePerSecond) => {
      rate = ratePerSecond;
      reveal();
      await fetching.signal(setRateSignal, ratePerSecond);
    },
    {
      validator(ratePerSecond) {
        const wrong = wrongRate(ratePerSecond);
        if (wrong !== null) throw new Error(wrong);
      },
    },
  );
  setHandler(fetchNoticeSignal, (reason) => {
    fetchNotice = reason;
    reveal();
  });

  const input = checkInput(given);
  const { home: resolveHome } = proxyLocalActivities<Activities>({
    startToCloseTimeout: '20s',
    retry: { maximumAttempts: 5 },
  });
  home = await resolveHome(input);
  rate = input.rate ?? home.rate;
  const { data } = home;
  const queueOf = (role: string): string => `marquee-${data}-${role}`;
  const { readPlan } = proxyActivities<Activities>({
    taskQueue: queueOf('io'),
    startToCloseTimeout: '30s',
    retry: { maximumAttempts: 5 },
    summary: 'check temporal.yml and fix it for this run',
  });
  const fixed = await whenStorageAllows(
    () => readPlan({ profile: input.profile ?? null }),
    hold,
    { taskQueue: queueOf('io'), interval: FIRST_PROBE },
    reveal,
  );
  plan = fixed;
  const { startTime, runId } = workflowInfo();
  const run: RunFacts = {
    data,
    catalogue: home.catalogue,
    limit: home.limit,
    force: input.force ?? false,
    ids: input.ids ?? null,
    retryDeadLettersOf: input.retryDeadLettersOf ?? null,
    profile: fixed.profile,
    run: runId,
    day: (scheduledTime() ?? startTime).toISOString().slice(0, 10),
    plan: fixed.sha256,
  };
  states = fixed.tasks.map(({ name }) => ({
    name,
    status: 'PENDING',
    reason: null,
    startedAt: null,
    closedAt: null,
    checks: [],
  }));
  reveal();

  const runFetch = async (task: PlanTask, inputs: TaskInput['inputs'], ids: number): Promise<ArtefactRef> => {
    const retry = fixed.retries[task.retry];
    if (retry === undefined)
      throw ApplicationFailure.nonRetryable(`There is no retry class ${task.retry}`, 'BadPlan');
    try {
      return await fetching.run(`fetch/${data}/${run.catalogue}`, {
        run,
        task: task.name,
        inputs,
        ids,
        rate: rate ?? 0,
        fetch: fixed.fetch,
        retry,
        queue: queueOf(task.queue),
        startToClose: task.startToClose,
        heartbeat: task.heartbeat,
        probeInterval: fixed.probeInterval,
      });
    } finally {
      fetchNotice = null;
    }
  };

  const runActivity = (task: PlanTask, inputs: TaskInput['inputs']): Promise<ArtefactRef> => {
    const activity = activityOf(task, fixed.retries[task.retry], queueOf(task.queue));
    return whenStorageAllows(
      () => activity({ run, task: task.name, inputs }),
      hold,
      { taskQueue: queueOf('io'), interval: fixed.probeInterval },
      reveal,
    );
  };

  const ended = new Map<string, Promise<ArtefactRef | null>>();
  const failures: TaskFailure[] = [];
  const settle = (state: TaskState, status: TaskState['status'], reason: string | null): void => {
    state.status = status;
    state.reason = reason;
    state.closedAt = new Date().toISOString();
    reveal();
  };
  const runTask = async (task: PlanTask, state: TaskState): Promise<ArtefactRef | null> => {
    const before = await Promise.all(task.after.map((name) => ended.get(name) ?? Promise.resolve(null)));
    const lacking = task.after.filter((_, at) => before[at] === null);
    if (lacking.length > 0) {
      settle(state, 'SKIPPED', `needs ${lacking.join(', ')}`);
      return null;
    }
    try {
      await condition(() => pausedBy === null);
      state.status = 'RUNNING';
      state.startedAt = new Date().toISOString();
      reveal();
      const refs = before.filter((ref) => ref !== null);
      const inputs = refs.map(({ task: name, key, sha256 }) => ({ task: name, key, sha256 }));
      const result =
        task.workflow === undefined
          ? await runActivity(task, inputs)
          : await runFetch(task, inputs, refs[0]?.rows ?? 0);
      state.checks = result.checks ?? [];
      settle(state, result.cached === null ? 'COMPLETED' : 'CACHED', result.cached ?? result.summary);
      return result;
    } catch (error) {
      if (isCancellation(error)) {
        settle(state, 'CANCELED', null);
      } else {
        const failure = taskFailure(task.name, error);
        failures.push(failure);
        settle(state, 'FAILED', failure.message);
      }
      return null;
    }
  };
  fixed.tasks.forEach((task, at) => ended.set(task.name, runTask(task, states[at] as TaskState)));
  const results = await Promise.all(ended.values());

  await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  const [first, ...more] = failures;
  if (first !== undefined) throw runFailure([first, ...more], states);
  // A cancelled task has no result; this throws the cancellation that the run itself got.
  if (results.some((result) => result === null)) await CancellationScope.current().cancelRequested;
  const published = results.at(-1) as PublishedRef;
  snapshot = published.snapshot;
  reveal();
  return {
    status:
      published.deadLetters > published.listed * fixed.fetch.gapThreshold
        ? 'COMPLETED_WITH_GAPS'
        : 'COMPLETED',
    snapshot: published.snapshot,
    sha256: published.snapshotSha256,
    unchanged: published.unchanged,
    summary: published.summary,
  };
}

/** The activity of a task, with the task's own queue, timeouts and retries. */
function activityOf(
  task: PlanTask,
  retry: PlanRecord['retries'][string] | undefined,
  taskQueue: string,
): (input: TaskInput) => Promise<ArtefactRef> {
  const activities = proxyActivities<Record<string, (input: TaskInput) => Promise<ArtefactRef>>>({
    taskQueue,
    startToCloseTimeout: task.startToClose,
    heartbeatTimeout: task.heartbeat,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      initialInterval: retry?.initialInterval,
      backoffCoefficient: retry?.backoff,
      maximumInterval: retry?.maximumInterval,
      maximumAttempts: retry?.maximumAttempts ?? 1,
    },
    summary: task.name,
  });
  const activity = activities[task.activity ?? ''];
  if (activity === undefined)
    throw ApplicationFailure.nonRetryable(`Task ${task.name} names no activity`, 'BadPlan');
  return activity;
}

/** When the schedule meant this run to start: a backfill of a missed day is about that day. Null: by no schedule. */
function scheduledTime(): Date | null {
  return workflowInfo().typedSearchAttributes.get(SCHEDULED) ?? null;
}
