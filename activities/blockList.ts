import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Store } from '../dataset/store.js';

/** Where the documents of a crawl lie: what cleaning reads, and what a later crawl builds on. */
export interface BlockList {
  /** In the order of their layers: where a film stands in two blocks, the later one is right. */
  readonly blocks: readonly {
    readonly path: string;
    readonly rows: number;
    readonly sha256: string;
    /** 0 for a first crawl; each refresh adds one. */
    readonly layer: number;
    /** Day of its crawl; null where the source has no days. */
    readonly day: string | null;
  }[];
}

/** The data location: a block list's local file lies three folders deep in it, and store paths are relative to it. */
export function locationOf(blockListFile: string): string {
  return resolve(dirname(blockListFile), '../../..');
}

/** Blocks that are brought at once. */
const AT_ONCE = 16;

/** Brings a block list and the blocks that it names to this machine. @returns the list's local path. */
export async function bringBlocks(store: Store, path: string): Promise<string> {
  const file = await store.bring(path);
  if (!store.remote) return file;
  const { blocks } = JSON.parse(await readFile(file, 'utf8')) as BlockList;
  for (let n = 0; n < blocks.length; n += AT_ONCE)
    await Promise.all(blocks.slice(n, n + AT_ONCE).map((block) => store.bring(block.path)));
  return file;
}
