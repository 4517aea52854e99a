import { findExport } from '../tmdb/export.js';
import { catalogueLabel, parseCatalogue } from '../tmdb/catalogues/catalogue.js';
import type { Settings } from './config.js';

const TMDB = 'https://files.tmdb.org/';

/**
 * The label under which a catalogue's snapshots are kept. Where another server stands for TMDB it is asked which
 * films it serves, so that they are never passed off as TMDB's.
 */
export async function servedLabel(settings: Pick<Settings, 'catalogue' | 'exportUrl'>): Promise<string> {
  const spec = parseCatalogue(settings.catalogue);
  const label = catalogueLabel(spec);
  if (spec.kind !== 'tmdb' || settings.exportUrl.startsWith(TMDB)) return label;
  const today = new Date().toISOString().slice(0, 10);
  const found = await findExport(
    settings.exportUrl.replace(/\/+$/, ''),
    today,
    AbortSignal.timeout(5000),
  ).catch(() => null);
  return found?.catalogue ?? label;
}
