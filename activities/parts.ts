import { randomUUID } from 'node:crypto';
import { sha256Of } from '../dataset/artefacts.js';
import { storageError } from '../dataset/errors.js';
import type { Store } from '../dataset/store.js';
import type { RunFacts } from '../workflows/records.js';
import { deadLine, filmLine, parseSpool, Spool, type SpoolContent } from './spool.js';

/**
 * The spools of a store. Where several machines share the data location, a spool stays on its machine, and what it took
 * is put into the location as a part every few seconds, so that another machine loses no more than that.
 */

/** Milliseconds between two parts: with the time that a put takes, at most 5 s. */
const PART_EVERY = 4000;

/** What a batch writes its answers to. */
export interface BatchSpool {
  /** What earlier attempts, here or elsewhere, have left. */
  readonly found: SpoolContent;
  /** Throws `StorageUnavailable`, also when a part could not be put since. */
  append(line: string): Promise<void>;
  close(): Promise<void>;
}

/** @param path Store path: of the local file, and of the folder of its parts. */
export async function openSpool(store: Store, path: string): Promise<BatchSpool> {
  const file = store.local(path);
  const spool = await Spool.open(file);
  if (!store.remote) return spool;
  try {
    const theirs = await readParts(store, path);
    const ours = spool.found;
    for (const [id, body] of theirs.films) if (!ours.films.has(id)) await spool.append(filmLine(id, body));
    for (const [id, letter] of theirs.dead)
      if (!ours.films.has(id) && !ours.dead.has(id)) await spool.append(deadLine(letter));
    // What this machine took and lost the time to share.
    const unshared = [
      ...[...ours.films].filter(([id]) => !theirs.films.has(id)).map(([id, body]) => filmLine(id, body)),
      ...[...ours.dead].filter(([id]) => !theirs.dead.has(id)).map(([, letter]) => deadLine(letter)),
    ];
    return sharing(store, path, await reopened(spool, file), unshared);
  } catch (error) {
    await spool.close().catch(() => undefined);
    throw error;
  }
}

async function reopened(spool: Spool, file: string): Promise<Spool> {
  await spool.close();
  return await Spool.open(file);
}

async function readParts(store: Store, path: string): Promise<SpoolContent> {
  const parts = await store.list(path);
  const texts = await Promise.all(parts.map(async (part) => (await store.read(part.path)).toString('utf8')));
  return parseSpool(texts.join(''));
}

function sharing(store: Store, path: string, spool: Spool, unshared: readonly string[]): BatchSpool {
  let pending = [...unshared];
  let putting: Promise<void> = Promise.resolve();
  let failure: unknown;
  const share = async (): Promise<void> => {
    const lines = pending;
    if (lines.length === 0) return;
    pending = [];
    try {
      await store.write(`${path}/${randomUUID()}.ndjson`, lines.join(''));
    } catch (error) {
      pending = [...lines, ...pending];
      throw error;
    }
  };
  const timer = setInterval(() => {
    putting = putting.then(share).catch((error: unknown) => void (failure = error));
  }, PART_EVERY);
  return {
    found: spool.found,
    async append(line) {
      if (failure !== undefined) throw failure as Error;
      pending.push(line);
      await spool.append(line);
    },
    async close() {
      clearInterval(timer);
      await spool.close();
      await putting;
      await share();
    },
  };
}

/** A forced run has spools of its own: what earlier runs have left must not answer for it. */
export function spoolPath(run: Pick<RunFacts, 'force' | 'run'>, key: string): string {
  return `spools/${run.force ? `${sha256Of(run.run).slice(0, 8)}-` : ''}${key}.ndjson`;
}

/** Does something with a spool; what goes wrong is storage's error. */
export async function spooling<T>(store: Store, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw storageError(error, store.location, 'writing a spool');
  }
}
