import { Command } from 'commander';
import type { DeadLetter } from '../../dataset/blocks.js';
import { readSettings } from '../config.js';
import { catalogueOption, dataOption, flagsOf } from '../options.js';
import { servedLabel } from '../served.js';
import { chooseSnapshot, openFolder } from '../snapshot.js';

/** Which films could not be fetched, and why. */
export function deadLettersCommand(): Command {
  return new Command('dead-letters')
    .description('Lists the films that a snapshot lacks because they could not be fetched, and why.')
    .argument('[snapshot]', 'e.g. tmdb/3 (default: the newest of the catalogue)')
    .addOption(catalogueOption())
    .addOption(dataOption())
    .action(async (id: string | undefined, _, command: Command) => {
      const settings = readSettings(flagsOf(command), process.env);
      const store = await openFolder(settings.data);
      const snapshot = await chooseSnapshot(store, id, await servedLabel(settings));
      const details = snapshot.tables.find(({ table }) => table === 'deadLetterDetails');
      const text = details === undefined ? '' : (await store.read(details.path)).toString('utf8');
      const letters = text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as DeadLetter);
      console.log(`${snapshot.id}: ${letters.length.toLocaleString('en-US')} dead letters`);
      for (const { id: film, status, attempts, message } of letters)
        console.log(`${film}\t${status ?? '-'}\t${attempts} attempts\t${message}`);
      if (letters.some(({ status }) => status !== 404))
        console.log(
          `A new run asks for these films again: mutation { retryDeadLetters(snapshot: "${snapshot.id}") { id } }`,
        );
    });
}
