import { readJson, sha256Of } from './artefacts.js';
import type { Store } from './store.js';

/** A film that could not be fetched. `status` is the last HTTP status, null when none came. */
export interface DeadLetter {
  readonly id: number;
  readonly status: number | null;
  readonly attempts: number;
  readonly message: string;
}

/** A finished batch: one Parquet file of BLOCK_COLUMNS, and who is missing in it. */
export interface BlockRecord {
  readonly key: string;
  /** Store path; null when every film of the block is a dead letter. */
  readonly path: string | null;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly dead: readonly DeadLetter[];
  readonly run: string;
  readonly fetchedAt: string;
}

/**
 * A block's key: the films asked for, and of which state of the catalogue (its version; for the live API the
 * crawl's day).
 */
export function blockKey(catalogue: string, state: string, ids: readonly number[]): string {
  return sha256Of(JSON.stringify([1, catalogue, state, ids]));
}

const recordPath = (key: string): string => `blocks/${key}.json`;

export function blockPath(key: string, sha256: string): string {
  return `blocks/${key.slice(0, 32)}-${sha256.slice(0, 12)}.parquet`;
}

/** Null when the block is not finished, or its file is gone or cut off. */
export async function findBlock(store: Store, key: string): Promise<BlockRecord | null> {
  const record = await readJson<BlockRecord>(store, recordPath(key));
  if (record === null) return null;
  if (record.path !== null && (await store.size(record.path)) !== record.bytes) return null;
  return record;
}

export async function keepBlock(store: Store, record: BlockRecord): Promise<void> {
  await store.write(recordPath(record.key), JSON.stringify(record));
}

export async function dropBlock(store: Store, key: string): Promise<void> {
  await store.remove(recordPath(key));
}
