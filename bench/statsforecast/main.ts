import { panelAt } from '../../models/forecast/panel.js';
import { realCatalogues } from '../forecast/real.js';
import { readTrends } from '../../activities/readTrends.js';
import { prepare } from '../prepared.js';
import { table } from '../table.js';
import { compare } from './compare.js';

/** ETS and Theta beside statsforecast, on the yearly index series of real and synthetic catalogues. */
const short = process.argv.includes('--short');
const YEARS = 60;
/** Shorter series get the naive forecast. */
const LEAST_YEARS = 10;
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

const rows: (string | number)[][] = [];
const real = (await realCatalogues()).map(({ name, path }) => ({ name, catalogue: `file:${path}` }));
const synthetic = short ? 'synthetic:20000' : 'synthetic:200000';
for (const { name, catalogue } of [...real, { name: synthetic, catalogue: synthetic }]) {
  const { trends, dataYear } = await prepare(catalogue);
  const { genres, series } = panelAt(await readTrends(trends), dataYear!, dataYear! - YEARS + 1);
  const long = genres.flatMap((genre, g) =>
    series[g]!.length >= LEAST_YEARS ? [[genre, series[g]!] as const] : [],
  );
  if (long.length === 0) {
    process.stderr.write(`${name}: no series has ${LEAST_YEARS} years\n`);
    continue;
  }
  for (const one of await compare(new Map(long)))
    rows.push([
      name,
      one.name,
      one.series,
      percent(one.largest),
      percent(one.mean),
      one.seconds,
      one.peerSeconds,
    ]);
  process.stderr.write(`compared ${name}\n`);
}
console.log(`## ETS and Theta beside statsforecast

The same yearly index series of every genre, up to ${YEARS} years long, three years ahead: damped additive ETS and the standard
Theta method. CPU seconds for all series, on one thread each, after a first call. The difference is |ours − theirs| ÷ |theirs|
over series and years ahead. Wanted: nowhere more than 1 %.

${table(['catalogue', 'method', 'series', 'largest difference', 'mean difference', 'CPU s', 'statsforecast, CPU s'], rows)}`);
