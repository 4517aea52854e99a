import { contentSha256, readJson, sha256Of, type TableRecord } from './artefacts.js';
import type { CheckResult } from './checks.js';
import { CorruptFile } from './errors.js';
import type { Store } from './store.js';

/** A published state of a catalogue: the tables of one run, numbered. */
export interface SnapshotManifest {
  /** `<catalogue>/<number>`, e.g. `sample/3`. */
  readonly id: string;
  readonly number: number;
  readonly catalogue: string;
  readonly synthetic: boolean;
  readonly createdAt: string;
  /** YYYY-MM-DD. */
  readonly asOf: string;
  readonly dataYear: number | null;
  readonly fromYear: number | null;
  readonly toYear: number | null;
  readonly movieCount: number;
  readonly quarantined: number;
  readonly deadLetters: number;
  /** The day of the oldest votes in it; null or absent where the source has no days. */
  readonly votesAsOf?: string | null;
  readonly limit: number | null;
  readonly sha256: string;
  /** Temporal run id of the run that published it. */
  readonly run: string;
  readonly notes: readonly string[];
  /** How many films have each field. */
  readonly coverage: readonly { readonly field: string; readonly known: number }[];
  readonly tables: readonly (TableRecord & { readonly task: string })[];
  readonly checks: readonly CheckResult[];
}

/** What is not published yet. */
export type SnapshotDraft = Omit<SnapshotManifest, 'id' | 'number' | 'sha256'>;

const LONGEST_SLUG = 100;

/**
 * A catalogue's label as a folder name: `file:a.ndjson` is `file-a.ndjson`. A label of which more would be lost
 * than its colons carries a hash, so that no two catalogues share a folder.
 */
function slugOf(catalogue: string): string {
  const slug = catalogue.replace(/[^A-Za-z0-9._@-]/g, '-').replace(/^\.+/, '-');
  const plain = /^(?:[a-z]+|synthetic:[\d:@]+|file:[A-Za-z0-9._@-]+)$/.test(catalogue);
  return plain && slug.length <= LONGEST_SLUG
    ? slug
    : `${slug.slice(0, LONGEST_SLUG)}~${sha256Of(catalogue).slice(0, 8)}`;
}

export function manifestPath(catalogue: string, number: number): string {
  return `snapshots/${slugOf(catalogue)}/${number}.json`;
}

/** All snapshots, of one catalogue or of every one, newest first (by number within a catalogue). */
export async function listSnapshots(store: Store, catalogue?: string): Promise<SnapshotManifest[]> {
  const found: SnapshotManifest[] = [];
  for (const file of await store.list(
    catalogue === undefined ? 'snapshots' : `snapshots/${slugOf(catalogue)}`,
  )) {
    if (!/\/\d+\.json$/.test(file.path)) continue;
    const manifest = await readManifest(store, file.path);
    if (manifest !== null && (catalogue === undefined || manifest.catalogue === catalogue))
      found.push(manifest);
  }
  return found.sort(
    (a, b) => (a.catalogue < b.catalogue ? -1 : a.catalogue > b.catalogue ? 1 : 0) || b.number - a.number,
  );
}

/** The newest number of a catalogue without reading its manifest: cheap enough to ask every second. */
export async function newestNumber(store: Store, catalogue: string): Promise<number> {
  const files = await store.list(`snapshots/${slugOf(catalogue)}`);
  return Math.max(0, ...files.map(({ path }) => Number(/\/(\d+)\.json$/.exec(path)?.[1] ?? 0)));
}

export async function newestSnapshot(store: Store, catalogue: string): Promise<SnapshotManifest | null> {
  const number = await newestNumber(store, catalogue);
  return number === 0 ? null : await readManifest(store, manifestPath(catalogue, number));
}

/** The snapshot of an id `<catalogue>/<number>`; null when there is none. */
export async function findSnapshot(store: Store, id: string): Promise<SnapshotManifest | null> {
  const match = /^(.+)\/([1-9]\d{0,8})$/.exec(id);
  if (match === null) return null;
  return await readManifest(store, manifestPath(match[1] as string, Number(match[2])));
}

async function readManifest(store: Store, path: string): Promise<SnapshotManifest | null> {
  if ((await store.size(path)) === null) return null;
  const manifest = await readJson<SnapshotManifest>(store, path);
  if (manifest === null || !Array.isArray(manifest.tables))
    throw new CorruptFile(path, 'it is no manifest of a snapshot');
  return manifest;
}

/**
 * Publishes: the one exclusive act is the creation of the numbered manifest. Content equal to that of the newest
 * snapshot of the catalogue gets no new number.
 */
export async function publishSnapshot(
  store: Store,
  draft: SnapshotDraft,
): Promise<{ readonly snapshot: SnapshotManifest; readonly unchanged: boolean }> {
  const sha256 = contentSha256(draft.tables);
  for (;;) {
    const newest = await newestSnapshot(store, draft.catalogue);
    if (newest?.sha256 === sha256) return { snapshot: newest, unchanged: true };
    const number = (newest?.number ?? 0) + 1;
    const snapshot: SnapshotManifest = { id: `${draft.catalogue}/${number}`, number, sha256, ...draft };
    if (await store.create(manifestPath(draft.catalogue, number), JSON.stringify(snapshot, null, 1)))
      return { snapshot, unchanged: false };
  }
}
