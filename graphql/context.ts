import type { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import type { Plan } from '../plan/schema.js';
import type { History } from './data/history.js';
import { HistoryLoader } from './data/historyLoader.js';
import type { Served } from './data/served.js';
import type { Snapshot } from './data/snapshot.js';
import { apiError } from './errors.js';
import type { Runs } from './runs.js';

/** What all requests share. */
export interface Services {
  readonly served: Served;
  readonly history: History;
  readonly runs: Runs;
  readonly plan: Plan;
  /** Folder under which `file:` catalogues may lie; undefined: none. */
  readonly files: string | undefined;
  readonly log: Logger;
}

/** What is learnt of a request while it is answered. Apollo copies contexts; the copies share it. */
export interface Trace {
  /** False once it has read what changes without a new snapshot, written anything or failed. */
  lasting: boolean;
  /** Counts the same operation once more. */
  count: () => void;
  /** The query that was answered without an error; null for any other. */
  operation: AnsweredOperation | null;
  /** True once its compiled code has run: what that left is graphql-js's to answer. */
  tried: boolean;
}

/** A query that Apollo has read, checked and answered. */
export interface AnsweredOperation {
  /** Characters of its document. */
  readonly characters: number;
  /** The text of the answer with these variables; null where Apollo has to answer. */
  again(variables: Record<string, unknown> | undefined, context: Context): Promise<string | null>;
}

/** One request. Whoever asks twice in it sees the same snapshot, also while a newer one is swapped in. */
export class Context {
  /** Throws when the caller may not change anything. */
  readonly requireAdmin: () => void;
  readonly newest: Snapshot | null;
  readonly trace: Trace = { lasting: true, count: () => undefined, operation: null, tried: false };
  readonly histories = new HistoryLoader();
  private readonly shared: Services;
  private readonly requestId: string | undefined;
  private readonly deadline: number;
  private readonly found = new Map<string, Promise<Snapshot | null>>();

  constructor(
    services: Services,
    requireAdmin: () => void,
    milliseconds: number,
    requestId?: string,
    newest = services.served.newest,
  ) {
    this.shared = services;
    this.requestId = requestId;
    this.requireAdmin = requireAdmin;
    this.newest = newest;
    this.deadline = performance.now() + milliseconds;
  }

  /** Names the request: what went wrong is found under the id that its answer carries. */
  get log(): Logger {
    const { log } = this.shared;
    return this.requestId === undefined ? log : log.child({ request: this.requestId });
  }

  /** Whoever reads these reads what changes without a new snapshot: the answer is not kept. */
  get services(): Services {
    this.trace.lasting = false;
    return this.shared;
  }

  /**
   * @throws SNAPSHOT_NOT_READY without an id before the first one, SNAPSHOT_GONE for one that was removed, NOT_FOUND
   * for an unknown id.
   */
  async snapshot(id: string | null | undefined): Promise<Snapshot> {
    if (id == null) {
      if (this.newest !== null) return this.newest;
      throw apiError('SNAPSHOT_NOT_READY', 'There is no snapshot yet. Start a run and wait for its end.');
    }
    const found = await this.snapshotOrNull(id);
    if (found !== null) return found;
    throw this.noSnapshot(id);
  }

  /** What to say of an id under which nothing was found. */
  noSnapshot(id: string): GraphQLError {
    return this.services.served.isGone(id)
      ? apiError('SNAPSHOT_GONE', `Snapshot ${id} was removed: \`snapshots\` lists those that are kept.`)
      : apiError(
          'NOT_FOUND',
          `There is no snapshot ${JSON.stringify(id.slice(0, 200))}; an id reads <catalogue>/<number>.`,
        );
  }

  /** Looked for once, and one after another: whichever was read first would decide the order of errors. */
  async snapshotOrNull(id: string): Promise<Snapshot | null> {
    if (this.newest?.id === id) return this.newest;
    const { served } = this.services;
    // How the one before went is told to who asked for it.
    const before = Promise.resolve([...this.found.values()].at(-1)).catch(() => null);
    const found = this.found.get(id) ?? before.then(() => served.byId(id));
    this.found.set(id, found);
    return await found;
  }

  /** Execution holds the event loop, so no timer can end it: lists ask before they are made. */
  checkTime(): void {
    if (performance.now() > this.deadline) throw apiError('TIMEOUT', TIMEOUT_MESSAGE);
  }
}

export const TIMEOUT_MESSAGE =
  'The answer took too long. Ask for fewer films at a time (first), or fewer nested lists.';
