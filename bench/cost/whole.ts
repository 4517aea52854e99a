import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { newestSnapshot } from '../../dataset/snapshots.js';
import { openStore } from '../../dataset/store.js';
import { ask } from '../graphql/questions.js';
import { processesOf, useOf } from '../processes.js';
import { writeHistory } from './history.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Milliseconds that a pipeline over ten thousand films and its training may take. */
const MOST_TIME = 1_200_000;

/** `marquee start`: Temporal server, worker and API. */
export interface Whole {
  readonly url: string;
  /** Of the API alone. */
  readonly pid: number;
  /** A run that is paused. */
  readonly run: string;
  stop(): Promise<void>;
}

/** Starts everything over a catalogue, whose snapshot is made where the folder has none, and leaves a run open. */
export async function startWhole(data: string, file: string, ratings: string): Promise<Whole> {
  mkdirSync(data, { recursive: true });
  const port = await freePort();
  const marquee = spawn(
    process.execPath,
    ['dist/cli/main.js', 'start', '--catalogue', `file:${file}`, '--data', data, '--port', String(port)],
    { cwd: ROOT, env: { ...process.env, MARQUEE_RATINGS: ratings }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const stop = (): Promise<void> => end(marquee);
  try {
    await said(marquee, 'Ctrl-C');
    const url = `http://127.0.0.1:${port}`;
    const api = processesOf(marquee.pid as number).find((pid) => / serve$/.test(useOf(pid)?.command ?? ''));
    if (api === undefined) throw new Error('marquee start has no API below it');

    const store = await openStore(data);
    const { snapshot } = await ask<{ snapshot: { catalogue: string } }>(
      url,
      plain('{ snapshot { catalogue } }'),
    );
    const manifest = await newestSnapshot(store, snapshot.catalogue);
    const films = manifest?.tables.find(({ table }) => table === 'films');
    await writeHistory(store, snapshot.catalogue, await store.bring(films!.path));
    return { url, pid: api, run: await pausedRun(url), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const plain = (query: string, variables: Record<string, unknown> = {}) => ({ query, variables });

/** One that a benchmark before it left, or a new one. */
async function pausedRun(url: string): Promise<string> {
  const { runs } = await ask<{ runs: { id: string; closedAt: string | null }[] }>(
    url,
    plain('{ runs(first: 20) { id closedAt } }'),
  );
  const open = runs.find(({ closedAt }) => closedAt === null);
  if (open !== undefined) return open.id;
  const { startRun } = await ask<{ startRun: { id: string } }>(
    url,
    plain('mutation { startRun(input: { catalogue: "synthetic:200", force: true }) { id } }'),
  );
  const { id } = startRun;
  await sleep(2000);
  await ask(url, plain('mutation ($id: ID!) { pauseRun(id: $id) { id } }', { id }));
  // What was under way ends.
  await sleep(15_000);
  return id;
}

/** Waits for a line that holds `words`. */
async function said(child: ChildProcess, words: string): Promise<void> {
  await new Promise<void>((done, fail) => {
    const late = setTimeout(() => fail(new Error(`no "${words}" in ${MOST_TIME / 1000} s`)), MOST_TIME);
    createInterface(child.stdout!).on('line', (line) => {
      process.stderr.write(`${line}\n`);
      if (!line.includes(words)) return;
      clearTimeout(late);
      done();
    });
    child.once('close', (code) => fail(new Error(`marquee start ended with code ${code}`)));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  child.kill('SIGTERM');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
