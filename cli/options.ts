import { Option, type Command } from 'commander';
import type { Flags } from './config.js';

/** Flags that several commands share; each is also an environment variable (see config.ts). */
export function dataOption(): Option {
  return new Option('--data <folder>', 'where snapshots are kept (MARQUEE_DATA; default ./marquee-data)');
}

export function catalogueOption(): Option {
  return new Option(
    '--catalogue <name>',
    'sample, tmdb, synthetic:<films>[:<seed>] or file:<path> (MARQUEE_CATALOGUE; default sample)',
  );
}

export function limitOption(): Option {
  return new Option('--limit <films>', 'only the most popular films (MARQUEE_LIMIT; default all)');
}

export function portOption(): Option {
  return new Option('--port <n>', 'port of the API and the page (MARQUEE_PORT; default 4000)');
}

export function hostOption(): Option {
  return new Option(
    '--host <address>',
    'address to listen on (MARQUEE_HOST; default 127.0.0.1; beyond loopback, mutations need MARQUEE_ADMIN_TOKEN)',
  );
}

/** The flags that a person gave, as config.ts reads them. */
export function flagsOf(command: Command): Flags {
  return command.opts<Flags>();
}
