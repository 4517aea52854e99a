import { sha256OfFile } from '../dataset/artefacts.js';
import { parametersOf } from '../plan/read.js';
import type { ArtefactRef, TaskInput } from '../workflows/records.js';
import { findRatingFiles, hasTmdbIds } from './ratingFiles.js';
import { BadInput } from './failures.js';
import { runTask } from './runner.js';
import type { WorkerContext } from './worker.js';

/**
 * Trains on the ratings of the folder that the plan, or else the worker's settings, names. What its files hold is in
 * the key, where they lie is not.
 */
export async function trainPersonal(worker: WorkerContext, input: TaskInput): Promise<ArtefactRef> {
  const plan = await worker.plans.read(input.run.plan);
  const named = parametersOf(plan, input.task, input.run.profile)['ratings'];
  const ratings = typeof named === 'string' ? named : (worker.ratings ?? null);
  if (ratings === null) return await runTask(worker, 'trainPersonal', input);
  // The task refuses, and that stands in the key: a file of the same films would be trained.
  if (!hasTmdbIds(input.run.catalogue))
    return await runTask(worker, 'trainPersonal', input, { params: { ratings }, identity: 'ids of its own' });
  const files = await findRatingFiles(ratings).catch((error: unknown) => {
    throw new BadInput(error instanceof Error ? error.message : String(error));
  });
  return await runTask(worker, 'trainPersonal', input, {
    params: { ratings },
    identity: [await sha256OfFile(files.ratings), await sha256OfFile(files.links)],
  });
}
