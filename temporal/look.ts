import { WorkflowFailedError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import type { RunStatus, RunView } from '../graphql/runs.js';
import { catalogueLabel, parseCatalogue } from '../tmdb/catalogues/catalogue.js';
import type { FetchProgress, PipelineProgress, PipelineResult } from '../workflows/messages.js';
import type { PlanRecord } from '../workflows/records.js';
import { runToken } from './ids.js';
import { pendingActivities } from './pending.js';
import { viewTasks } from './view.js';
import { within } from './within.js';

/** Milliseconds that a query may wait for a worker. */
const QUERY = 3000;

export interface LookOptions {
  readonly client: Client;
  readonly taskQueue: string;
  readonly uiUrl: string | null;
  /** What a run that does not say its own is about. */
  readonly catalogue: string;
}

/** A run as it is now. */
export async function look(options: LookOptions, workflowId: string, runId: string): Promise<RunView> {
  const { client } = options;
  const handle = client.workflow.getHandle(workflowId, runId);
  const description = await handle.describe();
  const open = description.status.name === 'RUNNING';
  const workers = open ? await pollers(client, options.taskQueue) : null;
  const asked =
    workers === 0
      ? null
      : await within(client, QUERY, 'no worker answered', async () => ({
          // One after another: the server keeps one query while a workflow task runs and refuses a second.
          progress: await handle.query<PipelineProgress>('progress'),
          plan: await handle.query<PlanRecord | null>('plan'),
        })).catch(() => null);
  const { progress, plan } = asked ?? { progress: null, plan: null };
  const fetch =
    open && progress?.fetchWorkflowId != null && progress.tasks.some((task) => task.status === 'RUNNING')
      ? await lookAtFetch(client, progress.fetchWorkflowId)
      : null;
  const { status, failure, snapshot } = await outcome(client, workflowId, description, progress);
  const noWorker =
    open && (workers === 0 || progress === null)
      ? 'No worker answers for this run: it goes on when one is started (`marquee worker`).'
      : null;
  return {
    id: runToken(workflowId, runId),
    status,
    catalogue: labelOf(progress?.catalogue ?? catalogueOf(workflowId) ?? options.catalogue),
    startedAt: description.startTime.toISOString(),
    closedAt: description.closeTime?.toISOString() ?? null,
    tasks: progress === null ? [] : viewTasks(progress.tasks, plan, pendingActivities(description), fetch),
    workers,
    notice: noWorker ?? progress?.notice ?? null,
    failure,
    temporalUrl:
      options.uiUrl === null
        ? null
        : `${options.uiUrl}/namespaces/${encodeURIComponent(client.options.namespace)}/workflows/${encodeURIComponent(workflowId)}/${runId}/history`,
    snapshot,
  };
}

async function lookAtFetch(client: Client, workflowId: string) {
  const handle = client.workflow.getHandle(workflowId);
  return await within(client, QUERY, 'no worker answered', () =>
    Promise.all([handle.query<FetchProgress>('progress'), handle.describe()]),
  )
    .then(([progress, description]) => ({ progress, pending: pendingActivities(description) }))
    .catch(() => null);
}

async function outcome(
  client: Client,
  workflowId: string,
  description: WorkflowExecutionDescription,
  progress: PipelineProgress | null,
): Promise<{
  readonly status: RunStatus;
  readonly failure: string | null;
  readonly snapshot: string | null;
}> {
  const name = description.status.name;
  const snapshot = progress?.snapshot ?? null;
  if (name === 'RUNNING')
    return { status: progress?.paused === true ? 'PAUSED' : 'RUNNING', failure: null, snapshot };
  if (name === 'COMPLETED') {
    const result = (await client.workflow
      .getHandle(workflowId, description.runId)
      .result()) as PipelineResult;
    return { status: result.status, failure: null, snapshot: result.snapshot };
  }
  if (name === 'FAILED' || name === 'TIMED_OUT') {
    const failure = await client.workflow
      .getHandle(workflowId, description.runId)
      .result()
      .then(
        () => null,
        (error: unknown) =>
          error instanceof WorkflowFailedError ? (error.cause?.message ?? error.message) : String(error),
      );
    return { status: name, failure, snapshot };
  }
  if (name === 'CANCELLED') return { status: 'CANCELED', failure: null, snapshot };
  return { status: 'TERMINATED', failure: null, snapshot };
}

/** Workers that poll the workflows' queue. */
export async function pollers(client: Client, taskQueue: string): Promise<number> {
  const { pollers: found } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: 1,
  });
  const recently = Date.now() / 1000 - 70;
  return (found ?? []).filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) > recently).length;
}

function catalogueOf(workflowId: string): string | null {
  const part = /^marquee\/[^/]+\/(.+)\/[^/]+$/.exec(workflowId)?.[1];
  return part?.replace(/~[0-9a-f]+$/, '') ?? null;
}

/** Without the path of a file. */
export function labelOf(catalogue: string): string {
  try {
    return catalogueLabel(parseCatalogue(catalogue));
  } catch {
    return catalogue;
  }
}
