import { dirname, resolve } from 'node:path';

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
