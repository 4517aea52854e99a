import { MessageChannel, receiveMessageOnPort, type MessagePort, type Worker } from 'node:worker_threads';
import { startThread } from '../startThread.js';
import type { ForestJob } from './forest.js';
import type { SharedSpace } from './space.js';
import type { SplitRules } from './split.js';
import type { Tree } from './tree.js';

/** What a helper does: grow trees of a forest, or take part in each step of one tree until that is over. */
export type TreeJob =
  | ({ readonly kind: 'forest'; readonly region: number } & ForestJob)
  | { readonly kind: 'steps'; readonly space: SharedSpace; readonly rules: SplitRules };

/** Trees by their number; none of steps. */
export type Grown = readonly (readonly [number, Tree])[];

/**
 * Other threads that help to train trees. The calling thread works with them and waits for them without giving up
 * its turn, so that training stays a plain function. However many there are, they change no bit of a model.
 */
export interface Team {
  /** Threads beside the calling one. */
  readonly helpers: number;
  /** Gives every helper its job. */
  start(job: (helper: number) => TreeJob): void;
  /** Waits until all are done. Throws what one of them threw. */
  collect(): Grown[];
}

export type HelperAnswer = { readonly grown: Grown } | { readonly failed: string };

export interface HelperData {
  readonly port: MessagePort;
  /** Rises with every answer. */
  readonly signal: Int32Array;
}

/** Starts the helpers of a team of so many threads, the calling one counted. Close it, or the process will not end. */
export async function startTeam(threads: number): Promise<Team & { close(): Promise<void> }> {
  const helpers = await Promise.all(Array.from({ length: threads - 1 }, startHelper));
  return {
    helpers: helpers.length,
    start: (job) => helpers.forEach(({ port }, k) => port.postMessage(job(k))),
    collect: () => helpers.map(receive),
    close: async () => {
      await Promise.all(helpers.map(({ worker }) => worker.terminate()));
    },
  };
}

interface Helper {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly signal: Int32Array;
}

async function startHelper(): Promise<Helper> {
  const { port1, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const options = { workerData: { port: port2, signal } satisfies HelperData, transferList: [port2] };
  const worker = startThread(import.meta.url, './team.thread', options);
  await new Promise((ready, failed) => {
    worker.once('message', ready);
    worker.once('error', failed);
  });
  return { worker, port: port1, signal };
}

/** The thread's event loop stands still meanwhile, so a message is looked for, not waited for as an event. */
function receive({ port, signal }: Helper): Grown {
  for (;;) {
    const seen = Atomics.load(signal, 0);
    const received = receiveMessageOnPort(port) as { readonly message: HelperAnswer } | undefined;
    if (received === undefined) {
      Atomics.wait(signal, 0, seen, 1000);
      continue;
    }
    if ('failed' in received.message) throw new Error(`A thread failed: ${received.message.failed}`);
    return received.message.grown;
  }
}
