import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { CheckResult } from './checks.js';
import { MissingFile } from './errors.js';
import type { Store } from './store.js';

/** A file that a task wrote. */
export interface TableRecord {
  readonly table: string;
  /** Store path. */
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Counted into the snapshot's sha256; else it belongs to the run record. */
  readonly content: boolean;
  /** Not content, but read by later tasks: counted into the artefact's sha256. */
  readonly feeds?: boolean | undefined;
}

/** Small named values that later tasks and the snapshot need, e.g. `{ asOf: '2015-12-31', dataYear: 2015 }`. */
export type Facts = Readonly<Record<string, string | number | boolean | null>>;

/** What a task has written, and how it came about. */
export interface Artefact {
  readonly task: string;
  readonly key: string;
  /** Over the tables that are content or feed later tasks. */
  readonly sha256: string;
  /** Temporal run id of the run that wrote it. */
  readonly run: string;
  readonly createdAt: string;
  readonly seconds: number;
  readonly tables: readonly TableRecord[];
  readonly facts: Facts;
  readonly checks: readonly CheckResult[];
  readonly summary: string;
}

const recordPath = (task: string, key: string): string => `artefacts/${task}/${key}.json`;

/** Where the files of an artefact lie. Their content is in the name: another content never takes its place. */
export function filePath(task: string, key: string, sha256: string, file: string): string {
  return `artefacts/${task}/${key}/${sha256.slice(0, 12)}-${file}`;
}

/** The artefact of a key, or null when there is none or a file of it is gone or cut off. */
export async function findArtefact(store: Store, task: string, key: string): Promise<Artefact | null> {
  const artefact = await readJson<Artefact>(store, recordPath(task, key));
  if (artefact === null) return null;
  for (const table of artefact.tables) if ((await store.size(table.path)) !== table.bytes) return null;
  return artefact;
}

export async function keepArtefact(store: Store, artefact: Artefact): Promise<void> {
  await store.write(recordPath(artefact.task, artefact.key), JSON.stringify(artefact, null, 1));
}

type Hashed = Pick<TableRecord, 'table' | 'sha256' | 'content' | 'feeds'>;

/** What a snapshot is: its content tables, whatever order they are named in. */
export function contentSha256(tables: readonly Hashed[]): string {
  return listSha256(tables.filter(({ content }) => content));
}

/** What later tasks see of an artefact: their keys follow it. */
export function artefactSha256(tables: readonly Hashed[]): string {
  return listSha256(tables.filter(({ content, feeds }) => content || feeds === true));
}

function listSha256(tables: readonly Hashed[]): string {
  const lines = tables.map(({ table, sha256 }) => `${table} ${sha256}\n`).sort();
  return sha256Of(lines.join(''));
}

export function sha256Of(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** A record; null when it is not there or was not written by us: then the work is done again. */
export async function readJson<T>(store: Store, path: string): Promise<T | null> {
  try {
    return JSON.parse((await store.read(path)).toString('utf8')) as T;
  } catch (error) {
    if (error instanceof MissingFile || error instanceof SyntaxError) return null;
    throw error;
  }
}
