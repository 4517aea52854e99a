import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Catalogue, ListedFilm } from './catalogue.js';
import { BadCatalogue, catalogueLabel } from './spec.js';

/** Documents up to this size, unpacked, stay in memory; more go to a temporary file. */
const MEMORY_BYTES = 256 * 1024 * 1024;
const LONGEST_LINE = 64 * 1024 * 1024;
const LARGEST_ID = 2 ** 31 - 1;
/** Raise it when the same file would be answered differently. */
const MAPPING = 1;

export interface FileOptions {
  readonly memoryBytes?: number;
}

/** A catalogue that also says what it left out of its file. */
export interface FileCatalogue extends Catalogue {
  /** Lines that are not JSON, or have no id that TMDB could give. */
  readonly badLines: number;
  /** Lines whose id an earlier line has; the earlier one is answered. */
  readonly duplicates: number;
}

/**
 * TMDB documents as NDJSON, packed by gzip or not (told by its first bytes, not by its name).
 * @throws BadCatalogue when the file is missing, unreadable, torn, or holds no document.
 */
export async function openFile(
  path: string,
  { memoryBytes = MEMORY_BYTES }: FileOptions = {},
): Promise<FileCatalogue> {
  const lines = new Lines(memoryBytes);
  const at = new Map<number, number>();
  const hash = createHash('sha256');
  let badLines = 0;
  let duplicates = 0;
  try {
    for await (const line of splitLines(unpacked(resolve(path), await isPacked(path), hash))) {
      const text = line.toString('utf8').trim();
      if (text === '') continue;
      const id = idOf(text);
      if (id === null) badLines++;
      else if (at.has(id)) duplicates++;
      else at.set(id, await lines.add(line));
    }
    await lines.flush();
  } catch (error) {
    await lines.close();
    throw new BadCatalogue(`${path} could not be read as a catalogue: ${reason(error)}.`);
  }
  if (at.size === 0) {
    await lines.close();
    throw new BadCatalogue(
      `${path} holds no film: each line must be one TMDB document (a JSON object with an id); ${badLines} lines are not.`,
    );
  }
  const ids = Int32Array.from(at.keys()).sort();
  const document = async (id: number): Promise<string | null> => {
    const line = at.get(id);
    return line === undefined ? null : (await lines.read(line)).toString('utf8').trim();
  };
  return {
    label: catalogueLabel({ kind: 'file', path }),
    version: `${hash.digest('hex')}-${MAPPING}`,
    badLines,
    duplicates,
    async *list() {
      for (const id of ids) yield listed(id, JSON.parse((await document(id))!) as Record<string, unknown>);
    },
    document,
    changes: () => Promise.resolve([]),
    close: () => lines.close(),
  };
}

function listed(id: number, film: Record<string, unknown>): ListedFilm {
  const title = film.original_title ?? film.title;
  const popularity = Number(film.popularity ?? 0);
  return {
    id,
    title: typeof title === 'string' ? title : '',
    popularity: Number.isFinite(popularity) ? popularity : 0,
    adult: film.adult === true,
    video: film.video === true,
  };
}

/** The document's id, or null when the line is no document that could be listed. */
function idOf(text: string): number | null {
  try {
    const { id } = JSON.parse(text) as { id?: unknown };
    return typeof id === 'number' && Number.isInteger(id) && id >= 1 && id <= LARGEST_ID ? id : null;
  } catch {
    return null; // Not JSON, or null.
  }
}

async function isPacked(path: string): Promise<boolean> {
  if ((await stat(path)).isDirectory()) throw new Error('it is a folder');
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** The file's bytes, unpacked; those on disk go through `hash`. */
async function* unpacked(
  path: string,
  packed: boolean,
  hash: { update(bytes: Buffer): unknown },
): AsyncIterable<Buffer> {
  const source = createReadStream(path, { highWaterMark: 1 << 18 });
  const hashed = async function* (): AsyncIterable<Buffer> {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      hash.update(chunk);
      yield chunk;
    }
  };
  if (!packed) return yield* hashed();
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  // The reader below sees the error too, as the gunzip's own.
  void pipeline(hashed, gunzip).catch(() => undefined);
  yield* gunzip as AsyncIterable<Buffer>;
}

async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let rest: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      const piece = chunk.subarray(from, end);
      yield rest.length === 0 ? piece : Buffer.concat([...rest, piece]);
      rest = [];
      length = 0;
      from = end + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > LONGEST_LINE) throw new Error('it has a line of more than 64 MiB');
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'reading it is not allowed';
  if (code?.startsWith('Z_') === true) return `it is torn or no gzip file (${message})`;
  return message;
}

/** Lines by number: in memory, or in one temporary file once they are too many. */
class Lines {
  private readonly ends: number[] = [];
  private kept: Buffer[] = [];
  private keptBytes = 0;
  private total = 0;
  private file: FileHandle | null = null;
  private folder: string | null = null;

  constructor(private readonly memoryBytes: number) {}

  async add(line: Buffer): Promise<number> {
    // A copy: the line is a view into a chunk that would be kept whole with it.
    this.kept.push(Buffer.from(line));
    this.keptBytes += line.length;
    this.total += line.length;
    this.ends.push(this.total);
    if (this.file === null ? this.total > this.memoryBytes : this.keptBytes > 1 << 22) await this.spill();
    return this.ends.length - 1;
  }

  async flush(): Promise<void> {
    if (this.file !== null) await this.spill();
  }

  async read(line: number): Promise<Buffer> {
    if (this.file === null) return this.kept[line]!;
    const start = line === 0 ? 0 : this.ends[line - 1]!;
    const bytes = Buffer.allocUnsafe(this.ends[line]! - start);
    await this.file.read(bytes, 0, bytes.length, start);
    return bytes;
  }

  async close(): Promise<void> {
    await this.file?.close();
    this.file = null;
    if (this.folder !== null) await rm(this.folder, { recursive: true, force: true });
  }

  private async spill(): Promise<void> {
    if (this.file === null) {
      this.folder = await mkdtemp(join(tmpdir(), 'marquee-catalogue-'));
      this.file = await open(join(this.folder, 'documents'), 'w+');
      // Nameless from the start where the system allows it, so that a killed process leaves nothing behind.
      await rm(this.folder, { recursive: true, force: true }).catch(() => undefined);
    }
    if (this.keptBytes > 0) await this.file.appendFile(Buffer.concat(this.kept));
    this.kept = [];
    this.keptBytes = 0;
  }
}
