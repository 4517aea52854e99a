import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { sha256OfFile, type Facts } from '../dataset/artefacts.js';
import { runChecks, type CheckResult } from '../dataset/checks.js';
import type { Trial } from '../models/search.js';
import type { Check } from '../plan/schema.js';
import { growGenres, indexDay, mergeParts, type WrittenPart } from '../dataset/popularityTables.js';
import { writeBlock, type BlockJob, type WrittenBlock } from './block.js';
import type { OutputTable, Task, TaskContext } from './task.js';

/** The worker thread's side: everything that computes runs here, so that no event loop ever waits for it. */

export interface TaskJob {
  readonly kind: 'task';
  readonly activity: string;
  readonly task: string;
  readonly context: Omit<TaskContext<unknown>, 'progress' | 'searches'>;
  /** Finished candidates of earlier attempts. */
  readonly finished: readonly ScoredTrial[];
  readonly checks: readonly Check[];
  readonly port: MessagePort;
}

export interface ScoredTrial {
  /** The search's name within its task. */
  readonly search: string;
  readonly trial: Trial<unknown>;
}

/** What a computing task says while it runs. */
export type Said =
  { readonly done: number; readonly total: number; readonly doing: string | undefined } | ScoredTrial;

export interface TaskDone {
  readonly tables: readonly (OutputTable & { readonly bytes: number; readonly sha256: string })[];
  readonly facts: Facts;
  readonly summary: string;
  readonly checks: readonly CheckResult[];
}

/** Work on the history of popularity: a day's index, parts merged into one, the genres with one more day. Local paths. */
export type HistoryJob =
  | { readonly index: string }
  | { readonly merge: readonly string[]; readonly out: string }
  | { readonly earlier: string | null; readonly day: string; readonly out: string };

/** Errors lose their class on the way between threads: they travel as data. */
export interface ThreadFailure {
  readonly failed: {
    readonly name: string;
    readonly message: string;
    readonly stack: string | undefined;
    /** Node's, e.g. `ENOSPC`. */
    readonly code: string | undefined;
  };
}

export default async function run(
  job: TaskJob | ({ readonly kind: 'block' } & BlockJob) | ({ readonly kind: 'history' } & HistoryJob),
): Promise<TaskDone | WrittenBlock | WrittenPart | ThreadFailure> {
  try {
    if (job.kind === 'task') return await runTask(job);
    if (job.kind === 'block') return await writeBlock(job);
    if ('index' in job) return await indexDay(job.index);
    if ('merge' in job) return await mergeParts(job.merge, job.out);
    return { rows: await growGenres(job.earlier, job.day, job.out), starts: [] };
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    return { failed: { name, message, stack, code: (error as NodeJS.ErrnoException | null)?.code } };
  }
}

async function runTask({
  activity,
  task: name,
  context,
  checks,
  finished,
  port,
}: TaskJob): Promise<TaskDone> {
  const { task } = await loadTask(activity);
  const tell = (said: Said): void => port.postMessage(said);
  try {
    const output = await task.compute({
      ...context,
      // The plan was checked when it was read; this fills in what it leaves to the task.
      params: task.params.parse(context.params),
      progress: (done, total, doing) => tell({ done, total, doing }),
      searches: {
        finished: (search) => finished.filter((one) => one.search === search).map(({ trial }) => trial),
        keep: (search, trial) => tell({ search, trial }),
      },
    });
    const tables = [];
    for (const table of output.tables) {
      const path = join(context.out, table.file);
      tables.push({ ...table, bytes: (await stat(path)).size, sha256: await sha256OfFile(path) });
    }
    const earlier = Object.values(context.inputs).flatMap((input) => Object.entries(input.facts));
    const facts = { ...Object.fromEntries(earlier), ...output.facts };
    const paths = Object.fromEntries(
      output.tables.map(({ table, file }) => [table, join(context.out, file)]),
    );
    return {
      tables,
      facts: output.facts ?? {},
      summary: output.summary,
      checks: await runChecks(name, checks, paths, facts),
    };
  } finally {
    port.close();
  }
}

async function loadTask(activity: string): Promise<{ task: Task<unknown> }> {
  if (!import.meta.url.endsWith('.ts'))
    return (await import(`./tasks/${activity}.js`)) as { task: Task<unknown> };
  // Node 20 gives a new thread none of its parent's loaders: tsx has to be registered in it before TypeScript.
  const { register } = await import('tsx/esm/api');
  register();
  return (await import(`./tasks/${activity}.ts`)) as { task: Task<unknown> };
}
