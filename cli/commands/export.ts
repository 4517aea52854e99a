import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { EXPORT_FORMATS, exportTable, type ExportFormat } from '../../dataset/export.js';
import { openStore } from '../../dataset/store.js';
import { readSettings } from '../config.js';
import { catalogueOption, dataOption, flagsOf } from '../options.js';
import { servedLabel } from '../served.js';
import { chooseSnapshot } from '../snapshot.js';

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
      const store = await openStore(settings.data);
      const snapshot = await chooseSnapshot(store, id, await servedLabel(settings));
      const file = resolve(out ?? `${table}.${format}`);
      const rows = await exportTable(store, snapshot, table, format, file);
      console.log(`${file}: ${rows.toLocaleString('en-US')} rows of ${table}, snapshot ${snapshot.id}`);
    });
}
