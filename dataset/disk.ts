import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { MissingFile, storageError } from './errors.js';
import { checkPath, type Store, type StoredFile } from './store.js';

/** Names that begin with a dot are temporaries: nobody lists or reads them. */
const TEMPORARIES = '.temporary';

/** A `Store` in a folder `root`; `location` is what messages call it. */
export async function diskStore(location: string, root: string): Promise<Store> {
  const at = (path: string): string => join(root, checkPath(path));
  const doing = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      throw storageError(error, location, what);
    }
  };

  await doing('making it', () => makeFolder(root));

  const store: Store = {
    location,
    remote: false,
    read: (path) =>
      doing(`reading ${path}`, () =>
        readFile(at(path)).catch((error) => {
          throw isMissing(error) ? new MissingFile(path) : error;
        }),
      ),
    write: (path, bytes) =>
      doing(`writing ${path}`, async () => {
        await place(at(path), (temporary) => writeDurably(temporary, bytes));
      }),
    put: (localFile, path) =>
      doing(`writing ${path}`, async () => {
        const target = at(path);
        await makeFolder(dirname(target));
        await syncFile(localFile);
        try {
          await rename(localFile, target);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
          // Another file system: a rename cannot cross it.
          await place(target, (temporary) => copyDurably(localFile, temporary));
          await rm(localFile);
        }
        await syncFolder(dirname(target));
      }),
    copy: (from, to) =>
      doing(`writing ${to}`, async () => {
        await place(at(to), (temporary) =>
          copyDurably(at(from), temporary).catch((error) => {
            throw isMissing(error) ? new MissingFile(from) : error;
          }),
        );
      }),
    create: (path, bytes) =>
      doing(`writing ${path}`, async () => {
        const target = at(path);
        await makeFolder(dirname(target));
        const temporary = temporaryName(target);
        try {
          await writeDurably(temporary, bytes);
          // link(2) fails where the name is taken, and what it makes visible is complete: O_EXCL alone would
          // show readers an empty file first.
          await link(temporary, target);
          return true;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
          throw error;
        } finally {
          await rm(temporary, { force: true });
          await syncFolder(dirname(target));
        }
      }),
    size: (path) =>
      doing(`reading ${path}`, async () => {
        const found = await statOrNull(at(path));
        return found?.isFile() ? found.size : null;
      }),
    list: (folder) => doing(`listing ${folder}`, () => walk(root, at(folder), false)),
    remove: (path) =>
      doing(`removing ${path}`, async () => {
        // Temporaries are removed by the name that `temporaries` gave them.
        if (path.split('/').some((part) => ['', '.', '..'].includes(part))) checkPath('.');
        await rm(join(root, path), { recursive: true, force: true }).catch((error: unknown) => {
          // Below a file there is nothing either.
          if (!isMissing(error)) throw error;
        });
      }),
    local: at,
    bring: (path) =>
      doing(`reading ${path}`, async () => {
        if ((await statOrNull(at(path))) === null) throw new MissingFile(path);
        return at(path);
      }),
    temporary: () =>
      doing('making a temporary folder', async () => {
        const folder = join(root, TEMPORARIES, randomUUID());
        await makeFolder(folder);
        return folder;
      }),
    temporaries: () => doing('listing temporary files', () => walk(root, root, true)),
  };
  return store;
}

/** Writes beside the target, then renames: the one way in which a file gets its name. */
async function place(target: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  await makeFolder(dirname(target));
  const temporary = temporaryName(target);
  try {
    await fill(temporary);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(target));
}

const temporaryName = (target: string): string =>
  join(dirname(target), `.${basename(target).slice(0, 100)}.${randomUUID()}`);

async function writeDurably(file: string, bytes: Uint8Array | string): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await syncFile(to);
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a rename survive a loss of power; platforms that cannot open a folder have no such call. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform !== 'win32') await syncFile(folder);
}

async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first !== undefined) await syncFolder(dirname(first));
}

/** The files of a folder by store path; `temporaries`: only the topmost entries that begin with a dot. */
async function walk(root: string, folder: string, temporaries: boolean): Promise<StoredFile[]> {
  const found: StoredFile[] = [];
  const add = async (full: string): Promise<void> => {
    const status = await statOrNull(full);
    if (status === null) return; // Gone meanwhile: somebody else's temporary.
    const path = relative(root, full).split(sep).join('/');
    found.push({ path, bytes: status.isFile() ? status.size : 0, modifiedAt: status.mtimeMs });
  };
  const visit = async (at: string): Promise<void> => {
    for (const entry of await entries(at)) {
      const full = join(at, entry.name);
      const hidden = entry.name.startsWith('.');
      if (entry.name === TEMPORARIES && temporaries) {
        for (const inside of await entries(full)) await add(join(full, inside.name));
      } else if (hidden === temporaries && (hidden || entry.isFile())) await add(full);
      else if (!hidden && entry.isDirectory()) await visit(full);
    }
  };
  await visit(folder);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function entries(folder: string) {
  return readdir(folder, { withFileTypes: true }).catch((error) => {
    if (isMissing(error)) return [];
    throw error;
  });
}

async function statOrNull(file: string) {
  return stat(file).catch((error) => {
    if (isMissing(error)) return null;
    throw error;
  });
}

const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
