import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { StorageUnavailable } from '../dataset/errors.js';
import type { Store } from '../dataset/store.js';

/** Writes a small file, reads it back and removes it. @throws StorageUnavailable when storage still refuses: try again. */
export async function probeStorage(store: Store): Promise<void> {
  const path = `probes/${randomUUID()}`;
  // Large enough that a disk with a few free bytes does not pass.
  const bytes = Buffer.alloc(256 * 1024, 7);
  const read = await writeAndRead(store, path, bytes).catch((error: unknown) => {
    if (!(error instanceof StorageUnavailable)) throw error;
    throw ApplicationFailure.retryable(error.message, error.name);
  });
  if (!read.equals(bytes)) throw new Error(`${store.location} does not give back what was written to it.`);
}

async function writeAndRead(store: Store, path: string, bytes: Buffer): Promise<Buffer> {
  await store.write(path, bytes);
  const read = await store.read(path);
  await store.remove(path);
  return read;
}
