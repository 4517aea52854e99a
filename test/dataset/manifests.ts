import { sha256Of, type TableRecord } from '../../dataset/artefacts.js';
import type { SnapshotManifest } from '../../dataset/snapshots.js';

export type Draft = Omit<SnapshotManifest, 'id' | 'number' | 'sha256'>;

export function table(
  name: string,
  content: string,
  over: Partial<TableRecord> = {},
): TableRecord & { task: string } {
  const sha256 = sha256Of(content);
  return {
    task: name,
    table: name,
    path: `artefacts/${name}/${sha256.slice(0, 12)}/${name}.parquet`,
    rows: 1,
    bytes: content.length,
    sha256,
    content: true,
    ...over,
  };
}

export function draft(catalogue: string, tables: Draft['tables'], over: Partial<Draft> = {}): Draft {
  return {
    catalogue,
    synthetic: false,
    createdAt: '2026-11-24T03:17:00.000Z',
    asOf: '2026-11-24',
    votesAsOf: '2026-11-24',
    dataYear: 2025,
    fromYear: 1900,
    toYear: 2026,
    movieCount: 1,
    quarantined: 0,
    deadLetters: 0,
    limit: null,
    run: 'run',
    notes: [],
    coverage: [],
    tables,
    checks: [],
    ...over,
  };
}
