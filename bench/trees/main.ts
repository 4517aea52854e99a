import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../bundle.js';
import { measure, type Measured } from '../measure.js';
import { python } from '../python.js';
import { round, table } from '../table.js';
import { genreTable, mixedTable } from './data.js';
import { worksOf, type Asked, type Trained, type Work } from './works.js';

/**
 * Forest and boosting beside scikit-learn, LightGBM and PySpark MLlib on the same rows. Options: `--short`;
 * `peers=scikit-learn,LightGBM,…` or `peers=` for none; `threads=<n>`.
 */
const words = process.argv.slice(2);
const option = (name: string): string | undefined =>
  words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
const short = words.includes('--short');
const threads = Number(option('threads') ?? 2);
const peers = ['scikit-learn', 'LightGBM', 'PySpark MLlib'].filter(
  (name) => option('peers')?.split(',').includes(name) ?? true,
);
const REPEATS = { repeats: 3, patience: 8 };

console.log('## Trees\n');
console.log(
  `Forest and gradient boosting on ${threads} threads, the same numbers of trees, depths, leaves and rates for all, errors on the same rows that nobody learned from. *training* is the quickest of up to three trainings in one process (none begins after ${REPEATS.patience} s), from the raw columns, binning included; *process* is the whole of it, with imports, reading and prediction. Asserted: the forest's error within 0.5 % of scikit-learn's on (genre, year) and no larger on mixed features; that of boosting within 1 % of LightGBM's. Wanted: under 1 s on (genre, year), no slower than scikit-learn on mixed features, at most twice LightGBM's time.\n`,
);

const folder = await mkdtemp(join(tmpdir(), 'marquee-trees-'));
try {
  const genre = await genreTable(folder, short ? 84_600 : 846_000);
  const mixed = await mixedTable(folder, short ? 10_000 : 100_000);
  for (const work of worksOf(genre, mixed, threads)) await compare(work);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function compare(work: Work): Promise<void> {
  const results: { readonly trained: Trained; readonly process: Measured }[] = [];
  for (const tool of ['Marquee', ...peers]) {
    if (tool === 'PySpark MLlib' && work.table.name !== 'genre-year') continue;
    process.stderr.write(`${work.name}: ${tool}\n`);
    const measured = tool === 'Marquee' ? await ours(work) : await theirs(work, tool);
    results.push({ trained: JSON.parse(measured.stdout) as Trained, process: measured });
  }
  check(
    work,
    results.map(({ trained }) => trained),
  );
  const own = results[0]!.trained;
  const rows = results.map(({ trained, process: { seconds, cpuSeconds, peakMB } }) => [
    trained.tool,
    round(trained.seconds, 2),
    round(trained.cpuSeconds, 2),
    `${round(trained.seconds / own.seconds, 1)} ×`,
    trained.rmse.toFixed(4),
    round(seconds, 1),
    round(cpuSeconds, 1),
    round(peakMB, 0),
  ]);
  const columns = ['', 'training s', 'training CPU s', 'beside Marquee', 'RMSE'];
  console.log(`### ${work.name}\n`);
  console.log(`${table([...columns, 'process s', 'process CPU s', 'peak MB'], rows)}\n`);
}

async function ours(work: Work): Promise<Measured> {
  const program = await bundle(new URL('./marquee.ts', import.meta.url));
  await bundle(new URL('../../models/trees/team.thread.ts', import.meta.url), 'trees/team.thread.js');
  return await measure(process.execPath, [
    program,
    JSON.stringify({ works: [work], ...REPEATS } satisfies Asked),
  ]);
}

async function theirs(work: Work, tool: string): Promise<Measured> {
  const interpreter = await python('venv-trees', new URL('./requirements.txt', import.meta.url));
  const asked: Asked = { works: [work], tools: [tool], ...REPEATS };
  const script = fileURLToPath(new URL('./peers.py', import.meta.url));
  // Set on some machines to make numpy's results the same everywhere; it makes numpy slow as well.
  const unset = ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'].flatMap((name) => ['-u', name]);
  return await measure('env', [...unset, interpreter, script, JSON.stringify(asked)]);
}

/** Throws when an error is not what it ought to be beside a peer's. */
function check(work: Work, results: readonly Trained[]): void {
  const errorOf = (tool: string) => results.find((one) => one.tool === tool)?.rmse;
  const [peer, most] = work.kind === 'forest' ? ['scikit-learn', 1.005] : ['LightGBM', 1.01];
  const [own, other] = [errorOf('Marquee')!, errorOf(peer)];
  const least = work.table.name === 'genre-year' ? 0.995 : 0;
  if (other === undefined || (own <= most * other && own >= least * other)) return;
  if (short) process.stderr.write(`RMSE ${own} beside ${peer}'s ${other}: a short run is not held to it\n`);
  else throw new Error(`${work.name}: our RMSE is ${own}, that of ${peer} ${other}.`);
}
