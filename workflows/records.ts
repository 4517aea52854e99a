/** The small records that cross Temporal. Each stays under 4 KB; rows, ids and weights never cross. */

/** The one argument of `moviePipeline`. Every field is optional, so that `{}` typed into the Temporal UI works. */
export interface PipelineInput {
  /** `sample`, `tmdb`, `synthetic:<n>[:<seed>]` or `file:<path>`; default: what the worker was started for. */
  readonly catalogue?: string;
  /** The most popular films of the export, ties by id. Default: all. */
  readonly limit?: number;
  /** Run every task, whatever earlier runs have left. */
  readonly force?: boolean;
  /** Path of a user's own id list, under MARQUEE_FILES. */
  readonly ids?: string;
  /** A snapshot id whose dead letters are fetched again. */
  readonly retryDeadLettersOf?: string;
  /** Requests per second, 0 = unlimited. Default: the worker's TMDB_RATE. */
  readonly rate?: number;
  /** `quick` or `full`; default: temporal.yml's. */
  readonly profile?: string;
  /** Which data location, as `marquee start` prints it; default: that of the worker which takes the run. */
  readonly data?: string;
}

/** Where and what a run works on: resolved once by the `home` activity, then passed to every activity. */
export interface RunFacts {
  /** Short id of the data location: activities run on queues that carry it. */
  readonly data: string;
  readonly catalogue: string;
  readonly limit: number | null;
  readonly force: boolean;
  readonly ids: string | null;
  readonly retryDeadLettersOf: string | null;
  readonly profile: string;
  /** Run id of the pipeline workflow: artefacts say which run wrote them. */
  readonly run: string;
  /** UTC day of the run's start, YYYY-MM-DD: the newest daily export that may be asked for. */
  readonly day: string;
  /** sha256 of the plan file that this run fixed. */
  readonly plan: string;
}

/** The DAG as the workflow sees it: no parameters, no checks. */
export interface PlanRecord {
  readonly sha256: string;
  readonly tasks: readonly PlanTask[];
  readonly retries: Readonly<Record<string, RetryClass>>;
  /** Batches in flight of a fetch. */
  readonly window: number;
  /** Share of listed films that may be dead letters before a run ends as COMPLETED_WITH_GAPS. */
  readonly gapThreshold: number;
}

export interface PlanTask {
  readonly name: string;
  /** Exactly one of the two. */
  readonly activity?: string;
  readonly workflow?: string;
  readonly after: readonly string[];
  readonly queue: string;
  readonly retry: string;
  /** Durations in milliseconds. */
  readonly startToClose: number;
  readonly heartbeat: number;
}

export interface RetryClass {
  readonly initialInterval: number;
  readonly backoff: number;
  readonly maximumInterval: number;
  readonly maximumAttempts: number;
}

/** What a task has written: enough to find it and to show it. */
export interface ArtefactRef {
  readonly task: string;
  /** Memoisation key: names the artefact's record `artefacts/<task>/<key>.json`. */
  readonly key: string;
  /** sha256 over the artefact's content. */
  readonly sha256: string;
  readonly rows: number;
  readonly bytes: number;
  /** Why the task did not run, e.g. "same code, parameters and inputs as run …"; null when it ran. */
  readonly cached: string | null;
  /** One line for people: `10,865 films, 2 quarantined`. */
  readonly summary: string;
}

/** Argument of every task's activity. */
export interface TaskInput {
  readonly run: RunFacts;
  readonly task: string;
  readonly inputs: readonly Pick<ArtefactRef, 'task' | 'key' | 'sha256'>[];
}
