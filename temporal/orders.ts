import {
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { RunsError } from '../graphql/runs.js';
import { within } from './within.js';

/** What people order an open run to do: each is an update of `moviePipeline`. */
export type Order =
  { readonly update: 'pause' | 'resume' } | { readonly update: 'setRate'; readonly ratePerSecond: number };

/** Milliseconds that a run may take to do what it is ordered. */
const ANSWER = 10_000;

/**
 * The orders of this process to one run, one after another. Of those that wait only the last of a kind is given, and
 * its answer is everybody's: the last rate wins, and dozens at once are two orders. Given all together they would not
 * arrive: the server refuses an update beside ten others (`history.maxInFlightUpdates`) and then forgets the workflow
 * task in which a worker does the ten, which begins anew, is forgotten with the next refusal, and so on.
 * https://github.com/temporalio/temporal/blob/v1.29.1/service/history/workflow/cache/cache.go (makeReleaseFunc)
 */
export class OrderLine<Answer> {
  readonly #carryOut: (order: Order) => Promise<Answer>;
  readonly #waiting = new Map<'pace' | 'rate', { order: Order; readonly answer: Promise<Answer> }>();
  #turn: Promise<unknown> = Promise.resolve();
  #open = 0;

  constructor(carryOut: (order: Order) => Promise<Answer>) {
    this.#carryOut = carryOut;
  }

  /** True when nothing waits and nothing is under way. */
  get idle(): boolean {
    return this.#open === 0;
  }

  give(order: Order): Promise<Answer> {
    const kind = order.update === 'setRate' ? 'rate' : 'pace';
    const waiting = this.#waiting.get(kind);
    if (waiting !== undefined) {
      waiting.order = order;
      return waiting.answer;
    }
    const take = async (): Promise<Answer> => {
      const last = this.#waiting.get(kind)?.order ?? order;
      this.#waiting.delete(kind);
      try {
        return await this.#carryOut(last);
      } finally {
        this.#open--;
      }
    };
    this.#open++;
    const answer = this.#turn.then(take);
    this.#turn = answer.catch(() => undefined);
    this.#waiting.set(kind, { order, answer });
    return answer;
  }
}

/**
 * Gives an open run an order and waits until it is done.
 * @throws RunsError; also where the order may still be done later, which its message says.
 */
export async function giveOrder(
  client: Client,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
  order: Order,
): Promise<void> {
  const handle = client.workflow.getHandle(workflowId, runId);
  const args = order.update === 'setRate' ? [order.ratePerSecond] : [];
  const give = async (): Promise<void> => {
    for (;;) {
      try {
        return await handle.executeUpdate(order.update, { args } as { args: [unknown] });
      } catch (error) {
        if (!isUnprocessed(error)) throw error;
      }
    }
  };
  try {
    await within(
      client,
      ANSWER,
      'No worker took it up within 10 seconds. If one runs (`marquee worker` starts one), it may still do so: look at the run in a moment, and ask again where it has not.',
      give,
    );
  } catch (error) {
    throw refusal(error);
  }
}

/** The server lost the task in which the update was to be done: it was not, and may be given again. */
function isUnprocessed(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateFailedError &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === 'UnprocessedUpdate'
  );
}

function refusal(error: unknown): unknown {
  if (error instanceof WorkflowNotFoundError)
    return new RunsError(
      'CONFLICT',
      'This run has just ended; a closed run takes no orders. Start a new one: finished work is not repeated.',
      { cause: error },
    );
  const said = error instanceof ServiceError && isGrpcServiceError(error.cause) ? error.cause.details : '';
  if (/total number of distinct updates/.test(said))
    return new RunsError(
      'CONFLICT',
      'This run has had as many orders as Temporal takes for one run. Cancel it and start a new one: finished work is not repeated.',
      { cause: error },
    );
  return error;
}
