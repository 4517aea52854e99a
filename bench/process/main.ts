import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BENCH_FOLDER, bundle } from '../bundle.js';
import { measure, run, type Measured } from '../measure.js';
import { python } from '../python.js';
import { round, table } from '../table.js';
import { differences, type Answers } from './answers.js';

/**
 * From a crawl's blocks to clean films, genre trends, rankings of people and ROI, beside Python Polars, DuckDB, pandas
 * and PySpark, which read the same files, do the same and write the same tables. Options: `--short`; `films=<n>,…`;
 * `peers=polars,duckdb,…` or `peers=` for none; `data=<folder>` with blocks that are there already.
 */
const words = process.argv.slice(2);
const option = (name: string): string | undefined =>
  words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
const sizes = (option('films') ?? (words.includes('--short') ? '10000' : '430000,1100000'))
  .split(',')
  .map(Number);
const PEERS = {
  polars: 'Python Polars 2.1',
  duckdb: 'DuckDB 2.0 (Python)',
  pandas: 'pandas 3.1',
  spark: 'PySpark 4.3 local[2]',
};
/** More films than this only those peers get that need minutes for them, not quarters of an hour. */
const MOST: Readonly<Record<string, number>> = { pandas: 500_000, spark: 500_000 };
const peers = Object.entries(PEERS).filter(([name]) =>
  (option('peers') ?? 'polars,duckdb,pandas,spark').split(',').includes(name),
);

console.log('## Process\n');
console.log(
  'Cleaning, genre trends, people and ROI over Parquet blocks of synthetic films: whole processes with their imports, the same files read, the same tables written, equal answers asserted (films of each genre, the trend of Drama, the ten busiest actors, the ten best returns); pandas and PySpark up to 500,000 films. Wanted at 430,000: 15 times as fast as PySpark, at most 1.3 times the time of Python Polars, a peak under 1 GB; under 2 GB at 1,100,000.\n',
);
for (const films of sizes) await compare(films);

async function compare(films: number): Promise<void> {
  const data = option('data') ?? (await prepare(films));
  const folder = await mkdtemp(join(tmpdir(), 'marquee-process-'));
  try {
    const program = await bundle(new URL('./marquee.ts', import.meta.url));
    process.stderr.write(`${films} films: marquee\n`);
    const ours = await measured(process.execPath, [program], data, folder, 'marquee');
    const rows = [rowOf('Marquee', ours, ours)];
    const wanted = JSON.parse(ours.stdout) as Answers;
    for (const [name, label] of peers.filter(([name]) => films <= (MOST[name] ?? Infinity))) {
      process.stderr.write(`${films} films: ${name}\n`);
      const script = new URL(`./${name}_peer.py`, import.meta.url).pathname;
      const theirs = await measured(await python(), [script], data, folder, name).catch(
        (error: Error) => error,
      );
      if (theirs instanceof Error) {
        process.stderr.write(`${theirs.message}\n`);
        rows.push([label, 'failed', '', '', '']);
        continue;
      }
      const last = theirs.stdout.trim().split('\n').at(-1) as string;
      const wrong = differences(wanted, JSON.parse(last) as Answers);
      if (wrong.length > 0) throw new Error(`${name} answers otherwise than marquee: ${wrong.join('; ')}`);
      rows.push(rowOf(label, theirs, ours));
    }
    console.log(`### ${films.toLocaleString('en-US')} films\n`);
    console.log(`${table(['', 'wall s', 'CPU s', 'peak MB', 'time beside Marquee'], rows)}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function rowOf(
  label: string,
  { seconds, cpuSeconds, peakMB }: Measured,
  ours: Measured,
): (string | number)[] {
  return [
    label,
    round(seconds, 1),
    round(cpuSeconds, 1),
    round(peakMB, 0),
    `${round(seconds / ours.seconds, 2)} ×`,
  ];
}

async function measured(
  command: string,
  args: readonly string[],
  data: string,
  folder: string,
  name: string,
): Promise<Measured> {
  const out = join(folder, name);
  await mkdir(out);
  try {
    return await measure(command, [...args, data, out]);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** Blocks of a synthetic catalogue, made once in two processes. */
async function prepare(films: number): Promise<string> {
  const folder = `${BENCH_FOLDER}blocks-${films}`;
  const ready = await readFile(`${folder}/ready`, 'utf8').catch(() => null);
  if (ready === null) {
    process.stderr.write(`${films} films: writing blocks\n`);
    const program = await bundle(new URL('./blocks.ts', import.meta.url));
    await Promise.all(
      ['0', '1'].map((part) => run(process.execPath, [program, `synthetic:${films}`, folder, part, '2'])),
    );
    await run('touch', [`${folder}/ready`]);
  }
  return folder;
}
