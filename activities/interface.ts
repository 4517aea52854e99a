import type {
  ArtefactRef,
  BatchInput,
  BatchResult,
  Home,
  PipelineInput,
  PlanRecord,
  TaskInput,
} from '../workflows/records.js';

/** What workflows may call. Types only: the implementations are made in `activities/index.ts`. */
export interface Activities {
  /**
   * Resolves what a run works on; run as a local activity, in the worker that took the run, so that `{}` means
   * that worker's data location and catalogue.
   */
  home(input: PipelineInput): Promise<Home>;
  /** Checks temporal.yml and fixes it for this run. `profile` null: the plan's own. */
  readPlan(input: { readonly profile: string | null }): Promise<PlanRecord & { readonly profile: string }>;
  fetchBatch(input: BatchInput): Promise<BatchResult>;
  /** Makes a fetched batch's spool a block; false when some of it was lost and must be fetched again. */
  sealBatch(input: BatchInput): Promise<boolean>;
  /** Gathers the blocks of a finished fetch into one artefact. */
  sealFetch(input: TaskInput & { readonly blockSize: number }): Promise<ArtefactRef>;
  /** Resolves when storage takes a small file and gives it back; else fails with StorageUnavailable. */
  probeStorage(): Promise<void>;
}

/** The activities that `temporal.yml` names, one for each kind of task. */
export const TASK_ACTIVITIES = [
  'listIds',
  'cleanFilms',
  'keepPopularity',
  'rankPeople',
  'genreTrends',
  'rankRoi',
  'trainForest50',
  'forecastGenres',
  'trainRating',
  'trainRevenue',
  'trainPersonal',
  'drawPictures',
  'prepareServing',
  'writeCards',
  'publish',
] as const;

type TaskActivity = (typeof TASK_ACTIVITIES)[number];
export type TaskActivities = Record<TaskActivity, (input: TaskInput) => Promise<ArtefactRef>>;
