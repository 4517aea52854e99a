import { fork, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pl from 'nodejs-polars';
import { parseCatalogue } from '../../tmdb/catalogues/catalogue.js';
import { openCatalogue } from '../../tmdb/catalogues/open.js';
import { bundle } from '../bundle.js';
import { measure, type Measured } from '../measure.js';
import { python } from '../python.js';
import { table } from '../table.js';

/**
 * Films per second from the local server to Parquet on disk, beside Python. Options: `--short`; `films=<n>`;
 * `peer=no`.
 */
const words = process.argv.slice(2);
const short = words.includes('--short');
const option = (name: string): string | undefined =>
  words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
const films = Number(option('films') ?? (short ? 5000 : 30_000));

const folder = await mkdtemp(join(tmpdir(), 'marquee-fetch-'));
try {
  const programs = {
    server: await bundle(new URL('./server.ts', import.meta.url)),
    fetch: await bundle(new URL('./marquee.ts', import.meta.url)),
  };
  await bundle(new URL('../../activities/thread.ts', import.meta.url), 'fetch/thread.js');
  console.log('## Fetch\n');
  await uncapped(programs);
} finally {
  await rm(folder, { recursive: true, force: true });
}

interface Programs {
  readonly server: string;
  readonly fetch: string;
}

async function uncapped(programs: Programs): Promise<void> {
  const catalogue = `synthetic:${films}`;
  const ids = await idsOf(catalogue);
  const server = await startServer(programs.server, catalogue, join(folder, 'uncapped.log'));
  try {
    const rows: (string | number)[][] = [];
    const add = (name: string, { seconds, cpuSeconds, peakMB }: Measured): number => {
      rows.push([name, films / seconds, seconds, cpuSeconds, peakMB]);
      return films / seconds;
    };
    const run = async (name: string, command: string, args: readonly string[]): Promise<Measured> => {
      const out = join(folder, name);
      await mkdir(out);
      process.stderr.write(`${name}: ${films} films\n`);
      const measured = await measure(command, [...args, server.url, ids, out]);
      await requireIds(name, out, ids);
      return measured;
    };
    const script = `${programs.fetch}`;
    const out = join(folder, 'marquee');
    await mkdir(out);
    process.stderr.write(`marquee: ${films} films\n`);
    const ours = await measure(process.execPath, [script, server.url, ids, out, '0', '1000', '0']);
    await requireIds('marquee', out, ids);
    const own = add('Marquee, 4 batches of 16 requests in flight', ours);
    let ratio = '';
    if (option('peer') !== 'no') {
      const peer = new URL('./peer.py', import.meta.url).pathname;
      const theirs = add('Python requests, 20 threads', await run('python', await python(), [peer]));
      ratio = ` Marquee fetched ${(own / theirs).toFixed(1)} times as many films per second (wanted: 3).`;
    }
    console.log(
      `${films.toLocaleString('en-US')} films of ${catalogue} from the local server in a process of its own, without a rate, to Parquet files of 1,000 films; both left the same ids.${ratio}\n`,
    );
    console.log(table(['', 'films/s', 'wall s', 'CPU s', 'peak MB'], rows));
  } finally {
    await server.stop();
  }
}

async function idsOf(catalogueName: string): Promise<string> {
  const catalogue = await openCatalogue(parseCatalogue(catalogueName));
  const ids: number[] = [];
  for await (const { id } of catalogue.list()) ids.push(id);
  await catalogue.close();
  const path = join(folder, `${catalogueName.replace(':', '-')}.json`);
  await writeFile(path, JSON.stringify(ids));
  return path;
}

async function startServer(
  program: string,
  catalogue: string,
  log: string,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const child: ChildProcess = fork(program, [catalogue, log], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const url = await new Promise<string>((done, refuse) => {
    child.once('message', (message: { url: string }) => done(message.url));
    child.once('exit', (code) => refuse(new Error(`The local server ended with code ${code}.`)));
  });
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  return {
    url,
    async stop() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

/** @throws Error when the Parquet files of a folder do not hold exactly these films. */
async function requireIds(name: string, out: string, idsFile: string): Promise<void> {
  const wanted = JSON.parse(await readFile(idsFile, 'utf8')) as number[];
  const got = await pl.scanParquet(join(out, '*.parquet')).select('id').sort('id').collect();
  const ids = got.getColumn('id').toArray() as number[];
  if (ids.length !== wanted.length || ids.some((id, at) => id !== wanted[at]))
    throw new Error(`${name} wrote ${ids.length} films that are not the ${wanted.length} of the catalogue.`);
}
