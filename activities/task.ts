import type { z } from 'zod';
import type { Facts } from '../dataset/artefacts.js';
import type { Trial } from '../models/search.js';
import type { RunFacts } from '../workflows/records.js';

/**
 * A task turns the files of its inputs into files of its own: a folder in, a folder out. It knows nothing of
 * Temporal, of where artefacts are kept or of memoisation; the runner hashes what it wrote, runs the checks of
 * temporal.yml over it and keeps it. The same inputs, parameters and seed must give the same bytes.
 */
export interface Task<Params> {
  /** Legal parameters with their defaults; temporal.yml's are checked against it when it is read. */
  readonly params: z.ZodType<Params>;
  compute(context: TaskContext<Params>): Promise<TaskOutput>;
}

export interface TaskContext<Params> {
  readonly params: Params;
  /** What the tasks before it wrote, by task name, as local files. */
  readonly inputs: Readonly<Record<string, InputArtefact>>;
  /** An empty local folder for the files of this task. */
  readonly out: string;
  readonly seed: number;
  readonly run: Pick<RunFacts, 'catalogue' | 'limit' | 'day' | 'profile'>;
  /** `doing`: what it is at, for people, e.g. `candidate 3 of 20`. */
  readonly progress: (done: number, total: number, doing?: string) => void;
  /** Absent: a search keeps nothing. */
  readonly searches?: Searches;
}

/** Finished candidates of a task's searches, which outlive the attempt that scored them. */
export interface Searches {
  /** What earlier attempts have finished of the search `name`. */
  finished(name: string): readonly Trial<unknown>[];
  /** Keeps a candidate that has just been scored. */
  keep(name: string, trial: Trial<unknown>): void;
}

/** Searches outside of a run. */
export const UNKEPT: Searches = { finished: () => [], keep: () => undefined };

export interface InputArtefact {
  /** Local path of each table, by table name. */
  readonly tables: Readonly<Record<string, string>>;
  readonly facts: Facts;
}

export interface TaskOutput {
  readonly tables: readonly OutputTable[];
  readonly facts?: Facts;
  /** One line for people. */
  readonly summary: string;
}

export interface OutputTable {
  /** Unique in a snapshot, e.g. `films`. */
  readonly table: string;
  /** File name inside `out`. */
  readonly file: string;
  readonly rows: number;
  /** Content is hashed into the snapshot's sha256; the run record (times, attempts, messages) is not. */
  readonly content: boolean;
  /** Not content, but read by later tasks, whose keys must follow it. */
  readonly feeds?: boolean;
}
