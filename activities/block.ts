import { readFile, stat } from 'node:fs/promises';
import { sha256Of, sha256OfFile } from '../dataset/artefacts.js';
import type { DeadLetter } from '../dataset/blocks.js';
import { readDocument } from '../dataset/document.js';
import { BLOCK_COLUMNS } from '../dataset/films.js';
import { frameOf, writeParquet } from '../dataset/tables.js';
import { parseSpool } from './spool.js';

/** From a batch's finished spool to its Parquet file. Runs in a worker thread. */
export interface BlockJob {
  readonly spool: string;
  readonly out: string;
}

export interface WrittenBlock {
  /** 0: there is no file. */
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** By id. */
  readonly dead: readonly DeadLetter[];
}

/** Rows sorted by id, whatever order the answers came in. A spool that is not there is one of no answers. */
export async function writeBlock({ spool, out }: BlockJob): Promise<WrittenBlock> {
  const text = await readFile(spool, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const { films, dead: letters } = parseSpool(text);
  const dead = [...letters.values()].filter(({ id }) => !films.has(id)).sort((a, b) => a.id - b.id);
  if (films.size === 0) return { rows: 0, bytes: 0, sha256: sha256Of(''), dead };
  const rows = [...films].sort(([a], [b]) => a - b).map(([id, body]) => readDocument(id, body));
  writeParquet(frameOf(BLOCK_COLUMNS, rows), out);
  return { rows: rows.length, bytes: (await stat(out)).size, sha256: await sha256OfFile(out), dead };
}
