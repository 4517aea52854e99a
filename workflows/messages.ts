import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CheckCount, Pace, PlanRecord } from './records.js';

/** How others speak with a run. */

export type TaskStatus = 'PENDING' | 'RUNNING' | 'CACHED' | 'COMPLETED' | 'FAILED' | 'SKIPPED' | 'CANCELED';

export interface TaskState {
  readonly name: string;
  status: TaskStatus;
  /** Why it was cached, skipped or has failed; or what it wrote. */
  reason: string | null;
  startedAt: string | null;
  closedAt: string | null;
  /** Those of temporal.yml, once the task has ended. */
  checks: readonly CheckCount[];
}

export interface PipelineProgress {
  readonly data: string | null;
  readonly catalogue: string | null;
  readonly limit: number | null;
  readonly paused: boolean;
  /** What a person should know now: why the run paused itself, that search attributes are missing. */
  readonly notice: string | null;
  readonly ratePerSecond: number | null;
  readonly tasks: readonly TaskState[];
  /** Workflow id of the fetch, once it has started. */
  readonly fetchWorkflowId: string | null;
  readonly snapshot: string | null;
}

export interface FetchProgress {
  readonly total: number;
  /** Films of finished blocks, dead letters among them; what runs now is in the batches' heartbeats. */
  readonly done: number;
  readonly dead: number;
  readonly paused: boolean;
  readonly ratePerSecond: number;
}

export interface PipelineResult {
  readonly status: 'COMPLETED' | 'COMPLETED_WITH_GAPS';
  readonly snapshot: string;
  readonly sha256: string;
  readonly unchanged: boolean;
  readonly summary: string;
}

export const progressQuery = defineQuery<PipelineProgress>('progress');
export const planQuery = defineQuery<PlanRecord | null>('plan');
export const pauseUpdate = defineUpdate<void>('pause');
export const resumeUpdate = defineUpdate<void>('resume');
export const setRateUpdate = defineUpdate<void, [ratePerSecond: number]>('setRate');

export const fetchProgressQuery = defineQuery<FetchProgress>('progress');
export const paceQuery = defineQuery<Pace>('pace');
export const pauseSignal = defineSignal('pause');
export const resumeSignal = defineSignal('resume');
export const setRateSignal = defineSignal<[ratePerSecond: number]>('setRate');
/** From the fetch to its pipeline: why it holds, or null when it goes on. */
export const fetchNoticeSignal = defineSignal<[notice: string | null]>('fetchNotice');
