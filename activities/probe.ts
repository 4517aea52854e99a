import { randomUUID } from 'node:crypto';
import type { Store } from '../dataset/store.js';

/** Writes a small file, reads it back and removes it. @throws StorageUnavailable when storage still refuses. */
export async function probeStorage(store: Store): Promise<void> {
  const path = `probes/${randomUUID()}`;
  // Large enough that a disk with a few free bytes does not pass.
  const bytes = Buffer.alloc(256 * 1024, 7);
  await store.write(path, bytes);
  const read = await store.read(path);
  await store.remove(path);
  if (!read.equals(bytes)) throw new Error(`${store.location} does not give back what was written to it.`);
}
