import { rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256OfFile } from './artefacts.js';
import { diskStore } from './disk.js';
import { MissingFile, StorageUnavailable } from './errors.js';
import { s3Client, type S3Settings } from './s3client.js';
import { checkPath, type Store, type StoredFile } from './store.js';

/** Where the objects are, and the folder of this machine for copies, temporaries and spools. */
export interface RemoteSettings extends S3Settings {
  readonly cache: string;
}

/** Copies that were not used lately are dropped above this many bytes. */
const MOST_BYTES = 20e9;
/** A copy may be scanned for as long as a task takes, so it stays this many milliseconds after its last use. */
const IN_USE = 6 * 3_600_000;
/** Milliseconds between two looks at the size of the copies. */
const LOOK = 60_000;
/** Requests at once, where many files are removed. */
const AT_ONCE = 16;

/** True for locations like `s3://bucket/prefix`. */
export function isRemote(location: string): boolean {
  return location.startsWith('s3://');
}

/** @throws RangeError with one sentence where it is no legal S3 location. */
export function parseRemote(location: string): { readonly bucket: string; readonly prefix: string } {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*?))?\/*$/.exec(location);
  if (match === null)
    throw new RangeError(`${JSON.stringify(location)} is no S3 location: they read s3://bucket/prefix.`);
  const folder = checkPath(match[2] ?? '');
  return { bucket: match[1] as string, prefix: folder === '' ? '' : `${folder}/` };
}

/**
 * A `Store` in a bucket. A put object is there whole or not at all, so nothing there is temporary; what Polars reads
 * is copied to a folder of this machine first. Files that are copied never change: their content is in their name.
 */
export async function s3Store(location: string, settings: RemoteSettings): Promise<Store> {
  const { bucket, prefix } = parseRemote(location);
  const remote = s3Client(location, bucket, settings);
  const here = await diskStore(`${settings.cache} (local copies of ${location})`, settings.cache);
  const key = (path: string): string => `${prefix}${checkPath(path)}`;
  const bytesOf = (content: Uint8Array | string): Uint8Array =>
    typeof content === 'string' ? Buffer.from(content) : content;

  // A location that cannot be used is told at once.
  await remote.list(`${prefix}snapshots/`);

  let lookedAt = performance.now();
  const bound = async (): Promise<void> => {
    if (performance.now() - lookedAt < LOOK) return;
    lookedAt = performance.now();
    const now = Date.now();
    const copies = (await here.list('')).sort((a, b) => a.modifiedAt - b.modifiedAt);
    let bytes = copies.reduce((sum, one) => sum + one.bytes, 0);
    for (const copy of copies) {
      if (bytes <= MOST_BYTES || now - copy.modifiedAt < IN_USE) return;
      await here.remove(copy.path);
      bytes -= copy.bytes;
    }
  };

  const bringing = new Map<string, Promise<string>>();
  const bring = async (path: string): Promise<string> => {
    const size = await remote.head(key(path));
    if (size === null) throw new MissingFile(path);
    const file = here.local(path);
    if ((await here.size(path)) !== size) {
      const bytes = await remote.get(key(path));
      if (bytes === null) throw new MissingFile(path);
      const folder = await here.temporary();
      try {
        const whole = join(folder, 'copy');
        await writeFile(whole, bytes);
        await here.put(whole, path);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
      await bound();
    }
    const now = new Date();
    await utimes(file, now, now);
    return file;
  };

  const list = async (folder: string): Promise<StoredFile[]> => {
    const under = folder === '' ? prefix : `${key(folder)}/`;
    return (await remote.list(under))
      .map(({ key: whole, bytes, modifiedAt }) => ({ path: whole.slice(prefix.length), bytes, modifiedAt }))
      .filter(({ path }) => path.split('/').every((part) => part !== '' && !part.startsWith('.')))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  };

  return {
    location,
    remote: true,
    async read(path) {
      const bytes = await remote.get(key(path));
      if (bytes === null) throw new MissingFile(path);
      return bytes;
    },
    write: (path, content) => remote.put(key(path), bytesOf(content)),
    async put(localFile, path) {
      if ((await stat(localFile)).size > 5e9)
        throw new StorageUnavailable('full', `${path} is larger than the 5 GB that S3 takes at once.`);
      await remote.putFile(key(path), localFile, await sha256OfFile(localFile));
      // The next task of this machine need not fetch it.
      await here.put(localFile, path);
      await bound();
    },
    async copy(from, to) {
      if (!(await remote.copy(key(from), key(to)))) throw new MissingFile(from);
    },
    create: (path, content) => remote.create(key(path), bytesOf(content)),
    size: (path) => remote.head(key(path)),
    list,
    async remove(path) {
      if (path.split('/').some((part) => part.startsWith('.'))) return await here.remove(path);
      const one = (await remote.head(key(path))) !== null;
      const paths = one ? [path] : (await list(path)).map((file) => file.path);
      for (let n = 0; n < paths.length; n += AT_ONCE)
        await Promise.all(paths.slice(n, n + AT_ONCE).map((file) => remote.remove(key(file))));
      await here.remove(path);
    },
    local: here.local,
    bring(path) {
      let coming = bringing.get(path);
      if (coming === undefined) {
        coming = bring(path).finally(() => bringing.delete(path));
        bringing.set(path, coming);
      }
      return coming;
    },
    temporary: here.temporary,
    temporaries: here.temporaries,
  };
}
