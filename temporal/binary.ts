import { spawn } from 'node:child_process';
import { access, constants, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where the Temporal command line, which carries the development server, is looked for. */

/** The version that this project is tested with; later ones cannot be installed by `go install`. */
const CLI = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';

type Environment = Readonly<Record<string, string | undefined>>;

/** Thrown when there is no Temporal server to be had; its message says how to get one. */
export class NoTemporal extends Error {
  override readonly name = 'NoTemporal';
}

/**
 * The first hit of: TEMPORAL_CLI; `temporal` on PATH; the cached binary; the download of Temporal's testing
 * package (`download`); `go install`. @throws NoTemporal.
 */
export async function findTemporalBinary(
  environment: Environment,
  say: (line: string) => void,
  download: (folder: string) => Promise<string>,
): Promise<string> {
  const given = environment.TEMPORAL_CLI;
  if (given) {
    if (await executable(given)) return given;
    throw new NoTemporal(
      `TEMPORAL_CLI is ${JSON.stringify(given)}, but there is no program there that can be run.`,
    );
  }
  const onPath = await lookUp('temporal', environment);
  if (onPath !== null) return onPath;
  const cache = join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'marquee', 'bin');
  const cached = join(cache, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
  if (await executable(cached)) return cached;
  say('There is no Temporal server on this machine yet: getting one …');
  await mkdir(cache, { recursive: true });
  const downloaded = await download(cache).catch((error: Error) => error);
  if (typeof downloaded === 'string') return downloaded;
  const go = await lookUp('go', environment);
  if (go !== null) {
    say(
      `Its download failed (${downloaded.message.split('\n')[0]}); building it with go install, about 4 minutes …`,
    );
    if (await goInstall(go, cache, environment)) return cached;
  }
  throw new NoTemporal(
    `No Temporal server was found, and none could be downloaded${go === null ? '' : ' or built'}. Install the Temporal CLI (https://docs.temporal.io/cli#install) so that \`temporal\` is on the PATH, or set TEMPORAL_CLI to it, or TEMPORAL_ADDRESS to a server.`,
  );
}

async function goInstall(go: string, folder: string, environment: Environment): Promise<boolean> {
  const child = spawn(go, ['install', CLI], { env: { ...environment, GOBIN: folder }, stdio: 'ignore' });
  return await new Promise<boolean>((done) => {
    child.once('error', () => done(false));
    child.once('exit', (code) => done(code === 0));
  });
}

async function lookUp(program: string, environment: Environment): Promise<string | null> {
  for (const folder of (environment.PATH ?? '').split(delimiter)) {
    if (folder !== '' && (await executable(join(folder, program)))) return join(folder, program);
  }
  return null;
}

async function executable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
