import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  getExternalWorkflowHandle,
  isCancellation,
  startChild,
  type SignalDefinition,
} from '@temporalio/workflow';
import { oneByOne } from './oneByOne.js';
import type { ArtefactRef, FetchInput } from './records.js';

/** The fetch of a run as its pipeline holds it: a child workflow that continues as new. */
export interface FetchChild {
  /** Null until it has started. */
  readonly workflowId: string | null;
  /** Reaches it while it is open, and, when it is just being started, as soon as it is; nobody otherwise. */
  signal<Args extends unknown[]>(signal: SignalDefinition<Args>, ...args: Args): Promise<void>;
  /** Starts it and awaits its result over all its runs. Cancelling the caller's scope cancels it and waits for its end. */
  run(workflowId: string, input: FetchInput): Promise<ArtefactRef>;
}

export function fetchChild(): FetchChild {
  let id: string | null = null;
  let open = false;
  let starting = false;
  const waiting: (() => Promise<void>)[] = [];
  const inTurn = oneByOne();
  return {
    get workflowId() {
      return id;
    },
    async signal(signal, ...args) {
      const send = async (): Promise<void> => {
        if (open && id !== null) await getExternalWorkflowHandle(id).signal(signal, ...args);
      };
      if (open) await inTurn(send);
      else if (starting) waiting.push(send);
    },
    async run(workflowId, input) {
      starting = true;
      const child = await startFetch(workflowId, input).finally(() => (starting = false));
      id = workflowId;
      open = true;
      await Promise.all(waiting.splice(0).map(inTurn));
      const result = CancellationScope.nonCancellable(() => child.result() as Promise<ArtefactRef>);
      try {
        return await Promise.race([result, CancellationScope.current().cancelRequested]);
      } catch (error) {
        if (isCancellation(error) && CancellationScope.current().consideredCancelled) {
          await CancellationScope.nonCancellable(async () => {
            await getExternalWorkflowHandle(workflowId)
              .cancel()
              .catch(() => undefined);
            await result.catch(() => undefined);
          });
        }
        throw error;
      } finally {
        open = false;
      }
    },
  };
}

/**
 * A cancellation that follows the parent into a child which has continued as new is dropped, so the child is started
 * out of its reach; `run` cancels it by name, without a run id.
 */
async function startFetch(workflowId: string, input: FetchInput) {
  const { catalogue } = input.run;
  return await CancellationScope.nonCancellable(() =>
    startChild('fetchCatalogue', {
      workflowId,
      args: [input],
      parentClosePolicy: 'REQUEST_CANCEL',
      staticSummary: `fetch ${input.ids.toLocaleString('en-US')} documents of ${catalogue}`,
    }),
  ).catch((error: unknown) => {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw ApplicationFailure.nonRetryable(
      `Another run is fetching ${catalogue} into this data location (workflow ${workflowId}). Wait until it has ended or cancel it, then start again.`,
      'Conflict',
    );
  });
}
