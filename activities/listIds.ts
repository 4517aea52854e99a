import { cancellationSignal } from '@temporalio/activity';
import { findArtefact, sha256OfFile } from '../dataset/artefacts.js';
import { chooseBase, listCrawls, OLDEST, type Crawl, type Selection } from '../dataset/crawls.js';
import { parseCatalogue } from '../tmdb/catalogues/catalogue.js';
import { addDays, changedFilms } from '../tmdb/changes.js';
import type { TmdbEndpoint } from '../tmdb/client.js';
import { findExport } from '../tmdb/export.js';
import { ChangesUntold } from '../tmdb/failures.js';
import type { ArtefactRef, TaskInput } from '../workflows/records.js';
import { bringBlocks } from './blockList.js';
import { requireUnder } from './endpoints.js';
import { requireKey } from './home.js';
import { runTask } from './runner.js';
import type { WorkerContext } from './worker.js';

/**
 * The ids that a run fetches: the newest daily export up to the run's day, or a user's own list. Its key is the
 * catalogue's state (its version, or the export's day), the limit and the crawl that it builds on, so that nothing is
 * downloaded twice. After a first crawl only what is new, has changed or has grown old is wanted again.
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
  const selection = { catalogue: label, limit, list };
  // What changes is asked for from the day of the crawl on; a source without days has no list of changes.
  const crawlDay = label === 'tmdb' ? day : found.catalogueDay;
  const base =
    crawlDay === null || input.run.force ? null : await findBase(worker, selection, state, crawlDay);
  // A live crawl takes hours, and changes of its own day may have come after it.
  const since = base === null ? null : label === 'tmdb' ? base.crawl.day : addDays(base.crawl.day, 1);
  const changed =
    since === null || crawlDay === null ? new Set<number>() : await changedSince(endpoint, since, crawlDay);
  return await runTask(worker, 'listIds', input, {
    params: {
      source: ids ?? found.url,
      own: ids !== null,
      label,
      state,
      exportDay,
      crawlDay,
      list,
      limit,
      base:
        base === null
          ? null
          : {
              documents: base.crawl.documents,
              changed: changed === null ? null : [...changed],
              ...base.files,
            },
    },
    identity: [label, state, exportDay, limit, list, base?.crawl.documents ?? null, changed === null],
  });
}

/** Null where the source does not tell them: then the difference of the exports has to do. */
async function changedSince(
  endpoint: TmdbEndpoint,
  from: string,
  to: string,
): Promise<ReadonlySet<number> | null> {
  try {
    return await changedFilms(endpoint, from, to, cancellationSignal());
  } catch (error) {
    if (error instanceof ChangesUntold) return null;
    throw error;
  }
}

/** The crawl to build on and the local files that say what it holds; null: every film is fetched. */
async function findBase(
  worker: WorkerContext,
  selection: Selection,
  state: string,
  day: string,
): Promise<{
  readonly crawl: Crawl;
  readonly files: { readonly blocks: string; readonly missing: string };
} | null> {
  const crawl = chooseBase(await listCrawls(worker.store, selection), state, day);
  if (crawl === null || addDays(crawl.day, OLDEST) < day) return null;
  const documents = await findArtefact(worker.store, 'documents', crawl.documents);
  const path = (table: string): string | undefined =>
    documents?.tables.find((one) => one.table === table)?.path;
  const [blocks, missing] = [path('blocks'), path('missing')];
  if (blocks === undefined || missing === undefined) return null;
  return {
    crawl,
    files: { blocks: await bringBlocks(worker.store, blocks), missing: await worker.store.bring(missing) },
  };
}
