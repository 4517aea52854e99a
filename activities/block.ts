import { readFile } from 'node:fs/promises';
import { sha256OfFile } from '../dataset/artefacts.js';
import { readDocument } from '../dataset/document.js';
import { BLOCK_COLUMNS } from '../dataset/films.js';
import { frameOf, writeParquet } from '../dataset/tables.js';
import { parseSpool } from './spool.js';
import { stat } from 'node:fs/promises';

/** From a batch's finished spool to its Parquet file. Runs in a worker thread. */
export interface BlockJob {
  readonly spool: string;
  readonly out: string;
}

export interface WrittenBlock {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Rows sorted by id, whatever order the answers came in. */
export async function writeBlock({ spool, out }: BlockJob): Promise<WrittenBlock> {
  const { films } = parseSpool(await readFile(spool, 'utf8'));
  const rows = [...films].sort(([a], [b]) => a - b).map(([id, body]) => readDocument(id, body));
  writeParquet(frameOf(BLOCK_COLUMNS, rows), out);
  return { rows: rows.length, bytes: (await stat(out)).size, sha256: await sha256OfFile(out) };
}
