import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { sha256OfFile, type TableRecord } from '../dataset/artefacts.js';
import { storageError } from '../dataset/errors.js';
import {
  createHistory,
  historyPath,
  mergeable,
  partsBeside,
  readHistory,
  type HistoryPart,
  type PopularityHistory,
} from '../dataset/popularity.js';
import type { WrittenPart } from '../dataset/popularityTables.js';
import type { ArtefactRef, TaskInput } from '../workflows/records.js';
import { inputArtefacts, runTask, type Beat } from './runner.js';
import type { HistoryJob } from './thread.js';
import type { WorkerContext } from './worker.js';

/** Milliseconds between heartbeats. */
const BEAT = 1000;

/** Computes the day's popularity and adds it to the history, once. */
export async function keepPopularity(worker: WorkerContext, input: TaskInput): Promise<ArtefactRef> {
  const ref = await runTask(worker, 'keepPopularity', input);
  const [artefact] = await inputArtefacts(worker, [ref]);
  const [listed] = await inputArtefacts(
    worker,
    input.inputs.filter(({ task }) => task === 'ids'),
  );
  const table = (name: string): TableRecord | undefined => artefact?.tables.find((one) => one.table === name);
  const [day, films, genres] = [artefact?.facts.historyDay, table('popularity'), table('genrePopularity')];
  if (typeof day !== 'string' || films === undefined || genres === undefined || films.rows === 0) return ref;

  const beat = (): void => heartbeat({ task: input.task, done: 0, total: 0 } satisfies Beat);
  const timer = setInterval(beat, BEAT);
  try {
    await addDay(worker, String(listed?.facts.catalogue), { day, films, genres });
    return ref;
  } catch (error) {
    throw storageError(error, worker.store.location, 'keeping the history of popularity');
  } finally {
    clearInterval(timer);
  }
}

interface Day {
  readonly day: string;
  readonly films: TableRecord;
  readonly genres: TableRecord;
}

async function addDay(worker: WorkerContext, catalogue: string, { day, films, genres }: Day): Promise<void> {
  const { store } = worker;
  for (;;) {
    const history = await readHistory(store, catalogue);
    const beside = partsBeside(history, day, films.rows);
    if (beside === null) return;
    const path = historyPath(catalogue, films.sha256);
    if ((await store.size(path)) !== films.bytes) await store.copy(films.path, path);
    const { starts } = await worker.threads.history({ index: await store.bring(path) }, cancellationSignal());
    const { rows, bytes } = films;
    const added: HistoryPart = { path, rows, bytes, starts, days: [day], level: 0 };
    let parts: readonly HistoryPart[] = [...beside, added].sort((a, b) => (a.days[0]! < b.days[0]! ? -1 : 1));
    for (let some = mergeable(parts); some !== null; some = mergeable(parts)) {
      const merged = some;
      const files = await Promise.all(merged.map((part) => store.bring(part.path)));
      const file = await written(worker, catalogue, { merge: files });
      const days = merged.flatMap((part) => part.days).sort();
      parts = [
        ...parts.filter((part) => !merged.includes(part)),
        { ...file, days, level: merged[0]!.level + 1 },
      ];
    }
    const earlier = history.genres === null ? null : await store.bring(history.genres.path);
    const grown = await written(worker, catalogue, { earlier, day: await store.bring(genres.path) });
    const next: PopularityHistory = {
      number: history.number + 1,
      parts,
      genres: { path: grown.path, rows: grown.rows, bytes: grown.bytes },
    };
    if (await createHistory(store, catalogue, next)) return;
  }
}

/** Has a file made in a thread and takes it into the history's parts. */
async function written(
  { store, threads }: WorkerContext,
  catalogue: string,
  job:
    Omit<Extract<HistoryJob, { merge: unknown }>, 'out'> | Omit<Extract<HistoryJob, { day: unknown }>, 'out'>,
): Promise<WrittenPart & { readonly path: string; readonly bytes: number }> {
  const folder = await store.temporary();
  try {
    const out = join(folder, 'history.parquet');
    const part = await threads.history({ ...job, out }, cancellationSignal());
    const [{ size }, sha256] = [await stat(out), await sha256OfFile(out)];
    const path = historyPath(catalogue, sha256);
    await store.put(out, path);
    return { ...part, path, bytes: size };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
