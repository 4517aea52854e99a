import { statSync } from 'node:fs';
import pl from 'nodejs-polars';
import type { TableFiles } from './tables.js';

/** Throws where a file is missing or was cut off. */
export function checkSizes(files: TableFiles): void {
  for (const [table, { file, bytes }] of Object.entries(files)) {
    const size = statSync(file).size;
    if (size !== bytes) throw new Error(`table ${table} has ${size} bytes; its manifest says ${bytes}`);
  }
}

/** The table of a name, or some of its columns; null where the snapshot has none. */
export const parquetOf =
  (files: TableFiles) =>
  (table: string, columns?: string[]): pl.DataFrame | null => {
    const found = files[table];
    return found === undefined ? null : pl.readParquet(found.file, columns === undefined ? {} : { columns });
  };
