import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { BlockJob, WrittenBlock } from './block.js';
import type { WrittenPart } from '../dataset/popularityTables.js';
import type { HistoryJob, Said, TaskDone, TaskJob, ThreadFailure } from './thread.js';

/** One pool of worker threads for all that computes. */
export interface Threads {
  task(
    job: Omit<TaskJob, 'kind' | 'port'>,
    onSaid: (said: Said) => void,
    signal: AbortSignal,
  ): Promise<TaskDone>;
  block(job: BlockJob, signal: AbortSignal): Promise<WrittenBlock>;
  history(job: HistoryJob, signal: AbortSignal): Promise<WrittenPart>;
  close(): Promise<void>;
}

export function startThreads(size: number): Threads {
  // Its threads start with a file of Piscina's, which loads this one by name: `startThread` has no part in it.
  const pool = new Piscina({
    filename: new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url).href,
    minThreads: 1,
    maxThreads: size,
    idleTimeout: 30_000,
  });
  return {
    async task(job, onSaid, signal) {
      const { port1, port2 } = new MessageChannel();
      port1.on('message', onSaid);
      try {
        const options = { transferList: [port2], signal };
        return unwrap(
          (await pool.run({ ...job, kind: 'task', port: port2 }, options)) as TaskDone | ThreadFailure,
        );
      } finally {
        port1.close();
      }
    },
    async block(job, signal) {
      return unwrap((await pool.run({ ...job, kind: 'block' }, { signal })) as WrittenBlock | ThreadFailure);
    },
    async history(job, signal) {
      return unwrap((await pool.run({ ...job, kind: 'history' }, { signal })) as WrittenPart | ThreadFailure);
    },
    close: () => pool.destroy(),
  };
}

function unwrap<T extends object>(answer: T | ThreadFailure): T {
  if (!('failed' in answer)) return answer;
  const { name, message, stack, code } = answer.failed;
  throw Object.assign(new Error(message), { name, stack, ...(code === undefined ? {} : { code }) });
}
