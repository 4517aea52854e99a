import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { RunsError, type Runs, type RunView } from '../graphql/runs.js';
import { catalogueLabel, parseCatalogue } from '../tmdb/catalogues/catalogue.js';
import { wrongRate } from '../workflows/budget.js';
import type { PipelineInput } from '../workflows/records.js';
import { pipelineId, readRunToken, runToken } from './ids.js';
import { labelOf, look, pollers } from './look.js';
import { giveOrder, OrderLine, type Order } from './orders.js';
import { Watch } from './watch.js';

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
  const lines = new Map<string, OrderLine<RunView>>();

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
      if (at === null) throw new RunsError('NOT_FOUND', `There is no run ${id}.`);
      const { status } = await client.workflow.getHandle(at.workflowId, at.runId).describe();
      if (status.name !== 'RUNNING')
        throw new RunsError(
          'CONFLICT',
          `This run has ended (${(await see(at.workflowId, at.runId)).status}); a closed run takes no orders. Start a new one: finished work is not repeated.`,
        );
      await what(at);
      return await look(options, at.workflowId, at.runId);
    });

  const order = async (id: string, what: Order): Promise<RunView> => {
    const carryOut = (next: Order): Promise<RunView> =>
      act(id, async (at) => {
        if ((await pollers(client, options.taskQueue)) === 0)
          throw new RunsError(
            'TEMPORAL_UNAVAILABLE',
            'No worker runs, so nobody would take it up. Start one with `marquee worker` and ask again.',
          );
        await giveOrder(client, at, next);
      });
    const line = lines.get(id) ?? new OrderLine(carryOut);
    lines.set(id, line);
    try {
      return await line.give(what);
    } finally {
      if (line.idle) lines.delete(id);
    }
  };

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
    pause: (id) => order(id, { update: 'pause' }),
    resume: (id) => order(id, { update: 'resume' }),
    async setRate(id, ratePerSecond) {
      // Here, not in the run alone: a wrong rate must not take the place of a right one that waits.
      const wrong = wrongRate(ratePerSecond);
      if (wrong !== null) throw new RunsError('BAD_USER_INPUT', wrong);
      return await order(id, { update: 'setRate', ratePerSecond });
    },
    find,
    list: (first, since) =>
      told(async () => {
        const views: Promise<RunView>[] = [];
        for await (const { workflowId, runId } of client.workflow.list({
          query: `WorkflowType = 'moviePipeline'${since === null ? '' : ` AND StartTime > '${since.toISOString()}'`}`,
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
