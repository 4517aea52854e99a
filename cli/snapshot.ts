import { stat } from 'node:fs/promises';
import { findSnapshot, listSnapshots, type SnapshotManifest } from '../dataset/snapshots.js';
import { isRemote } from '../dataset/s3.js';
import { openStore, type Store } from '../dataset/store.js';
import { UsageError } from './config.js';
import { openData } from './data.js';

/** The data folder of a command that only looks: a mistyped one is not made. @throws UsageError. */
export async function openFolder(location: string): Promise<Store> {
  if (isRemote(location)) return await openData({ data: location });
  const there = await stat(location).catch(() => null);
  if (there === null)
    throw new UsageError(
      `There is no data folder ${location}. \`marquee start\` makes one; --data or MARQUEE_DATA names another.`,
    );
  if (!there.isDirectory())
    throw new UsageError(`The data folder ${location} is a file. Name a folder with --data or MARQUEE_DATA.`);
  return await openStore(location);
}

/** The snapshot of an id, or, without one, the newest of the catalogue. @throws UsageError naming what there is. */
export async function chooseSnapshot(
  store: Store,
  id: string | undefined,
  catalogue: string,
): Promise<SnapshotManifest> {
  const found = id === undefined ? (await listSnapshots(store, catalogue))[0] : await findSnapshot(store, id);
  if (found) return found;
  const all = (await listSnapshots(store)).map((snapshot) => snapshot.id);
  throw new UsageError(
    `There is no snapshot ${id ?? `of ${catalogue}`} in ${store.location}. ${
      all.length === 0
        ? 'It has none yet: `marquee start` makes one.'
        : `It has ${all.slice(0, 20).join(', ')}.`
    }`,
  );
}
