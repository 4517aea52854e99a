import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SnapshotManifest } from '../../dataset/snapshots.js';
import { readTemporalSettings } from '../../temporal/connection.js';
import { findOrStartServer } from '../../temporal/server.js';
import { measure, run } from '../measure.js';
import { round, table } from '../table.js';

/**
 * A refresh beside a full crawl: `synthetic:<n>@1` crawled, `@2` on top of it, and `@2` from nothing in another folder.
 * Options: `--short`; `films=<n>`.
 */
const words = process.argv.slice(2);
const option = (name: string): string | undefined =>
  words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
const films = Number(option('films') ?? (words.includes('--short') ? 5000 : 100_000));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

await run('npm', ['--prefix', ROOT, 'run', '--silent', 'build']);
const folder = await mkdtemp(join(tmpdir(), 'marquee-refresh-'));
const settings = readTemporalSettings({});
const temporal = await findOrStartServer({ settings, environment: {}, data: folder, say: () => undefined });
try {
  const rows: (string | number)[][] = [];
  const step = async (name: string, data: string, day: number): Promise<SnapshotManifest> => {
    process.stderr.write(`${name}\n`);
    const catalogue = `synthetic:${films}@${day}`;
    const { seconds, cpuSeconds } = await measure(
      process.execPath,
      [join(ROOT, 'dist/cli/main.js'), 'start', '--once', '--catalogue', catalogue],
      { MARQUEE_DATA: join(folder, data), MARQUEE_PORT: '0', TEMPORAL_ADDRESS: temporal.address },
    );
    const snapshot = await snapshotOf(join(folder, data), catalogue);
    const fetched = snapshot.tables.find((one) => one.table === 'wanted')?.rows ?? NaN;
    rows.push([
      name,
      fetched,
      `${((fetched / films) * 100).toFixed(2)} %`,
      round(seconds, 1),
      round(cpuSeconds, 1),
      snapshot.sha256.slice(0, 16),
    ]);
    return snapshot;
  };
  const first = await step('first crawl, day 1', 'grown', 1);
  const refreshed = await step('refresh, day 2', 'grown', 2);
  const full = await step('full crawl, day 2', 'full', 2);
  if (refreshed.sha256 !== full.sha256)
    throw new Error(`The refresh published ${refreshed.sha256}, a full crawl ${full.sha256}.`);
  if (refreshed.sha256 === first.sha256) throw new Error('Nothing changed between the two days.');
  console.log('## Refresh\n');
  console.log(
    `The whole program over ${films.toLocaleString('en-US')} synthetic films, of which 1 % change a day. Wanted: a refresh fetches the changed ones and at most 0.1 % beside them, and publishes what a full crawl publishes (asserted: the same sha256).\n`,
  );
  console.log(table(['', 'fetched', 'of all', 'wall s', 'CPU s', 'sha256'], rows));
} finally {
  await temporal.stop();
  await rm(folder, { recursive: true, force: true });
}

async function snapshotOf(data: string, catalogue: string): Promise<SnapshotManifest> {
  const own = join(data, 'snapshots', catalogue.replaceAll(':', '-'));
  const newest = Math.max(...(await readdir(own)).map((file) => Number.parseInt(file, 10)));
  return JSON.parse(await readFile(join(own, `${newest}.json`), 'utf8')) as SnapshotManifest;
}
