import type { RunTaskView } from '../graphql/runs.js';
import type { FetchProgress, TaskState } from '../workflows/messages.js';
import type { PlanRecord } from '../workflows/records.js';
import type { PendingActivity } from './pending.js';

/** A run's tasks as people see them: what the workflow knows, and what its activities say while they run. Pure. */
export function viewTasks(
  tasks: readonly TaskState[],
  plan: PlanRecord | null,
  pending: readonly PendingActivity[],
  fetch: { readonly progress: FetchProgress; readonly pending: readonly PendingActivity[] } | null,
): RunTaskView[] {
  const planned = new Map(plan?.tasks.map((task) => [task.name, task]));
  return tasks.map(({ name, status, reason, startedAt, closedAt }) => {
    const base = { name, status, reason, startedAt, closedAt };
    if (status !== 'RUNNING') return { ...base, ...NOTHING };
    if (planned.get(name)?.workflow !== undefined && fetch !== null) return { ...base, ...fetching(fetch) };
    const activity =
      pending.find((one) => one.beat?.task === name) ??
      pending.find((one) => one.type === planned.get(name)?.activity);
    if (activity === undefined) return { ...base, ...NOTHING };
    const { beat, attempt, lastFailure, nextAttemptAt } = activity;
    const started = startedAt === null ? NaN : Date.parse(startedAt);
    const known = beat !== null && beat.total > 0;
    return {
      ...base,
      done: known ? beat.done : null,
      total: known ? beat.total : null,
      ratePerSecond: null,
      etaSeconds: known ? eta(beat.done, beat.total, (Date.now() - started) / 1000) : null,
      attempt,
      lastFailure,
      nextAttemptAt,
    };
  });
}

const NOTHING = {
  done: null,
  total: null,
  ratePerSecond: null,
  etaSeconds: null,
  attempt: null,
  nextAttemptAt: null,
  lastFailure: null,
} as const;

function fetching({
  progress,
  pending,
}: {
  readonly progress: FetchProgress;
  readonly pending: readonly PendingActivity[];
}): Omit<RunTaskView, 'name' | 'status' | 'reason' | 'startedAt' | 'closedAt'> {
  const beats = pending.flatMap(({ beat }) => (beat === null ? [] : [beat]));
  const done = Math.min(progress.total, progress.done + beats.reduce((sum, beat) => sum + beat.done, 0));
  const rate = beats.reduce((sum, beat) => sum + (beat.rate ?? 0), 0);
  const worst = [...pending].sort((a, b) => b.attempt - a.attempt)[0];
  return {
    done,
    total: progress.total,
    ratePerSecond: rate > 0 ? rate : null,
    etaSeconds: rate > 0 && !progress.paused ? (progress.total - done) / rate : null,
    attempt: worst?.attempt ?? null,
    nextAttemptAt: worst?.nextAttemptAt ?? null,
    lastFailure: worst?.lastFailure ?? null,
  };
}

function eta(done: number, total: number, seconds: number): number | null {
  return done > 0 && seconds > 1 ? ((total - done) * seconds) / done : null;
}
