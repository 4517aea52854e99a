import { cancellationSignal } from '@temporalio/activity';
import { sha256OfFile } from '../dataset/artefacts.js';
import { findExport } from '../tmdb/export.js';
import type { ArtefactRef, TaskInput } from '../workflows/records.js';
import { requireUnder } from './endpoints.js';
import { requireKey } from './home.js';
import { runTask } from './runner.js';
import type { WorkerContext } from './worker.js';
import { parseCatalogue } from '../tmdb/catalogues/catalogue.js';

/**
 * The ids that a run fetches: the newest daily export up to the run's day, or a user's own list. Its key is the
 * catalogue's state (its version, or the export's day) and the limit, so that nothing is downloaded twice.
 */
export async function listIds(worker: WorkerContext, input: TaskInput): Promise<ArtefactRef> {
  const { catalogue, day, ids, limit } = input.run;
  const endpoint = await worker.endpoints.of(catalogue);
  if (parseCatalogue(catalogue).kind === 'tmdb') requireKey(endpoint);
  const found = await findExport(endpoint.exportUrl, day, cancellationSignal());
  const label = found.catalogue ?? 'tmdb';
  // Only the live catalogue has an as-of day of its own; see the design's words.
  const exportDay = label === 'tmdb' ? found.day : null;
  let list: string | null = null;
  if (ids !== null) {
    await requireUnder(worker.files, ids);
    list = await sha256OfFile(ids);
  }
  const state = found.version ?? found.day;
  return await runTask(worker, 'listIds', input, {
    params: { source: ids ?? found.url, own: ids !== null, label, state, exportDay, limit },
    identity: [label, state, exportDay, limit, list],
  });
}
