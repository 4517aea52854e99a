import { Worker } from 'node:worker_threads';
import type { SnapshotManifest } from '../../dataset/snapshots.js';
import type { Store } from '../../dataset/store.js';
import { Snapshot } from './snapshot.js';
import type { SnapshotTables, TableFiles } from './tables.js';

/** Loads a snapshot in a thread of its own. Rejects where a file is missing or damaged, naming the table. */
export async function loadSnapshot(store: Store, manifest: SnapshotManifest): Promise<Snapshot> {
  const files: TableFiles = Object.fromEntries(
    await Promise.all(
      manifest.tables
        .filter(({ table, path }) => SERVED.has(table) || table.endsWith('Report') || path.endsWith('.svg'))
        .map(async ({ table, path, bytes }) => [table, { file: await store.bring(path), bytes }] as const),
    ),
  );
  const tables = await new Promise<SnapshotTables>((done, fail) => {
    const thread = startThread(files);
    thread.once('message', done);
    thread.once('error', fail);
    thread.once('exit', (code) =>
      fail(new Error(`the thread that reads ${manifest.id} ended early with ${code}`)),
    );
  });
  if (tables.films.count !== manifest.movieCount)
    throw new Error(`films has ${tables.films.count} rows; the manifest says ${manifest.movieCount}`);
  return new Snapshot(manifest, tables);
}

function startThread(workerData: TableFiles): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./load.thread.js', import.meta.url), { workerData });
  // Node 20 gives a new thread none of its parent's loaders: tsx has to be registered in it before TypeScript.
  const file = JSON.stringify(new URL('./load.thread.ts', import.meta.url).href);
  const start = `import('tsx/esm/api').then(({ register }) => (register(), import(${file})))`;
  return new Worker(start, { eval: true, workerData });
}

const SERVED = new Set([
  'films',
  'persons',
  'credits',
  'trends',
  'people',
  'roi',
  'genreForecast',
  'deadLetters',
  'deadLetterDetails',
  'ratingModel',
  'revenueModel',
  'personalModel',
]);
