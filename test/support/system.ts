import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { findProgram } from './programs.js';
import { freePort } from '../../temporal/ports.js';

/** The program as a user has it: the compiled command line, a real Temporal server, a folder on disk. */

export const ROOT = resolve(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/cli/main.js');

export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `marquee-${name}-`));
}

/** Path of the Temporal CLI, which carries the development server. */
export function temporalCli(): string {
  const found = findProgram('temporal', 'TEMPORAL_CLI');
  if (found === null)
    throw new Error(
      'These tests need the Temporal CLI: https://docs.temporal.io/cli#install, or run .ci/run once.',
    );
  return found;
}

export interface TemporalServer {
  readonly address: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

export async function startTemporalServer(
  folder: string,
  port?: number,
): Promise<TemporalServer & { readonly port: number }> {
  const chosen = port ?? (await freePort());
  const child = spawn(
    temporalCli(),
    // prettier-ignore
    ['server', 'start-dev', '--headless', '--port', String(chosen), '--db-filename', join(folder, 'temporal.db'), '--log-level', 'never'],
    { stdio: 'ignore' },
  );
  const address = `127.0.0.1:${chosen}`;
  for (let attempt = 0; ; attempt++) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 1000 });
      await connection.close();
      break;
    } catch (error) {
      if (attempt > 60 || child.exitCode !== null) throw error;
      await sleep(250);
    }
  }
  return { address, port: chosen, process: child, stop: () => end(child) };
}

async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await gone;
  clearTimeout(timer);
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Environment of this test run without what would reach out of it. */
export function environment(extra: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(TMDB|MARQUEE|TEMPORAL|NODE_OPTIONS|VITEST)/.test(entry[0]),
  );
  return { ...Object.fromEntries(kept), TEMPORAL_CLI: temporalCli(), ...extra };
}

export interface Running {
  readonly process: ChildProcess;
  /** What the process said when it became ready. */
  readonly ready: Promise<Record<string, string>>;
  readonly outcome: Promise<Outcome>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts `marquee <args>` and goes on. */
export function launch(args: readonly string[], extra: Readonly<Record<string, string>>): Running {
  const child = fork(MAIN, [...args], { env: environment(extra), silent: true, execArgv: [] });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const outcome = new Promise<Outcome>((done) =>
    child.once('close', (code) => done({ code, stdout, stderr })),
  );
  const ready = new Promise<Record<string, string>>((done, fail) => {
    child.on('message', (message: { ready?: Record<string, string> }) => {
      if (message.ready) done(message.ready);
    });
    void outcome.then(({ code }) =>
      fail(new Error(`marquee ${args.join(' ')} ended with ${code}: ${stderr}`)),
    );
  });
  ready.catch(() => undefined);
  return { process: child, ready, outcome, stop: (signal) => end(child, signal) };
}

/** Starts a local TMDB server over a catalogue, and says where a program finds it. */
export async function startSource(
  catalogue: string,
  ...flags: string[]
): Promise<{ readonly server: Running; readonly where: Readonly<Record<string, string>> }> {
  const server = launch(['tmdb-server', '--catalogue', catalogue, '--port', '0', ...flags], {});
  const { url, exportUrl } = await server.ready;
  return { server, where: { TMDB_BASE_URL: url as string, TMDB_EXPORT_URL: exportUrl as string } };
}

/** Runs `marquee <args>` to its end. */
export async function marquee(
  args: readonly string[],
  extra: Readonly<Record<string, string>>,
): Promise<Outcome> {
  return await launch(args, extra).outcome;
}

/** Asks a GraphQL API over HTTP; fails on errors unless they are asked for. */
export async function ask<Data>(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Data> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await response.json()) as { data: Data; errors?: readonly { message: string }[] };
  if (body.errors) throw new Error(body.errors.map((error) => error.message).join('; '));
  return body.data;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Process ids of the children of a process whose command line holds a word, by what /proc says. */
export function childrenOf(parent: number, word: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
        // The name in parentheses may hold anything; the parent stands second after it.
        const owner = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return owner === parent && command.includes(word);
      } catch {
        return false;
      }
    });
}

/** Waits until something holds; fails with `what` after `seconds`. */
export async function until(
  what: string,
  seconds: number,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(50)) if (await holds()) return;
  throw new Error(`after ${seconds} s not yet: ${what}`);
}
