/**
 * What goes wrong with stored files, in words for the person who runs Marquee. Paths in the messages are store
 * paths, relative to the data location.
 */

/** Thrown when the storage itself refuses, so that no other attempt can succeed until somebody acts. */
export class StorageUnavailable extends Error {
  override readonly name = 'StorageUnavailable';

  constructor(
    readonly reason: 'full' | 'readOnly' | 'blocked' | 'refused',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Thrown when a file that a record or a caller names is not there. */
export class MissingFile extends Error {
  override readonly name = 'MissingFile';

  constructor(readonly path: string) {
    super(`${path} is not in the data folder. If it was deleted by hand, start a run: it is written again.`);
  }
}

/** Thrown when a file is there but is not what its name says: torn by a crash of the disk, or edited by hand. */
export class CorruptFile extends Error {
  override readonly name = 'CorruptFile';

  constructor(
    readonly path: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(
      `${path} cannot be read: ${detail}. Move it away and start a run with \`force\`: it is written again.`,
      options,
    );
  }
}

// Node names the reason (`code`); Polars only quotes the operating system's number, e.g. "(os error 28)".
// Numbers: errno.h on Linux and macOS (EDQUOT is 122 on Linux, 69 on macOS).
const FULL = { codes: new Set(['ENOSPC', 'EDQUOT']), numbers: new Set([28, 122, 69]) };
const READ_ONLY = { codes: new Set(['EROFS', 'EACCES', 'EPERM']), numbers: new Set([30, 13, 1]) };

/**
 * The `StorageUnavailable` behind an error of Node's file functions or of Polars, else the error as it is.
 * `doing` says what was tried, e.g. `writing latest/films.parquet`.
 */
export function storageError(error: unknown, location: string, doing: string): unknown {
  if (error instanceof StorageUnavailable) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const number = Number(/\(os error (\d+)\)/.exec(String((error as Error | null)?.message))?.[1]);
  const cause = { cause: error };
  if (FULL.codes.has(code ?? '') || FULL.numbers.has(number))
    return new StorageUnavailable(
      'full',
      `The disk of the data folder ${location} is full (${doing}). Free some space there; nothing written so far is lost.`,
      cause,
    );
  if (READ_ONLY.codes.has(code ?? '') || READ_ONLY.numbers.has(number))
    return new StorageUnavailable(
      'readOnly',
      `The data folder ${location} cannot be written (${doing}). Make it writable for this user, or choose another with --data.`,
      cause,
    );
  // EEXIST of the one exclusive act never comes here: the store answers false.
  if (code === 'ENOTDIR' || code === 'EEXIST' || code === 'EISDIR')
    return new StorageUnavailable(
      'blocked',
      `The data folder ${location} cannot be used (${doing}): a file and a folder stand in each other's way. Move ${(error as NodeJS.ErrnoException).path ?? 'it'} away, or choose another folder with --data.`,
      cause,
    );
  return error;
}
