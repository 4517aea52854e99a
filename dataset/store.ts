import { resolve } from 'node:path';
import { diskStore } from './disk.js';
import { isRemote, s3Store, type RemoteSettings } from './s3.js';

/**
 * The data location as a flat space of files, so that a folder and a bucket look the same. Paths are relative,
 * with `/`, without `..`. Every write is atomic: a reader sees the old file, the new one or none, never a part.
 *
 * All verbs throw `StorageUnavailable` where the disk is full or may not be written.
 */
export interface Store {
  /** As people call it, e.g. `./marquee-data`. */
  readonly location: string;
  /** Not on this machine: others share it, and what lies here alone is lost with this machine. */
  readonly remote: boolean;
  /** Throws `MissingFile`. */
  read(path: string): Promise<Buffer>;
  write(path: string, bytes: Uint8Array | string): Promise<void>;
  /** Takes a finished local file over, e.g. one that Polars has written into `temporary()`. */
  put(localFile: string, path: string): Promise<void>;
  /** Replaces `to` with a copy of `from`. Throws `MissingFile`. */
  copy(from: string, to: string): Promise<void>;
  /** Writes only where nothing is yet; false when somebody else was first. The one exclusive act. */
  create(path: string, bytes: Uint8Array | string): Promise<boolean>;
  /** Size of the file in bytes, null when it is not there. */
  size(path: string): Promise<number | null>;
  /** Files below a folder (`''`: all), temporaries excepted, sorted by path. */
  list(folder: string): Promise<StoredFile[]>;
  /** Removes a file, or a folder with all that is in it; nothing happens where there is none. */
  remove(path: string): Promise<void>;
  /** Where a file lies on this machine, or its copy would: `bring` makes sure that it is there. */
  local(path: string): string;
  /**
   * A local path that Polars can scan, for a file that never changes (its content is in its name): on disk the file
   * itself, else a copy that stays for some hours. Throws `MissingFile`.
   */
  bring(path: string): Promise<string>;
  /** A fresh, empty local folder on the same file system, so that `put` is a rename. The caller removes it. */
  temporary(): Promise<string>;
  /** Temporary files and folders of everybody, also of processes that were killed. */
  temporaries(): Promise<StoredFile[]>;
}

export interface StoredFile {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
}

/**
 * The store at a data location: a folder, which is made, or `s3://bucket/prefix`, which needs `remote`. Throws
 * `StorageUnavailable` where that is refused.
 */
export async function openStore(location: string, remote?: RemoteSettings): Promise<Store> {
  if (!isRemote(location)) return await diskStore(location, resolve(location));
  if (remote === undefined) throw new Error(`${location} needs the settings of an S3 server.`);
  return await s3Store(location, remote);
}

/** Throws where a path could leave the data location or name a temporary. */
export function checkPath(path: string): string {
  const legal = path === '' || path.split('/').every((part) => part !== '' && !part.startsWith('.'));
  if (!legal || path.includes('\\') || path.includes('\0'))
    throw new RangeError(
      `${JSON.stringify(path)} is no store path: parts between "/", none empty or beginning with "."`,
    );
  return path;
}
