import { findSnapshot, listSnapshots, type SnapshotManifest } from '../dataset/snapshots.js';
import type { Store } from '../dataset/store.js';
import { UsageError } from './config.js';

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
