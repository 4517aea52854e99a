import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { RunsError, type RunStatus, type Runs, type RunView } from '../graphql/runs.js';
import { catalogueLabel, parseCatalogue } from '../tmdb/catalogues/catalogue.js';
import type { FetchProgress, PipelineProgress, PipelineResult } from '../workflows/messages.js';
import type { PipelineInput, PlanRecord } from '../workflows/records.js';
import { pipelineId, readRunToken, runToken } from './ids.js';
import { pendingActivities } from './pending.js';
import { viewTasks } from './view.js';

export interface RunsOptions {
  readonly client: Client;
  /** Short id of the data location that this API serves. */
  readonly data: string;
  readonly catalogue: string;
  readonly limit: number | null;
  readonly rate: number | null;
  readonly uiUrl: string | null;
  readonly taskQueue: string;
}

/** Milliseconds that a query may wait for a worker. */
const QUERY = 3000;
/** Milliseconds between two looks at a run that somebody watches. */
const LOOK = 500;
/** Closed runs never change: so many views are kept. */
const KEPT = 200;

/** Runs as the API and the command line see them: Temporal, as a client. */
export interface RunControl extends Runs {
  /** The open run of a catalogue and limit, or a new one. */
  attach(input: PipelineInput & { readonly catalogue: string }): Promise<RunView>;
  /** The id under which `attach` finds a run. */
  openRun(catalogue: string, limit: number | null): Promise<RunView | null>;
}

