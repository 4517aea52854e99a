import { spawn } from 'node:child_process';
import { readdir, readFile, rm, stat, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectClient, readTemporalSettings } from '../../temporal/connection.js';
import { findOrStartServer } from '../../temporal/server.js';
import { run } from '../measure.js';
import { processesOf, useOf, type ProcessUse } from '../processes.js';
import { round, table } from '../table.js';
import { growthPicture } from './growth.js';
import { freePort } from '../../temporal/ports.js';

/**
 * `marquee start --once` over synthetic catalogues: time of each task, peak memory of each process, bytes on disk,
 * events in the histories, delay of the event loops. Options: `--short`; `films=<n>,…`; `keep=<folder>` for the data.
 */
const words = process.argv.slice(2);
const option = (name: string): string | undefined =>
  words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
const sizes = (option('films') ?? (words.includes('--short') ? '5000' : '10000,100000,430000,1100000'))
  .split(',')
  .map(Number);
const GROWTH = fileURLToPath(new URL('../../docs/growth.svg', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Result {
  readonly films: number;
  readonly seconds: number;
  readonly tasks: ReadonlyMap<string, number>;
  /** By the name of the process. */
  readonly processes: ReadonlyMap<string, ProcessUse>;
  readonly bytes: number;
  readonly histories: ReadonlyMap<string, number>;
  readonly loops: ReadonlyMap<string, Loop>;
}

interface Loop {
  /** Milliseconds. */
  readonly p999: number;
  readonly max: number;
  readonly stalls: number;
}

await run('npm', ['--prefix', ROOT, 'run', '--silent', 'build']);
const results: Result[] = [];
for (const films of sizes) {
  process.stderr.write(`${films} films: the whole pipeline\n`);
  results.push(await pipeline(films));
}
const columns = ['', ...sizes.map((films) => films.toLocaleString('en-US'))];
const line = (name: string, value: (of: Result) => number | string): (string | number)[] => [
  name,
  ...results.map(value),
];
const names = (of: (result: Result) => ReadonlyMap<string, unknown>): string[] => [
  ...new Set(results.flatMap((result) => [...of(result).keys()])),
];
console.log('## Pipeline\n');
console.log(
  '`npm start -- --once` over synthetic films, profile `quick`, from nothing to the served snapshot.\n',
);
console.log('Seconds of each task; some run side by side.\n');
console.log(
  table(columns, [
    line('whole command', ({ seconds }) => round(seconds, 1)),
    ...names(({ tasks }) => tasks).map((name) => line(name, ({ tasks }) => round(tasks.get(name) ?? 0, 1))),
  ]),
);
console.log('\nPeak memory of each process in MB, and disk.\n');
console.log(
  table(columns, [
    ...names(({ processes }) => processes).map((name) =>
      line(name, ({ processes }) => round(processes.get(name)?.peakMB ?? 0, 0)),
    ),
    line('data folder, MB', ({ bytes }) => round(bytes / 1e6, 0)),
  ]),
);
console.log('\nEvents in the largest history of each workflow; Temporal’s guidance is 10,000.\n');
console.log(
  table(
    columns,
    names(({ histories }) => histories).map((name) =>
      line(name, ({ histories }) => histories.get(name) ?? 0),
    ),
  ),
);
console.log(
  '\nEvent loops during the run: how late in milliseconds at the 99.9th percentile (wanted: 50) and at most, and stalls, gaps above 100 ms in which that thread itself used more than 80 ms of CPU (wanted: 0).\n',
);
console.log(
  table(
    columns,
    names(({ loops }) => loops).flatMap((name) => [
      line(`${name}, p99.9`, ({ loops }) => round(loops.get(name)?.p999 ?? 0, 1)),
      line(`${name}, latest`, ({ loops }) => round(loops.get(name)?.max ?? 0, 0)),
      line(`${name}, stalls`, ({ loops }) => loops.get(name)?.stalls ?? 0),
    ]),
  ),
);

if (results.length > 1 && !words.includes('--short')) {
  const series = (name: string, value: (of: Result) => number) => ({ name, values: results.map(value) });
  const slow = names(({ tasks }) => tasks).filter((name) =>
    results.some(({ tasks }) => (tasks.get(name) ?? 0) >= 5),
  );
  await writeFile(
    GROWTH,
    growthPicture(
      'How cost grows with the catalogue',
      'Seconds of the whole pipeline and of its longer tasks, both axes logarithmic; dashed: twice the films, twice the time.',
      sizes,
      [
        series('whole command', ({ seconds }) => seconds),
        ...slow.map((name) => series(name, ({ tasks }) => tasks.get(name) ?? 0)),
      ],
    ),
  );
  console.log('\n![Seconds of the pipeline and its tasks from ten thousand films on](growth.svg)');
}

async function pipeline(films: number): Promise<Result> {
  const data = option('keep') ?? (await mkdtemp(join(tmpdir(), 'marquee-pipeline-')));
  const settings = readTemporalSettings({});
  const server = await findOrStartServer({ settings, environment: {}, data, say: () => undefined });
  try {
    const [port, metricsPort] = [await freePort(), await freePort()];
    const started = performance.now();
    const child = spawn(
      process.execPath,
      [
        ...['dist/cli/main.js', 'start', '--once', '--catalogue', `synthetic:${films}`],
        ...['--data', data, '--port', String(port)],
      ],
      {
        cwd: ROOT,
        env: { ...process.env, TEMPORAL_ADDRESS: server.address, MARQUEE_METRICS_PORT: String(metricsPort) },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let complaint = '';
    child.stderr.on('data', (piece: Buffer) => (complaint += piece.toString()));
    const processes = new Map<string, ProcessUse>();
    const watch = setInterval(() => {
      // The Temporal server is this process's own child.
      for (const pid of processesOf(process.pid).filter((one) => one !== process.pid)) {
        const use = useOf(pid);
        const name = use === null ? null : nameOf(use.command);
        if (use !== null && name !== null && use.peakMB >= (processes.get(name)?.peakMB ?? 0))
          processes.set(name, use);
      }
    }, 500);
    const loops = new Map<string, Loop>();
    const scrape = setInterval(() => {
      void readLoop(`http://127.0.0.1:${metricsPort}/metrics`).then(
        (loop) => loop && loops.set('worker', loop),
      );
      void readLoop(`http://127.0.0.1:${port}/metrics`).then((loop) => loop && loops.set('api', loop));
    }, 2000);
    const code = await new Promise<number | null>((done) => child.once('close', done));
    const seconds = (performance.now() - started) / 1000;
    clearInterval(watch);
    clearInterval(scrape);
    if (code !== 0) throw new Error(`The run over ${films} films ended with code ${code}:\n${complaint}`);
    const client = await connectClient(settings, server.address);
    const histories = new Map<string, number>();
    for await (const { type, historyLength } of client.workflow.list())
      histories.set(type, Math.max(historyLength ?? 0, histories.get(type) ?? 0));
    await client.connection.close();
    return {
      films,
      seconds,
      tasks: await taskTimes(data),
      processes,
      bytes: await bytesOf(data),
      histories,
      loops,
    };
  } finally {
    await server.stop();
    if (option('keep') === undefined) await rm(data, { recursive: true, force: true });
  }
}

function nameOf(command: string): string | null {
  if (/main\.js worker/.test(command)) return 'worker';
  if (/main\.js serve/.test(command)) return 'api';
  if (/main\.js tmdb-server|server\.thread/.test(command)) return 'local TMDB server';
  if (/main\.js start/.test(command)) return 'start';
  return /temporal/.test(command) && /server/.test(command) ? 'Temporal server' : null;
}

/** Null when nobody answers. */
async function readLoop(url: string): Promise<Loop | null> {
  try {
    const text = await (await fetch(url)).text();
    const value = (name: string): number =>
      Number(
        text
          .split('\n')
          .find((row) => row.startsWith(name))
          ?.split(' ')[1],
      );
    return {
      p999: value('marquee_event_loop_delay_seconds{quantile="0.999"}') * 1000,
      max: value('marquee_event_loop_delay_seconds{quantile="1"}') * 1000,
      stalls: value('marquee_event_loop_stalls_total'),
    };
  } catch {
    return null;
  }
}

/** Seconds by task, in the order in which they ended. */
async function taskTimes(data: string): Promise<Map<string, number>> {
  const records: {
    readonly task: string;
    readonly seconds: number;
    readonly start: number;
    readonly end: number;
  }[] = [];
  for (const task of await readdir(join(data, 'artefacts')))
    for (const file of await readdir(join(data, 'artefacts', task))) {
      if (!file.endsWith('.json')) continue;
      const { createdAt, seconds } = JSON.parse(
        await readFile(join(data, 'artefacts', task, file), 'utf8'),
      ) as {
        readonly createdAt: string;
        readonly seconds: number;
      };
      const start = Date.parse(createdAt);
      records.push({ task, seconds, start, end: start + seconds * 1000 });
    }
  const listed = records.find(({ task }) => task === 'ids');
  return new Map(
    records
      .sort((a, b) => a.end - b.end)
      // The fetch is a workflow: its record is written when its blocks are gathered.
      .map(({ task, seconds, end }) => [
        task,
        task === 'documents' && listed !== undefined ? (end - listed.end) / 1000 : seconds,
      ]),
  );
}

async function bytesOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  return bytes;
}
