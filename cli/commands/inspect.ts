import { Command } from 'commander';
import type { SnapshotManifest } from '../../dataset/snapshots.js';
import { readSettings } from '../config.js';
import { catalogueOption, dataOption, flagsOf } from '../options.js';
import { servedLabel } from '../served.js';
import { chooseSnapshot, openFolder } from '../snapshot.js';

/** What a snapshot is made of. */
export function inspectCommand(): Command {
  return new Command('inspect')
    .description('Prints a snapshot: its tables with rows and sizes, its checks, what its source has.')
    .argument('[snapshot]', 'e.g. sample/3 (default: the newest of the catalogue)')
    .addOption(catalogueOption())
    .addOption(dataOption())
    .action(async (id: string | undefined, _, command: Command) => {
      const settings = readSettings(flagsOf(command), process.env);
      const store = await openFolder(settings.data);
      for (const line of describe(await chooseSnapshot(store, id, await servedLabel(settings))))
        console.log(line);
    });
}

const count = (n: number): string => n.toLocaleString('en-US');

function describe(snapshot: SnapshotManifest): string[] {
  const { tables, checks, coverage, notes } = snapshot;
  return [
    `${snapshot.id}${snapshot.synthetic ? ' (synthetic)' : ''}, published ${snapshot.createdAt} by run ${snapshot.run}`,
    `as of ${snapshot.asOf}, years ${snapshot.fromYear}–${snapshot.toYear}, data year ${snapshot.dataYear}${snapshot.votesAsOf == null ? '' : `, oldest votes of ${snapshot.votesAsOf}`}`,
    `${count(snapshot.movieCount)} films, ${count(snapshot.quarantined)} quarantined, ${count(snapshot.deadLetters)} dead letters`,
    `sha256 ${snapshot.sha256}`,
    '',
    ...aligned([
      ['table', 'task', 'rows', 'bytes', 'kind', 'sha256', 'file'],
      ...tables.map((one) => [
        one.table,
        one.task,
        count(one.rows),
        count(one.bytes),
        one.content ? 'content' : 'record',
        one.sha256.slice(0, 12),
        one.path,
      ]),
    ]),
    '',
    ...aligned([
      ['check', 'task', 'severity', '', ''],
      ...checks.map((one) => [one.name, one.task, one.severity, one.passed ? 'holds' : 'FAILS', one.detail]),
    ]),
    '',
    ...aligned([
      ['field', 'known', ''],
      ...coverage.map(({ field, known }) => [
        field,
        count(known),
        `${((known / Math.max(1, snapshot.movieCount)) * 100).toFixed(1)} %`,
      ]),
    ]),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