export function createRuns(options: RunsOptions): RunControl {
  const { client, data } = options;
  const closed = new Map<string, RunView>();
  const watched = new Map<string, Watch>();

  const startWorkflow = async (
    input: PipelineInput & { readonly catalogue: string },
    onConflict: 'FAIL' | 'USE_EXISTING',
    workflowId = pipelineId(data, input.catalogue, input.limit ?? null),
  ): Promise<RunView> => {
    const handle = await client.workflow.start('moviePipeline', {
      workflowId,
      taskQueue: options.taskQueue,
      args: [{ ...input, data, ...(options.rate === null ? {} : { rate: options.rate }) }],
      workflowIdConflictPolicy: onConflict,
      staticSummary: `films of ${catalogueLabel(parseCatalogue(input.catalogue))}`,
    });
    return await see(workflowId, handle.firstExecutionRunId);
  };

  const see = async (workflowId: string, runId: string): Promise<RunView> => {
    const token = runToken(workflowId, runId);
    const known = closed.get(token);
    if (known !== undefined) return known;
    const view = await look(options, workflowId, runId);
    if (view.closedAt !== null && view.tasks.length > 0) {
      closed.set(token, view);
      if (closed.size > KEPT) closed.delete(closed.keys().next().value as string);
    }
    return view;
  };

  const find = async (id: string): Promise<RunView | null> => {
    const at = readRunToken(id);
    if (at === null) return null;
    return await told(() => see(at.workflowId, at.runId)).catch((error: unknown) => {
      if (error instanceof RunsError && error.code === 'NOT_FOUND') return null;
      throw error;
    });
  };

  /** Does something to an open run, and gives its view after it. */
  const act = async (
    id: string,
    what: (at: { readonly workflowId: string; readonly runId: string }) => Promise<unknown>,
  ): Promise<RunView> =>
    await told(async () => {
      const at = readRunToken(id);
      const view = at === null ? null : await see(at.workflowId, at.runId);
      if (at === null || view === null) throw new RunsError('NOT_FOUND', `There is no run ${id}.`);
      if (view.closedAt !== null)
        throw new RunsError(
          'CONFLICT',
          `This run has ended (${view.status}); a closed run takes no orders. Start a new one: finished work is not repeated.`,
        );
      await what(at);
      return await look(options, at.workflowId, at.runId);
    });

  const update = (id: string, name: string, args: unknown[] = []): Promise<RunView> =>
    act(id, async ({ workflowId, runId }) => {
      const asked = client.workflow
        .getHandle(workflowId, runId)
        .executeUpdate(name, { args } as { args: [unknown] });
      await within(asked, 10_000, 'No worker took it up within 10 seconds; start one with `marquee worker`.');
    });

  return {
    start: (input) =>
      told(async () => {
        const catalogue = input.catalogue ?? options.catalogue;
        const limit = input.limit ?? (input.catalogue === undefined ? options.limit : null);
        await refuseSecondFetch(client, data, catalogue);
        return await startWorkflow(
          {
            catalogue,
            ...(limit === null ? {} : { limit }),
            ...(input.force === true ? { force: true } : {}),
          },
          'FAIL',
        );
      }),
    retryDeadLetters: (snapshot) =>
      told(async () => {
        // A snapshot knows its catalogue's label; the file behind a label is known for the served one alone.
        const own = catalogueLabel(parseCatalogue(options.catalogue));
        const catalogue =
          snapshot.catalogue === own || own === 'tmdb' ? options.catalogue : snapshot.catalogue;
        if (snapshot.catalogue.startsWith('file:') && catalogue === snapshot.catalogue)
          throw new RunsError(
            'BAD_USER_INPUT',
            `The file behind ${snapshot.id} is not the one that this API was started for. Start with --catalogue file:<path> and try again.`,
          );
        await refuseSecondFetch(client, data, catalogue);
        return await startWorkflow(
          {
            catalogue,
            retryDeadLettersOf: snapshot.id,
            ...(snapshot.limit === null ? {} : { limit: snapshot.limit }),
          },
          'FAIL',
        );
      }),
    attach: (input) => told(() => startWorkflow(input, 'USE_EXISTING')),
    openRun: (catalogue, limit) =>
      told(async () => {
        const workflowId = pipelineId(data, catalogue, limit);
        try {
          const { runId, status } = await client.workflow.getHandle(workflowId).describe();
          return status.name === 'RUNNING' ? await see(workflowId, runId) : null;
        } catch (error) {
          if (error instanceof WorkflowNotFoundError) return null;
          throw error;
        }
      }),
    cancel: (id) => act(id, ({ workflowId, runId }) => client.workflow.getHandle(workflowId, runId).cancel()),
    pause: (id) => update(id, 'pause'),
    resume: (id) => update(id, 'resume'),
    setRate: (id, ratePerSecond) => update(id, 'setRate', [ratePerSecond]),
    find,
    list: (first) =>
      told(async () => {
        const views: Promise<RunView>[] = [];
        for await (const { workflowId, runId } of client.workflow.list({
          query: "WorkflowType = 'moviePipeline'",
          pageSize: 100,
        })) {
          // Several data locations may share a server; ids that Temporal's own tools gave are everybody's.
          if (workflowId.startsWith('marquee/') && !workflowId.startsWith(`marquee/${data}/`)) continue;
          if (views.length >= first) break;
          views.push(see(workflowId, runId));
        }
        return await Promise.all(views);
      }),
    watch(id) {
      let watch = watched.get(id);
      if (watch === undefined) {
        watch = new Watch(
          () => find(id),
          () => watched.delete(id),
        );
        watched.set(id, watch);
      }
      return watch.subscribe();
    },
  };
}

/** A run as it is now. */
async function look(options: RunsOptions, workflowId: string, runId: string): Promise<RunView> {
  const { client } = options;
  const handle = client.workflow.getHandle(workflowId, runId);
  const description = await handle.describe();
  const open = description.status.name === 'RUNNING';
  const workers = open ? await pollers(client, options.taskQueue) : null;
  const asked =
    workers === 0
      ? null
      : await within(
          Promise.all([handle.query<PipelineProgress>('progress'), handle.query<PlanRecord | null>('plan')]),
          QUERY,
          'no worker answered',
        ).catch(() => null);
  const [progress, plan] = asked ?? [null, null];
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
  return await within(
    Promise.all([handle.query<FetchProgress>('progress'), handle.describe()]),
    QUERY,
    'no worker answered',
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
async function pollers(client: Client, taskQueue: string): Promise<number> {
  const { pollers: found } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: 1,
  });
  const recently = Date.now() / 1000 - 70;
  return (found ?? []).filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) > recently).length;
}

