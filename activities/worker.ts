import type { Logger } from 'pino';
import type { Store } from '../dataset/store.js';
import type { Plan } from '../plan/schema.js';
import type { Endpoints } from './endpoints.js';
import type { Plans } from './plans.js';
import type { Threads } from './threads.js';

/** What a worker's activities work with: made once, when the worker starts. */
export interface WorkerContext {
  readonly store: Store;
  /** Short id of the data location. */
  readonly data: string;
  /** What a run means that names no catalogue or limit. */
  readonly catalogue: string;
  readonly limit: number | null;
  /** TMDB_RATE; null: the source's own (TMDB 40, a local server unlimited). */
  readonly rate: number | null;
  /** Folder whose files runs may name; undefined: none. */
  readonly files: string | undefined;
  /** Folder of ratings in MovieLens's format; undefined: none, unless the plan names one. */
  readonly ratings: string | undefined;
  readonly endpoints: Endpoints;
  readonly plans: Plans;
  readonly threads: Threads;
  /** Of this program, as package.json has it. */
  readonly version: string;
  /** Whether the Temporal server has this project's search attributes. */
  readonly searchAttributes: boolean;
  readonly log: Logger;
  /** temporal.yml as it is now. */
  readonly plan: () => Promise<Plan>;
}
