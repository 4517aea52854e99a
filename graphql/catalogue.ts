import { realpath } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { badInput } from './errors.js';

const MOST_FILMS = 5_000_000;
const LEGAL = '`sample`, `tmdb`, `synthetic:<n>[:<seed>]` with n from 1 to 5,000,000, or `file:<path>`';

/**
 * A catalogue as a client may name it; that of a file with the file's real path.
 *
 * @throws BAD_USER_INPUT for another syntax, and for files that do not lie under `files` (links resolved).
 */
export async function readCatalogue(text: string, files: string | undefined): Promise<string> {
  if (text === 'sample' || text === 'tmdb') return text;
  const synthetic = /^synthetic:(\d{1,7})(?::\d{1,15})?$/.exec(text);
  if (synthetic !== null && Number(synthetic[1]) >= 1 && Number(synthetic[1]) <= MOST_FILMS) return text;
  if (text.startsWith('file:') && text.length > 5 && text.length <= 1000 && !text.includes('\0'))
    return `file:${await fileUnder(files, text.slice(5))}`;
  throw badInput(`catalogue is ${JSON.stringify(text.slice(0, 100))}; legal is ${LEGAL}.`);
}

async function fileUnder(files: string | undefined, path: string): Promise<string> {
  if (files === undefined)
    throw badInput('catalogue may not be a file here: the server was started without MARQUEE_FILES.');
  const folder = await realpath(files).catch(() => null);
  const real = folder === null ? null : await realpath(resolve(folder, path)).catch(() => null);
  // One message for what is missing and what lies elsewhere: a client learns nothing of other folders.
  if (folder === null || real === null || !isUnder(folder, real))
    throw badInput("catalogue names no file under the server's MARQUEE_FILES.");
  return real;
}

function isUnder(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && resolve(folder, way) === path;
}
