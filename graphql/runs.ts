/** What the API asks of the system that runs pipelines. Implemented in `temporal/`. */

export type RunStatus =
  | 'RUNNING'
  | 'PAUSED'
  | 'COMPLETED'
  | 'COMPLETED_WITH_GAPS'
  | 'FAILED'
  | 'CANCELED'
  | 'TERMINATED'
  | 'TIMED_OUT';

export type TaskStatus = 'PENDING' | 'RUNNING' | 'CACHED' | 'COMPLETED' | 'FAILED' | 'SKIPPED' | 'CANCELED';

/** A task of a run. Times are ISO 8601; `done` and `total` count films. */
export interface RunTaskView {
  readonly name: string;
  readonly status: TaskStatus;
  readonly done: number | null;
  readonly total: number | null;
  readonly ratePerSecond: number | null;
  readonly etaSeconds: number | null;
  readonly attempt: number | null;
  readonly nextAttemptAt: string | null;
  readonly lastFailure: string | null;
  readonly reason: string | null;
  readonly startedAt: string | null;
  readonly closedAt: string | null;
}

export interface RunView {
  readonly id: string;
  readonly status: RunStatus;
  readonly catalogue: string;
  readonly startedAt: string;
  readonly closedAt: string | null;
  readonly tasks: readonly RunTaskView[];
  readonly workers: number | null;
  readonly notice: string | null;
  readonly failure: string | null;
  readonly temporalUrl: string | null;
  /** Id of the snapshot that it published or found unchanged. */
  readonly snapshot: string | null;
}

/** Every verb throws `RunsError`. */
export interface Runs {
  start(input: {
    readonly catalogue?: string;
    readonly limit?: number;
    readonly force?: boolean;
  }): Promise<RunView>;
  retryDeadLetters(snapshot: {
    readonly id: string;
    readonly catalogue: string;
    readonly limit: number | null;
  }): Promise<RunView>;
  cancel(id: string): Promise<RunView>;
  pause(id: string): Promise<RunView>;
  resume(id: string): Promise<RunView>;
  setRate(id: string, ratePerSecond: number): Promise<RunView>;
  find(id: string): Promise<RunView | null>;
  /** Newest first; `since`: that began after it. */
  list(first: number, since: Date | null): Promise<RunView[]>;
  /** One poll per run however many subscribers; ends with the run. */
  watch(id: string): AsyncIterableIterator<RunView>;
}

/** Thrown by `Runs`; its message is for the person who asked. */
export class RunsError extends Error {
  override readonly name = 'RunsError';

  constructor(
    readonly code: 'TEMPORAL_UNAVAILABLE' | 'CONFLICT' | 'NOT_FOUND' | 'BAD_USER_INPUT',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
