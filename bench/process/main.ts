import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BENCH_FOLDER, bundle } from '../bundle.js';
import { measure, run, type Measured } from '../measure.js';
import { python } from '../python.js';
import { median, round, table } from '../table.js';
import { differences, type Answers } from './answers.js';

/**
 * From a crawl's blocks to clean films, genre trends, rankings of people and ROI, beside Python Polars, DuckDB, pandas
 * and PySpark, which read the same files, do the same and write the same tables. Options: `--short`; `films=<n>,…`;
 * `peers=polars,duckdb,…` or `peers=` for none; `rounds=<n>`; `data=<folder>` with blocks that are there already.
 */
const words = process.argv.slice(2);
const option = (name: string): string | undefined =>
  words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
const short = words.includes('--short');
const sizes = (option('films') ?? (short ? '10000' : '430000,1100000')).split(',').map(Number);
const rounds = Number(option('rounds') ?? (short ? 1 : 3));
const PEERS: Readonly<Record<string, string>> = {
  polars: 'Python Polars 2.1',
  duckdb: 'DuckDB 2.0 (Python)',
  pandas: 'pandas 3.1',
  spark: 'PySpark 4.3 local[2]',
};
/** More films than this only those peers get that need minutes for them, not quarters of an hour. */
const MOST: Readonly<Record<string, number>> = { pandas: 500_000, spark: 500_000 };
const asked = (option('peers') ?? Object.keys(PEERS).join(',')).split(',').filter((name) => name in PEERS);

console.log('## Process\n');
console.log(
  `Cleaning, genre trends, people and ROI over Parquet blocks of synthetic films: whole processes with their imports, the same files read, the same tables written, equal answers asserted (films of each genre, the trend of Drama, the ten busiest actors, the ten best returns); pandas and PySpark up to 500,000 films. Rounds, in turn: ${rounds}; medians, and the lowest and highest of wall time and of peak memory. Wanted at 430,000: 15 times as fast as PySpark, at most 1.3 times the time of Python Polars, a peak under 1 GB; under 2 GB at 1,100,000.\n`,
);
for (const films of sizes) await compare(films);

async function compare(films: number): Promise<void> {
  const data = option('data') ?? (await prepare(films));
  const folder = await mkdtemp(join(tmpdir(), 'marquee-process-'));
  try {
    const all = await inTurn(films, await contestants(films), data, folder);
    const ours = all[0]!.measured;
    console.log(`### ${films.toLocaleString('en-US')} films\n`);
    const columns = [
      '',
      'wall s',
      'lowest–highest',
      'CPU s',
      'peak MB',
      'lowest–highest',
      'time beside Marquee',
    ];
    console.log(
      `${table(
        columns,
        all.map((one) => rowOf(one, ours)),
      )}\n`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A program that is measured; `failed`: no more is asked of it. */
interface Contestant {
  readonly name: string;
  readonly label: string;
  readonly command: string;
  readonly script: string;
  readonly measured: Measured[];
  failed: boolean;
}

/** Marquee and the peers that such a number of films is for. */
async function contestants(films: number): Promise<Contestant[]> {
  const one = (name: string, label: string, command: string, script: string): Contestant => ({
    ...{ name, label, command, script },
    measured: [],
    failed: false,
  });
  const program = await bundle(new URL('./marquee.ts', import.meta.url));
  const all = [one('marquee', 'Marquee', process.execPath, program)];
  for (const name of asked.filter((name) => films <= (MOST[name] ?? Infinity))) {
    const script = new URL(`./${name}_peer.py`, import.meta.url).pathname;
    all.push(one(name, PEERS[name]!, await python(), script));
  }
  return all;
}

/** Each program in each round, Marquee first. In turn, as the machine is now faster, now slower. */
async function inTurn(
  films: number,
  all: readonly Contestant[],
  data: string,
  folder: string,
): Promise<readonly Contestant[]> {
  let wanted: Answers | null = null;
  for (let n = 1; n <= rounds; n++)
    for (const one of all.filter(({ failed }) => !failed)) {
      process.stderr.write(`${films} films: ${one.name}, round ${n}\n`);
      const got = await measured(one, data, folder).catch((error: Error) => error);
      if (got instanceof Error) {
        if (one === all[0]) throw got;
        process.stderr.write(`${got.message}\n`);
        one.failed = true;
        continue;
      }
      one.measured.push(got);
      const answers = JSON.parse(got.stdout.trim().split('\n').at(-1) as string) as Answers;
      const wrong = differences((wanted ??= answers), answers);
      if (wrong.length > 0)
        throw new Error(`${one.name} answers otherwise than marquee: ${wrong.join('; ')}`);
    }
  return all;
}

function rowOf({ label, measured, failed }: Contestant, ours: readonly Measured[]): (string | number)[] {
  if (failed) return [label, 'failed', '', '', '', '', ''];
  const wall = measured.map(({ seconds }) => seconds);
  const cpu = measured.map(({ cpuSeconds }) => cpuSeconds);
  const peak = measured.map(({ peakMB }) => peakMB);
  const times = median(wall) / median(ours.map(({ seconds }) => seconds));
  return [
    label,
    ...[round(median(wall), 1), span(wall, 1)],
    round(median(cpu), 1),
    ...[round(median(peak), 0), span(peak, 0)],
    `${round(times, 2)} ×`,
  ];
}

/** The lowest and the highest of some values. */
function span(values: readonly number[], digits: number): string {
  const text = (value: number): string => round(value, digits).toLocaleString('en-US');
  return `${text(Math.min(...values))}–${text(Math.max(...values))}`;
}

async function measured(
  { name, command, script }: Contestant,
  data: string,
  folder: string,
): Promise<Measured> {
  const out = join(folder, name);
  await mkdir(out);
  try {
    return await measure(command, [script, data, out]);
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
