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
  readonly fetch: FetchPlan;
  /** Milliseconds between two looks at storage that refused. */
  readonly probeInterval: number;
}

export interface FetchPlan {
  /** Batches in flight. */
  readonly window: number;
  /** A batch is worth at most this many seconds at its share of the rate … */
  readonly batchSeconds: number;
  /** … and at most this many films. */
  readonly batchFilms: number;
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
  /** What came of the task's checks of temporal.yml. */
  readonly checks?: readonly CheckCount[];
}

/** A check of temporal.yml and its counts. */
export interface CheckCount {
  /** E.g. `unique films.id`. */
  readonly name: string;
  readonly severity: 'warn' | 'block';
  readonly passed: boolean;
  /** Rows that break it; for `rows` and `sum`: what was counted. */
  readonly rows: number;
}

/** Argument of every task's activity. */
export interface TaskInput {
  readonly run: RunFacts;
  readonly task: string;
  readonly inputs: readonly Pick<ArtefactRef, 'task' | 'key' | 'sha256'>[];
}

/** What `publish` adds to its artefact. */
export interface PublishedRef extends ArtefactRef {
  /** `<catalogue>/<number>`. */
  readonly snapshot: string;
  /** sha256 of the snapshot's content. */
  readonly snapshotSha256: string;
  /** True when the content was that of the newest snapshot, so that no new number was given. */
  readonly unchanged: boolean;
  readonly listed: number;
  readonly deadLetters: number;
}

/** Argument of `fetchCatalogue`; `from` … `seconds` carry over when it continues as new. */
export interface FetchInput {
  readonly run: RunFacts;
  readonly task: string;
  readonly inputs: TaskInput['inputs'];
  /** Rows of the id file. */
  readonly ids: number;
  /** Requests per second of the whole run, 0 = unlimited. */
  readonly rate: number;
  readonly fetch: FetchPlan;
  readonly retry: RetryClass;
  readonly queue: string;
  readonly startToClose: number;
  readonly heartbeat: number;
  readonly probeInterval: number;
  readonly carried?: FetchCarry;
}

export interface FetchCarry {
  /** Films of a block: fixed when the fetch starts, so that a changed rate does not move the blocks. */
  readonly blockSize: number;
  /** First row that no finished block has. */
  readonly from: number;
  readonly done: number;
  readonly dead: number;
  readonly cachedBlocks: number;
  readonly rate: number;
  readonly paused: boolean;
}

/** Argument of `fetchBatch` and `sealBatch`: rows [from, to) of the id file. */
export interface BatchInput extends TaskInput {
  readonly from: number;
  readonly to: number;
  /** The workflow whose `pace` query the batch asks while it runs. */
  readonly fetchWorkflowId: string;
}

export type BatchResult =
  | { readonly paused: true }
  | { readonly paused: false; readonly films: number; readonly dead: number; readonly cached: boolean };

/** What a running batch may do now. */
export interface Pace {
  /** Requests per second of one batch; 0 = unlimited. */
  readonly ratePerSecond: number;
  readonly paused: boolean;
}

/** What `home` resolves. */
export interface Home {
  readonly data: string;
  readonly catalogue: string;
  readonly limit: number | null;
  readonly rate: number;
  /** False where the server refused to register them: the run goes on without. */
  readonly searchAttributes: boolean;
}