/** One fetching run per catalogue and data location. */
async function refuseSecondFetch(client: Client, data: string, catalogue: string): Promise<void> {
  const open = await client.workflow
    .getHandle(`fetch/${data}/${catalogue}`)
    .describe()
    .then(
      ({ status }) => status.name === 'RUNNING',
      () => false,
    );
  if (open)
    throw new RunsError(
      'CONFLICT',
      `A run of ${labelOf(catalogue)} is fetching already. Wait until it has ended, or cancel it.`,
    );
}

function catalogueOf(workflowId: string): string | null {
  const part = /^marquee\/[^/]+\/(.+)\/[^/]+$/.exec(workflowId)?.[1];
  return part?.replace(/~[0-9a-f]+$/, '') ?? null;
}

/** Without the path of a file. */
function labelOf(catalogue: string): string {
  try {
    return catalogueLabel(parseCatalogue(catalogue));
  } catch {
    return catalogue;
  }
}

/** Temporal's errors as the API's. */
async function told<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof RunsError) throw error;
    if (error instanceof WorkflowExecutionAlreadyStartedError)
      throw new RunsError(
        'CONFLICT',
        'A run of this catalogue and limit is open already. Wait until it has ended, or cancel it.',
      );
    if (error instanceof WorkflowNotFoundError) throw new RunsError('NOT_FOUND', 'There is no such run.');
    if (error instanceof Error && error.name === 'BadCatalogue')
      throw new RunsError('BAD_USER_INPUT', error.message);
    const { cause } = error as { cause?: unknown };
    if (error instanceof Error && error.name === 'WorkflowUpdateFailedError' && cause instanceof Error)
      throw new RunsError('BAD_USER_INPUT', cause.message);
    throw new RunsError(
      'TEMPORAL_UNAVAILABLE',
      'The Temporal server does not answer, so runs can neither be seen nor started. Queries of films are not affected. Start it, or `npm start`.',
      { cause: error },
    );
  }
}

async function within<T>(work: Promise<T>, ms: number, otherwise: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new RunsError('TEMPORAL_UNAVAILABLE', otherwise)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One poll for a run, however many look; every subscriber gets the present state first. */
class Watch {
  readonly #subscribers = new Set<{ push(view: RunView | null): void }>();
  #last: RunView | null = null;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(
    private readonly see: () => Promise<RunView | null>,
    private readonly onIdle: () => void,
  ) {}

  async *subscribe(): AsyncIterableIterator<RunView> {
    const queue: (RunView | null)[] = this.#last === null ? [] : [this.#last];
    let wake: (() => void) | undefined;
    const subscriber = {
      push(view: RunView | null) {
        queue.push(view);
        wake?.();
      },
    };
    this.#subscribers.add(subscriber);
    if (this.#timer === undefined) void this.#poll();
    try {
      for (;;) {
        while (queue.length === 0) await new Promise<void>((done) => (wake = done));
        const view = queue.shift() as RunView | null;
        if (view === null) return;
        yield view;
        if (view.closedAt !== null) return;
      }
    } finally {
      this.#subscribers.delete(subscriber);
      if (this.#subscribers.size === 0) {
        clearTimeout(this.#timer);
        this.#ended = true;
        this.onIdle();
      }
    }
  }

  async #poll(): Promise<void> {
    // A look that fails is repeated: Temporal may be away for a while.
    const view = await this.see().catch(() => undefined);
    if (this.#ended) return;
    if (view === null) for (const subscriber of this.#subscribers) subscriber.push(null);
    else if (view !== undefined && JSON.stringify(view) !== JSON.stringify(this.#last)) {
      this.#last = view;
      for (const subscriber of this.#subscribers) subscriber.push(view);
    }
    this.#timer = setTimeout(() => void this.#poll(), LOOK);
  }
}
