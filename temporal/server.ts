import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { answers, LOCAL_ADDRESS, type TemporalSettings } from './connection.js';
import { findTemporalBinary, NoTemporal } from './binary.js';
import { freePort, isFree } from './ports.js';

/** A Temporal server to work with. */
export interface TemporalServer {
  readonly address: string;
  /** Null where it is not known. */
  readonly uiUrl: string | null;
  /** How it came about, for people. */
  readonly origin: string;
  /** Ends it if it belongs to this data folder; someone else's goes on. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly settings: TemporalSettings;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Data folder: the database, the log and the process id lie there. */
  readonly data: string;
  readonly say: (line: string) => void;
}

const PORT = 7233;
const UI_PORT = 8233;
/** Milliseconds until a started server must answer. */
const PATIENCE = 60_000;

/**
 * Finds a server or starts one: TEMPORAL_ADDRESS, else what answers on this machine, else a development server of
 * our own with its database in the data folder. @throws NoTemporal.
 */
export async function findOrStartServer(options: ServerOptions): Promise<TemporalServer> {
  const { settings, environment, data, say } = options;
  const leave = (): Promise<void> => Promise.resolve();
  if (settings.address !== undefined) {
    if (!(await answers(settings, settings.address, 10_000)))
      throw new NoTemporal(
        `No Temporal server answers at TEMPORAL_ADDRESS ${settings.address}. Start it, or unset the variable: then one is started here.`,
      );
    const uiUrl = environment.TEMPORAL_UI_URL || null;
    return { address: settings.address, uiUrl, origin: `at ${settings.address}`, stop: leave };
  }
  const pidFile = join(data, 'temporal.pid');
  if (await answers(settings, LOCAL_ADDRESS)) {
    const pid = await ownServer(pidFile);
    return {
      address: LOCAL_ADDRESS,
      uiUrl: `http://127.0.0.1:${UI_PORT}`,
      origin: pid === null ? `found at ${LOCAL_ADDRESS}` : `left by an earlier start, at ${LOCAL_ADDRESS}`,
      stop: pid === null ? leave : () => end(pid, pidFile),
    };
  }
  if (!(await isFree(PORT)))
    throw new NoTemporal(
      `Port ${PORT} is taken by a program that is not a Temporal server. End it, or set TEMPORAL_ADDRESS to a server elsewhere.`,
    );
  const uiPort = (await isFree(UI_PORT)) ? UI_PORT : await freePort();
  const binary = await findTemporalBinary(environment, say, downloadServer);
  const logs = join(data, 'logs');
  await mkdir(logs, { recursive: true });
  const log = openSync(join(logs, 'temporal.log'), 'a');
  const child = spawn(
    binary,
    // prettier-ignore
    ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(PORT), '--ui-port', String(uiPort), '--db-filename', join(data, 'temporal.db'), '--log-level', 'warn', '--namespace', settings.namespace],
    { detached: true, stdio: ['ignore', log, log], env: withoutSecrets(environment) },
  );
  closeSync(log);
  let ended: string | null = null;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended = signal ?? `exit code ${code}`));
  child.unref();
  if (child.pid !== undefined) await writeFile(pidFile, String(child.pid));
  const until = performance.now() + PATIENCE;
  while (!(await answers(settings, LOCAL_ADDRESS))) {
    if (ended !== null || performance.now() > until) {
      if (child.pid !== undefined && ended === null) process.kill(child.pid, 'SIGKILL');
      await rm(pidFile, { force: true });
      throw new NoTemporal(
        `The Temporal server ${binary} did not start (${ended ?? `no answer within ${PATIENCE / 1000} s`}); its log is ${join(logs, 'temporal.log')}.`,
      );
    }
    await sleep(200);
  }
  return {
    address: LOCAL_ADDRESS,
    uiUrl: `http://127.0.0.1:${uiPort}`,
    origin: 'started here',
    stop: () => (child.pid === undefined ? leave() : end(child.pid, pidFile)),
  };
}

/** The download that Temporal's testing package makes, into our cache. @throws when it cannot be had. */
async function downloadServer(folder: string): Promise<string> {
  // Loaded when it is needed: it is the last but one resort.
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir: folder } },
  });
  await environment.teardown();
  const [file] = (await readdir(folder)).filter((name) => name.startsWith('temporal')).sort();
  if (file === undefined) throw new Error('the download left no program behind');
  return join(folder, file);
}

/** Process id of a server that an earlier start of this data folder left running; null when it is gone. */
async function ownServer(pidFile: string): Promise<number | null> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 1) return null;
  try {
    process.kill(pid, 0);
  } catch {
    return null;
  }
  // A number may have gone to another program since; where /proc is, its command line tells.
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'start-dev');
  return command.includes('start-dev') ? pid : null;
}

async function end(pid: number, pidFile: string): Promise<void> {
  const alive = (): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  if (alive()) process.kill(pid, 'SIGTERM');
  for (const until = performance.now() + 10_000; alive() && performance.now() < until;) await sleep(50);
  if (alive()) process.kill(pid, 'SIGKILL');
  await rm(pidFile, { force: true });
}

/** The server needs no key of anybody. */
function withoutSecrets(environment: ServerOptions['environment']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !/^(TMDB_|MARQUEE_)/.test(entry[0]),
    ),
  );
}
