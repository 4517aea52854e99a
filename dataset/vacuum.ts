import { readJson, type Artefact } from './artefacts.js';
import type { BlockRecord } from './blocks.js';
import { unreachableHistory } from './popularity.js';
import { listSnapshots, manifestPath } from './snapshots.js';
import type { Store } from './store.js';

export interface Vacuumed {
  readonly snapshots: readonly string[];
  readonly files: number;
  readonly bytes: number;
}

/**
 * Removes all but the newest `keep` snapshots of each catalogue, and every file that no kept snapshot reaches.
 * What is younger than `olderThanMs` stays: a run that is open may be writing it.
 */
export async function vacuum(store: Store, keep: number, olderThanMs: number): Promise<Vacuumed> {
  const snapshots = await listSnapshots(store);
  const seen = new Map<string, number>();
  const kept = snapshots.filter(({ catalogue }) => {
    const rank = (seen.get(catalogue) ?? 0) + 1;
    seen.set(catalogue, rank);
    return rank <= keep;
  });
  const gone = snapshots.filter((snapshot) => !kept.includes(snapshot));
  const files = await store.list('');
  const dropped = new Set(gone.map(({ catalogue, number }) => manifestPath(catalogue, number)));

  const reachable = new Set(kept.flatMap(({ tables }) => tables.map(({ path }) => path)));
  // A record stays while its files do: later runs find their work again by it.
  for (const { path } of files) {
    if (!/^artefacts\/[^/]+\/[0-9a-f]+\.json$/.test(path)) continue;
    const artefact = await readJson<Artefact>(store, path);
    if (artefact?.tables.some((table) => reachable.has(table.path))) {
      reachable.add(path);
      for (const table of artefact.tables) reachable.add(table.path);
    }
  }
  for (const path of [...reachable].filter((one) => one.endsWith('-blocks.json'))) {
    const list = await readJson<{ readonly blocks: readonly { readonly path: string }[] }>(store, path);
    for (const block of list?.blocks ?? []) reachable.add(block.path);
  }
  for (const { path } of files) {
    if (!/^blocks\/[0-9a-f]+\.json$/.test(path)) continue;
    const block = await readJson<BlockRecord>(store, path);
    if (block !== null && (block.path === null || reachable.has(block.path))) {
      reachable.add(path);
      // What its dead letters are tried again from.
      reachable.add(`spools/${block.key}.ndjson`);
    }
  }

  const now = Date.now();
  const old = (modifiedAt: number): boolean => now - modifiedAt >= olderThanMs;
  const forgotten = new Set(await unreachableHistory(store));
  const swept = files.filter(({ path, modifiedAt }) => {
    if (dropped.has(path)) return true;
    if (forgotten.has(path)) return old(modifiedAt);
    if (!/^(artefacts|blocks|spools|trials|probes)\//.test(path)) return false;
    // In a bucket a spool is a folder of parts.
    return !reachable.has(path.replace(/^(spools\/[^/]+)\/.*/, '$1')) && old(modifiedAt);
  });
  const temporaries = (await store.temporaries()).filter(({ modifiedAt }) => old(modifiedAt));
  // Manifests first: what is half removed must not be listed.
  for (const { path } of [...swept].sort((a, b) => Number(dropped.has(b.path)) - Number(dropped.has(a.path))))
    await store.remove(path);
  for (const { path } of temporaries) await store.remove(path);
  return {
    snapshots: gone.map(({ id }) => id),
    files: swept.length + temporaries.length,
    bytes: swept.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
