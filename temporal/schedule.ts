import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import { parseDuration, type Plan } from '../plan/schema.js';
import type { PipelineInput } from '../workflows/records.js';

const OVERLAP = {
  skip: ScheduleOverlapPolicy.SKIP,
  bufferOne: ScheduleOverlapPolicy.BUFFER_ONE,
  cancelOther: ScheduleOverlapPolicy.CANCEL_OTHER,
} as const;

export interface AppliedSchedule {
  readonly scheduleId: string;
  readonly created: boolean;
  readonly nextRun: Date | null;
  readonly paused: boolean;
}

/** Makes the schedule of temporal.yml true on the server. Applying it again keeps an operator's pause and note. */
export async function applySchedule(
  client: Client,
  plan: Plan,
  run: { readonly data: string; readonly workflowId: string; readonly input: PipelineInput },
): Promise<AppliedSchedule> {
  const { calendar, overlap, catchUp } = plan.schedule;
  const scheduleId = `marquee/${run.data}/${run.input.catalogue ?? 'default'}`;
  const options = {
    scheduleId,
    spec: {
      calendars: [{ hour: calendar.hour, minute: calendar.minute, comment: 'schedule of temporal.yml, UTC' }],
    },
    policies: {
      overlap: OVERLAP[overlap],
      catchupWindow: parseDuration(catchUp) as number,
      pauseOnFailure: false,
    },
    action: {
      type: 'startWorkflow',
      workflowType: 'moviePipeline',
      taskQueue: plan.connection.taskQueue,
      workflowId: `${run.workflowId}/scheduled`,
      args: [run.input],
    },
  } satisfies ScheduleOptions;
  let created = true;
  try {
    await client.schedule.create(options);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    created = false;
    await client.schedule.getHandle(scheduleId).update((earlier) => ({ ...options, state: earlier.state }));
  }
  const { info, state } = await client.schedule.getHandle(scheduleId).describe();
  return { scheduleId, created, nextRun: info.nextActionTimes[0] ?? null, paused: state.paused };
}
