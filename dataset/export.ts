import { rename, rm } from 'node:fs/promises';
import { dirname, join, basename } from 'node:path';
import pl from 'nodejs-polars';
import { CorruptFile } from './errors.js';
import type { SnapshotManifest } from './snapshots.js';
import type { Store } from './store.js';

export const EXPORT_FORMATS = ['parquet', 'csv', 'ndjson'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Thrown when a snapshot has no such table. */
export class NoSuchTable extends Error {
  override readonly name = 'NoSuchTable';
}

/**
 * Writes a table of a snapshot for other tools; the file appears when it is whole. CSV has no lists: they are
 * written as JSON. @returns its rows. @throws NoSuchTable, MissingFile, CorruptFile.
 */
export async function exportTable(
  store: Store,
  snapshot: SnapshotManifest,
  table: string,
  format: ExportFormat,
  out: string,
): Promise<number> {
  const tables = snapshot.tables.filter(({ path }) => path.endsWith('.parquet'));
  const found = tables.find((one) => one.table === table);
  if (found === undefined)
    throw new NoSuchTable(
      `Snapshot ${snapshot.id} has no table "${table}"; it has ${tables.map((one) => one.table).join(', ')}.`,
    );
  const frame = await readWhole(await store.bring(found.path), found.path);
  const temporary = join(dirname(out), `.${basename(out)}.${process.pid}`);
  try {
    if (format === 'parquet') frame.writeParquet(temporary, { compression: 'zstd' });
    else if (format === 'ndjson') frame.writeJSON(temporary, { format: 'lines' });
    else flat(frame).writeCSV(temporary);
    await rename(temporary, out);
  } finally {
    await rm(temporary, { force: true });
  }
  return frame.height;
}

async function readWhole(file: string, path: string): Promise<pl.DataFrame> {
  try {
    return await pl.scanParquet(file).collect();
  } catch (error) {
    throw new CorruptFile(path, (error as Error).message.replace(/\.$/, ''), { cause: error });
  }
}

/** Lists as JSON text, `["Drama","Crime"]`. */
function flat(frame: pl.DataFrame): pl.DataFrame {
  return pl.DataFrame(
    frame.columns.map((name) => {
      const series = frame.getColumn(name);
      if (!/^List/.test(series.dtype.variant)) return series;
      return pl.Series(
        name,
        (series.toArray() as unknown[]).map((list) => (list === null ? null : JSON.stringify(list))),
        pl.Utf8,
      );
    }),
  );
}
