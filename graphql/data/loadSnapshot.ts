import type { SnapshotManifest } from '../../dataset/snapshots.js';
import type { Store } from '../../dataset/store.js';
import type { Reading } from './load.thread.js';
import { roomFor } from '../../dataset/serving/narrowing.js';
import { readPrepared } from '../../dataset/serving/prepared.js';
import { startThread } from '../../models/startThread.js';
import { MODELS } from './modelTables.js';
import { Snapshot, type SnapshotTables } from './snapshot.js';
import type { PreparedTables, TableFiles } from '../../dataset/serving/tables.js';

/**
 * Opens a snapshot off the event loop. What is large is read as it was prepared at publishing; a snapshot that has
 * nothing prepared, or that of another version, is prepared now, which takes several times as long. Rejects where a
 * file is missing or damaged, naming the table. `background`: requests that are being answered come first.
 */
export async function loadSnapshot(
  store: Store,
  manifest: SnapshotManifest,
  background = false,
): Promise<Snapshot> {
  const bring = async (wanted: (table: string, path: string) => boolean): Promise<TableFiles> =>
    Object.fromEntries(
      await Promise.all(
        manifest.tables
          .filter(({ table, path }) => wanted(table, path))
          .map(async ({ table, path, bytes }) => [table, { file: await store.bring(path), bytes }] as const),
      ),
    );
  const others = await bring(
    (table, path) => OTHERS.has(table) || table.endsWith('Report') || path.endsWith('.svg'),
  );
  const { serving } = await bring((table) => table === 'serving');
  const [small, prepared] =
    serving === undefined ? [null, null] : await readBoth(manifest, serving, others, background);
  const tables: SnapshotTables =
    prepared !== null && small !== null
      ? { ...prepared, ...small }
      : await read<SnapshotTables>(manifest.id, {
          tables: await bring((table) => PREPARED_FROM.includes(table)),
          others,
          background,
        });
  if (tables.films.count !== manifest.movieCount)
    throw new Error(`films has ${tables.films.count} rows; the manifest says ${manifest.movieCount}`);
  return new Snapshot(manifest, tables);
}

type SmallTables = Omit<SnapshotTables, keyof PreparedTables>;

/**
 * Models and small tables, and then the large ones: the memory in which models are read is free again before those
 * come. Theirs is taken as soon as that of the models arrives: V8 collects garbage on either, and once for both.
 */
async function readBoth(
  { id, movieCount }: SnapshotManifest,
  { file, bytes }: TableFiles[string],
  others: TableFiles,
  background: boolean,
): Promise<[SmallTables, PreparedTables | null]> {
  const small = read<SmallTables>(id, { tables: null, others, background });
  return await Promise.all([small, readPrepared<PreparedTables>(file, bytes, roomFor(movieCount), small)]);
}

async function read<Tables>(id: string, reading: Reading): Promise<Tables> {
  return await new Promise((done, fail) => {
    const thread = startThread(import.meta.url, './load.thread', { workerData: reading });
    thread.once('message', done);
    thread.once('error', fail);
    thread.once('exit', (code) => fail(new Error(`the thread that reads ${id} ended early with ${code}`)));
  });
}

/** Tables that `prepareTables` takes. */
export const PREPARED_FROM: readonly string[] = ['films', 'persons', 'credits', 'people', 'roi'];
const OTHERS = new Set([
  'trends',
  'genreForecast',
  'genreForecastBacktest',
  'genreSeriesForecast',
  'genreSeriesBacktest',
  'deadLetters',
  'deadLetterDetails',
  ...MODELS,
]);
