import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { EXPORT_FORMATS, exportTable, type ExportFormat } from '../../dataset/export.js';
import { readSettings, UsageError } from '../config.js';
import { catalogueOption, dataOption, type flagsOf } from '../options.js';
import { servedLabel } from '../served.js';
import { chooseSnapshot, openFolder } from '../snapshot.js';

/** A table for one's own tools. */
export function exportCommand(): Command {
  return new Command('export')
    .description('Writes a table of a snapshot as Parquet, CSV or NDJSON. CSV keeps lists as JSON text.')
    .requiredOption('--table <name>', 'films, people, credits, persons, trends, roi, genreForecast, …')
    .addOption(new Option('--format <format>', 'file format').choices([...EXPORT_FORMATS]).default('parquet'))
    .option('--out <file>', 'where to (default: <table>.<format> here)')
    .option('--snapshot <id>', 'e.g. sample/3 (default: the newest of the catalogue)')
    .addOption(catalogueOption())
    .addOption(dataOption())
    .action(async (_, command: Command) => {
      const {
        table,
        format,
        out,
        snapshot: id,
        ...flags
      } = command.opts<{
        table: string;
        format: ExportFormat;
        out?: string;
        snapshot?: string;
      }>();
      const settings = readSettings(flags as ReturnType<typeof flagsOf>, process.env);
      const file = resolve(out ?? `${table}.${format}`);
      await requireFile(file);
      const store = await openFolder(settings.data);
      const snapshot = await chooseSnapshot(store, id, await servedLabel(settings));
      const rows = await exportTable(store, snapshot, table, format, file);
      console.log(`${file}: ${rows.toLocaleString('en-US')} rows of ${table}, snapshot ${snapshot.id}`);
    });
}

/** @throws UsageError where no file can be written. */
async function requireFile(file: string): Promise<void> {
  const folder = await stat(dirname(file)).catch(() => null);
  if (folder === null || !folder.isDirectory())
    throw new UsageError(`--out is ${file}, but there is no folder ${dirname(file)}. Make it first.`);
  if ((await stat(file).catch(() => null))?.isDirectory())
    throw new UsageError(`--out is ${file}, which is a folder. Name a file in it.`);
}
