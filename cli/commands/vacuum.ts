import { Command } from 'commander';
import { vacuum } from '../../dataset/vacuum.js';
import { parseDuration } from '../../plan/schema.js';
import { readSettings, UsageError } from '../config.js';
import { dataOption, type flagsOf } from '../options.js';
import { openFolder } from '../snapshot.js';

/** Makes room. */
export function vacuumCommand(): Command {
  return new Command('vacuum')
    .description(
      'Keeps the newest snapshots of each catalogue and removes every file that none of them needs.',
    )
    .option('--keep <snapshots>', 'how many of each catalogue', '3')
    .option('--older-than <duration>', 'leaves younger files alone: an open run may need them', '24h')
    .addOption(dataOption())
    .action(async (_, command: Command) => {
      const { keep, olderThan, ...flags } = command.opts<{ keep: string; olderThan: string }>();
      const settings = readSettings(flags as ReturnType<typeof flagsOf>, process.env);
      const kept = Number(keep);
      if (!Number.isInteger(kept) || kept < 1)
        throw new UsageError(`--keep is ${JSON.stringify(keep)}: give a whole number from 1.`);
      const age = parseDuration(olderThan);
      if (age === null)
        throw new UsageError(
          `--older-than is ${JSON.stringify(olderThan)}: a duration reads 30m, 24h or 7d.`,
        );
      const { snapshots, files, bytes } = await vacuum(await openFolder(settings.data), kept, age);
      console.log(
        `Removed ${snapshots.length === 0 ? 'no snapshot' : snapshots.join(', ')}; ${files} files, ${(bytes / 1e6).toFixed(1)} MB.`,
      );
    });
}
