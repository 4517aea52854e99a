import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { readPlanFile } from '../../cli/root.js';
import { connectClient, readTemporalSettings } from '../../temporal/connection.js';
import { findOrStartServer } from '../../temporal/server.js';
import { bundle } from '../bundle.js';
import { run } from '../measure.js';
import { processesOf, useOf } from '../processes.js';
import { round, table } from '../table.js';
import { pacing, type Pacing } from './pacing.js';

/**
 * The whole program at a rate budget: a Temporal server, a worker and a local TMDB server for each budget, both at the
 * same time, counted at the TMDB servers. Options: `--short`; `seconds=<n>`; `rates=<n>,…`.
 */
const words = process.argv.slice(2);
const option = (name: string): string | undefined =>
  words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
const seconds = Number(option('seconds') ?? (words.includes('--short') ? 60 : 600));
const budgets = (option('rates') ?? '40,200').split(',').map(Number);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

await run('npm', ['--prefix', ROOT, 'run', '--silent', 'build']);
const { window } = (await readPlanFile()).fetch;
const serverProgram = await bundle(new URL('../fetch/server.ts', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'marquee-pacing-'));
const settings = readTemporalSettings({});
const temporal = await findOrStartServer({ settings, environment: {}, data: folder, say: () => undefined });
const client = await connectClient(settings, temporal.address);
try {
  process.stderr.write(`${budgets.join(' and ')} requests a second for ${seconds} s, side by side\n`);
  const seen = await Promise.all(budgets.map((budget) => measured(client, budget)));
  console.log('## Rate budget\n');
  console.log(
    `The whole program – Temporal server, worker, ${window} batches in flight – with a budget of requests per second, all budgets at the same time on one machine, for ${seconds} s each; counted at the local TMDB server from its access log. Wanted: at least 97 % of the budget used; in no whole second more than the budget + ${window}; in no ten seconds, beginning at any request, more than 1.01 times the budget.\n`,
  );
  console.log(
    table(
      [
        'budget/s',
        'requests',
        'share used',
        'busiest second',
        'any 1 s',
        'any 10 s',
        'worker CPU s',
        'as wanted',
      ],
      seen.map(({ budget, counted, cpuSeconds }) => [
        budget,
        counted.requests,
        `${(counted.share * 100).toFixed(2)} %`,
        `${counted.busiestSecond} (≤ ${budget + window})`,
        counted.busiestAnySecond,
        `${counted.busiestTen} (≤ ${Math.floor(10.1 * budget)})`,
        round(cpuSeconds, 1),
        isAsWanted(budget, counted) ? 'yes' : 'NO',
      ]),
    ),
  );
} finally {
  await client.connection.close();
  await temporal.stop();
  await rm(folder, { recursive: true, force: true });
}

function isAsWanted(budget: number, { share, busiestSecond, busiestTen }: Pacing): boolean {
  return share >= 0.97 && busiestSecond <= budget + window && busiestTen <= 10.1 * budget;
}

interface Seen {
  readonly budget: number;
  readonly counted: Pacing;
  readonly cpuSeconds: number;
}

/** A worker of its own data folder fetches at a budget; the run is cancelled when its time is over. */
async function measured(client: Client, budget: number): Promise<Seen> {
  const catalogue = `synthetic:${Math.ceil(budget * (seconds + 30) * 1.05)}`;
  const log = join(folder, `${budget}.log`);
  const source = await startSource(catalogue, log);
  const worker = spawn(process.execPath, ['dist/cli/main.js', 'worker'], {
    cwd: ROOT,
    env: {
      ...process.env,
      MARQUEE_DATA: join(folder, String(budget)),
      MARQUEE_CATALOGUE: 'tmdb',
      TEMPORAL_ADDRESS: temporal.address,
      TMDB_BASE_URL: source.url,
      TMDB_EXPORT_URL: source.url.replace(/\/3$/, '/p/exports'),
      TMDB_RATE: String(budget),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const data = await new Promise<string>((done, refuse) => {
    let said = '';
    worker.stderr.on('data', (piece: Buffer) => {
      said += piece.toString();
      const id = /\(([0-9a-f]{8})\) at/.exec(said)?.[1];
      if (id !== undefined) done(id);
    });
    worker.once('exit', (code) => refuse(new Error(`The worker ended with code ${code}:\n${said}`)));
  });
  try {
    const handle = await client.workflow.start('moviePipeline', {
      workflowId: `pacing-${budget}`,
      taskQueue: 'marquee',
      args: [{ data, catalogue: 'tmdb', rate: budget }],
    });
    while (pacing(await readFile(log, 'utf8'), budget, seconds).requests === 0) await sleep(100);
    await sleep(seconds * 1000 + 2000);
    const cpuSeconds = processesOf(worker.pid as number).reduce(
      (sum, pid) => sum + (useOf(pid)?.cpuSeconds ?? 0),
      0,
    );
    await handle.cancel();
    await handle.result().catch(() => undefined);
    await source.stop();
    return { budget, counted: pacing(await readFile(log, 'utf8'), budget, seconds), cpuSeconds };
  } finally {
    const gone = new Promise((done) => worker.once('close', done));
    worker.kill('SIGTERM');
    await gone;
    await source.stop();
  }
}

async function startSource(
  catalogue: string,
  log: string,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const child: ChildProcess = fork(serverProgram, [catalogue, log], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  const url = await new Promise<string>((done, refuse) => {
    child.once('message', (message: { url: string }) => done(message.url));
    child.once('exit', (code) => refuse(new Error(`The local server ended with code ${code}.`)));
  });
  return {
    url,
    async stop() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
