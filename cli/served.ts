import { setTimeout as sleep } from 'node:timers/promises';
import { findExport, type FoundExport } from '../tmdb/export.js';
import { catalogueLabel, parseCatalogue } from '../tmdb/catalogues/catalogue.js';
import { UsageError, type Settings } from './config.js';

const TMDB = 'https://files.tmdb.org/';
/** How often a server is asked, how long an answer may take and how long nobody is asked between two, in milliseconds. */
const ATTEMPTS = 4;
const PATIENCE = 10_000;
const REST = 1000;

/**
 * The label under which a catalogue's snapshots are kept. Where another server stands for TMDB it is asked which
 * films it serves, so that they are never passed off as TMDB's. @throws UsageError when it does not say.
 */
export async function servedLabel(settings: Pick<Settings, 'catalogue' | 'exportUrl'>): Promise<string> {
  const spec = parseCatalogue(settings.catalogue);
  const label = catalogueLabel(spec);
  if (spec.kind !== 'tmdb' || settings.exportUrl.startsWith(TMDB)) return label;
  return (await ask(settings.exportUrl.replace(/\/+$/, ''))).catalogue ?? label;
}

async function ask(exportUrl: string): Promise<FoundExport> {
  const today = new Date().toISOString().slice(0, 10);
  for (let attempt = 1; ; attempt++) {
    try {
      return await findExport(exportUrl, today, AbortSignal.timeout(PATIENCE));
    } catch (error) {
      if (attempt === ATTEMPTS)
        throw new UsageError(
          `TMDB_EXPORT_URL is ${exportUrl}, and that server does not say which films it serves (${(error as Error).message}). Start it, or name its catalogue with --catalogue.`,
        );
      await sleep(REST);
    }
  }
}
