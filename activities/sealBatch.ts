import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { blockPath, dropBlock, findBlock, keepBlock } from '../dataset/blocks.js';
import type { BatchInput } from '../workflows/records.js';
import type { WrittenBlock } from './block.js';
import { blockIds } from './blockIds.js';
import { openSpool, spooling, spoolPath } from './parts.js';
import type { Beat } from './runner.js';
import type { WorkerContext } from './worker.js';

/** Milliseconds between heartbeats. */
const BEAT = 1000;

/**
 * Turns the full spool of a batch into its block: one Parquet file, and who is missing in it.
 * @returns false when some of the spool was lost, as by a loss of power or by hand: the batch must be fetched again.
 */
export async function sealBatch(worker: WorkerContext, input: BatchInput): Promise<boolean> {
  const { run } = input;
  const { ids, key } = await blockIds(worker, input.inputs, input.from, input.to);
  // An attempt that was cut off after its last act.
  if ((await findBlock(worker.store, key))?.run === run.run) return true;

  const path = spoolPath(run, key);
  const beat = (): void => heartbeat({ task: input.task, done: 0, total: 0 } satisfies Beat);
  beat();
  const timer = setInterval(beat, BEAT);
  const folder = await worker.store.temporary();
  try {
    const out = join(folder, 'block.parquet');
    const write = (): Promise<WrittenBlock> =>
      worker.threads.block({ spool: worker.store.local(path), out }, cancellationSignal());
    const isFull = ({ rows, dead }: WrittenBlock): boolean => rows + dead.length === ids.length;
    let written = await spooling(worker.store, write);
    if (!isFull(written) && worker.store.remote) {
      // It was fetched on another machine: its parts are where all can read them.
      await (await spooling(worker.store, () => openSpool(worker.store, path))).close();
      written = await spooling(worker.store, write);
    }
    const { rows, bytes, sha256, dead } = written;
    if (!isFull(written)) {
      worker.log.warn(
        { from: input.from, to: input.to, answers: rows + dead.length },
        'a spool has lost films',
      );
      return false;
    }
    const file = rows === 0 ? null : blockPath(key, sha256);
    if (file !== null) await worker.store.put(out, file);
    if ((await findBlock(worker.store, key)) !== null) await dropBlock(worker.store, key);
    const fetchedAt = new Date().toISOString();
    await keepBlock(worker.store, { key, path: file, rows, bytes, sha256, dead, run: run.run, fetchedAt });
    // With gaps the spool stays: a later run asks again for these films alone.
    if (!dead.some(({ status }) => status !== 404)) await worker.store.remove(path);
    return true;
  } finally {
    clearInterval(timer);
    await rm(folder, { recursive: true, force: true });
  }
}
