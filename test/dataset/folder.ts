import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openStore, type Store } from '../../dataset/store.js';

/** Makes folders that are removed when the test file is through. */
export function folders(): () => string {
  const made: string[] = [];
  afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'marquee-'));
    made.push(folder);
    return folder;
  };
}

/** Makes stores in folders of their own. */
export function stores(): () => Promise<Store> {
  const fresh = folders();
  return () => openStore(join(fresh(), 'data'));
}
