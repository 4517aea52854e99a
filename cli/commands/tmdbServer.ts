import { Command } from 'commander';
import { BadCatalogue, parseCatalogue, type Catalogue } from '../../tmdb/catalogues/catalogue.js';
import { openCatalogue } from '../../tmdb/catalogues/open.js';
import { startTmdbServer } from '../../tmdb/server.js';
import { UsageError } from '../config.js';
import { announceReady, untilAskedToStop } from '../lifetime.js';

interface Flags {
  readonly catalogue: string;
  readonly port: string;
  readonly host: string;
  readonly rate: string;
  readonly faults: string;
  readonly seed: string;
  readonly accessLog?: string;
  readonly requireToken?: string;
}

/** `marquee tmdb-server`: a catalogue over TMDB's own protocol, until it is asked to stop. */
export function tmdbServerCommand(): Command {
  return new Command('tmdb-server')
    .description('A local server that speaks TMDB’s protocol for a catalogue')
    .requiredOption('--catalogue <source>', 'sample, synthetic:<films>[:<seed>][@<day>] or file:<path>')
    .option('--port <port>', '0 = a free one', '4100')
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--rate <requests>', 'most requests a second, over it 429; 0 = unlimited', '0')
    .option('--faults <share>', 'share of the requests that fail, 0 to 0.9', '0')
    .option('--seed <number>', 'which requests fail', '1')
    .option('--access-log <file>', 'appends a line "ms status path" for each request')
    .option('--require-token <token>', 'answers 401 without this bearer token or api_key')
    .action(serve);
}

async function serve(flags: Flags): Promise<void> {
  const options = {
    host: flags.host,
    port: whole('--port', flags.port, 65_535),
    rate: whole('--rate', flags.rate, 100_000),
    faults: share('--faults', flags.faults),
    seed: whole('--seed', flags.seed, 0xffffffff),
    accessLog: flags.accessLog,
    requireToken: flags.requireToken,
  };
  const catalogue = await open(flags.catalogue);
  const server = await startTmdbServer({
    ...options,
    catalogue,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  const bad = catalogue.badLines ?? 0;
  if (bad > 0) console.log(`${bad} lines of the file hold no film; the export repeats them as bad lines.`);
  console.log(
    [
      `The catalogue ${catalogue.label} over TMDB's protocol, until Ctrl-C:`,
      `  ${server.url}`,
      `  ${server.exportUrl}`,
      'A worker reads it when it is started with',
      `  TMDB_BASE_URL=${server.url} TMDB_EXPORT_URL=${server.exportUrl} npm run worker`,
    ].join('\n'),
  );
  announceReady({ url: server.url, exportUrl: server.exportUrl });
  await untilAskedToStop();
  await server.close();
  await catalogue.close();
}

async function open(text: string): Promise<Catalogue> {
  try {
    return await openCatalogue(parseCatalogue(text));
  } catch (error) {
    throw error instanceof BadCatalogue ? new UsageError(error.message) : error;
  }
}

function whole(flag: string, text: string, most: number): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > most) {
    throw new UsageError(`${flag} is ${JSON.stringify(text)}: legal is a whole number from 0 to ${most}.`);
  }
  return Number(text);
}

function share(flag: string, text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!(value >= 0 && value <= 0.9)) {
    throw new UsageError(`${flag} is ${JSON.stringify(text)}: legal is a number from 0 to 0.9.`);
  }
  return value;
}
