import type { Worker } from 'node:worker_threads';
import { startThread } from '../../models/startThread.js';
import type { FoldAnswer, FoldJob } from './fold.thread.js';

export interface Timed {
  readonly answers: readonly FoldAnswer[];
  /** From the first job's start to the last one's end. */
  readonly seconds: number;
  /** Of all threads together: what is left when the machine is shared with others. */
  readonly cpuSeconds: number;
}

/** Threads that stay: compiling the code is not what is measured, no more than Python's imports are. */
export class FoldPool {
  readonly #threads: readonly Worker[];

  constructor(folder: string, size: number) {
    this.#threads = Array.from({ length: size }, () =>
      startThread(import.meta.url, './fold.thread', { workerData: folder }),
    );
  }

  async run(jobs: readonly FoldJob[]): Promise<Timed> {
    const waiting = [...jobs];
    const answers: FoldAnswer[] = [];
    const [from, cpu] = [performance.now(), process.cpuUsage()];
    await Promise.all(
      this.#threads.map(async (thread) => {
        for (let job = waiting.shift(); job !== undefined; job = waiting.shift())
          answers.push(await ask(thread, job));
      }),
    );
    const { user, system } = process.cpuUsage(cpu);
    return {
      answers: answers.sort((a, b) => a.job.fold - b.job.fold),
      seconds: (performance.now() - from) / 1000,
      cpuSeconds: (user + system) / 1e6,
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }
}

async function ask(thread: Worker, job: FoldJob): Promise<FoldAnswer> {
  return await new Promise((done, fail) => {
    thread.once('error', fail);
    thread.once('message', (answer: FoldAnswer) => {
      thread.off('error', fail);
      done(answer);
    });
    thread.postMessage(job);
  });
}
