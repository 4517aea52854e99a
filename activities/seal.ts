import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { heartbeat } from '@temporalio/activity';
import {
  artefactSha256,
  readJson,
  filePath,
  keepArtefact,
  sha256Of,
  sha256OfFile,
  type Artefact,
  type TableRecord,
} from '../dataset/artefacts.js';
import { findBlock, type DeadLetter } from '../dataset/blocks.js';
import { MissingFile } from '../dataset/errors.js';
import type { Store } from '../dataset/store.js';
import type { ArtefactRef, TaskInput } from '../workflows/records.js';
import { blockIds } from './blockIds.js';
import type { BlockList } from './blockList.js';
import { inputArtefacts, refOf, reusable, sinceRun } from './runner.js';
import type { Kept } from './tasks/listIds.js';
import type { WorkerContext } from './worker.js';

/** Gathers the blocks of a finished fetch into one artefact: the list of files, and who could not be fetched. */
export async function sealFetch(
  worker: WorkerContext,
  input: TaskInput & { readonly blockSize: number },
): Promise<ArtefactRef> {
  const [listed] = await inputArtefacts(worker, input.inputs.slice(0, 1));
  if (listed === undefined) throw new Error('The id file is not among the inputs of the fetch.');
  const { blocks, dead, keys, rows, bytes } = await gather(worker, input, listed);
  const key = sha256Of(JSON.stringify([listed.sha256, keys]));
  const known = await reusable(worker, input.run, input.task, key);
  if (known !== null) return refOf(known, sinceRun(known));

  const tables = await writeLists(worker.store, input.task, key, blocks, dead);
  const count = (n: number): string => n.toLocaleString('en-US');
  const artefact: Artefact = {
    task: input.task,
    key,
    sha256: artefactSha256(tables),
    run: input.run.run,
    createdAt: new Date().toISOString(),
    seconds: 0,
    tables,
    facts: { ...listed.facts, fetched: rows, deadLetters: dead.length },
    checks: [],
    summary: `${count(rows)} films in ${count(blocks.length)} blocks, ${count(dead.length)} dead letters`,
  };
  await keepArtefact(worker.store, artefact);
  return { ...refOf(artefact, null), rows, bytes };
}

interface Gathered {
  /** Those that the crawl builds on first. */
  readonly blocks: BlockList['blocks'];
  readonly dead: readonly DeadLetter[];
  /** What this fetch has brought, a line a block. */
  readonly keys: readonly string[];
  /** Films and bytes of the blocks of this fetch. */
  readonly rows: number;
  readonly bytes: number;
}

/** @throws MissingFile when a block is gone. */
async function gather(
  worker: WorkerContext,
  input: TaskInput & { readonly blockSize: number },
  listed: Artefact,
): Promise<Gathered> {
  const total = listed.tables[0]?.rows ?? 0;
  const keptPath = listed.tables.find(({ table }) => table === 'kept')?.path;
  const kept = keptPath === undefined ? null : await readJson<Kept>(worker.store, keptPath);
  const blocks: BlockList['blocks'][number][] = [...(kept?.blocks ?? [])];
  const layer = (blocks.at(-1)?.layer ?? -1) + 1;
  const day = typeof listed.facts.crawlDay === 'string' ? listed.facts.crawlDay : null;
  const dead: DeadLetter[] = (kept?.missing ?? []).map((letter) => ({
    ...letter,
    attempts: 1,
    message: 'an earlier run found that there is no such film, and it has not changed since',
  }));
  const keys: string[] = [];
  let rows = 0;
  let bytes = 0;
  for (let from = 0; from < total; from += input.blockSize) {
    heartbeat({ task: input.task, done: from, total });
    const { key } = await blockIds(worker, input.inputs, from, Math.min(total, from + input.blockSize));
    const block = await findBlock(worker.store, key);
    if (block === null) throw new MissingFile(`blocks/${key}.json, or its Parquet file,`);
    if (block.path !== null)
      blocks.push({ path: block.path, rows: block.rows, sha256: block.sha256, layer, day });
    dead.push(...block.dead);
    keys.push(`${key} ${block.sha256} ${block.dead.length}`);
    rows += block.rows;
    bytes += block.bytes;
  }
  return { blocks, dead, keys, rows, bytes };
}

/** Keeps the lists of blocks and of dead letters as files of the artefact. */
async function writeLists(
  store: Store,
  task: string,
  key: string,
  blocks: BlockList['blocks'],
  dead: readonly DeadLetter[],
): Promise<TableRecord[]> {
  const out = await store.temporary();
  try {
    const list: BlockList = { blocks };
    await writeFile(join(out, 'blocks.json'), JSON.stringify(list));
    // What does not change from run to run goes on to the films' table; how it came about is the run's record.
    await writeFile(
      join(out, 'missing.json'),
      JSON.stringify([...dead].sort((a, b) => a.id - b.id).map(({ id, status }) => ({ id, status }))),
    );
    await writeFile(
      join(out, 'deadLetterDetails.ndjson'),
      dead.map((one) => `${JSON.stringify(one)}\n`).join(''),
    );
    const tables: TableRecord[] = [];
    for (const [table, file, rows, content, feeds] of [
      ['blocks', 'blocks.json', blocks.length, false, true],
      ['missing', 'missing.json', dead.length, false, true],
      ['deadLetterDetails', 'deadLetterDetails.ndjson', dead.length, false, false],
    ] as const) {
      const local = join(out, file);
      const sha256 = await sha256OfFile(local);
      const path = filePath(task, key, sha256, file);
      const { size } = await stat(local);
      await store.put(local, path);
      tables.push({ table, path, rows, bytes: size, sha256, content, feeds });
    }
    return tables;
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}
