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

/** What the API shows to whom: each also an environment variable. */
export function apiOptions(): Option[] {
  return [
    new Option(
      '--introspection <on|off>',
      'whether clients may read the schema and browsers get the GraphQL page (MARQUEE_INTROSPECTION; default on)',
    ),
    new Option(
      '--origins <list>',
      'pages elsewhere that may use the API, e.g. https://films.example.org (MARQUEE_ORIGINS; default none)',
    ),
    new Option(
      '--operations <file>',
      'JSON file of the operations that alone are answered (MARQUEE_OPERATIONS; default every one)',
    ),
    new Option(
      '--client-rate <n>',
      'requests per second of one client, 0 = unlimited (MARQUEE_CLIENT_RATE; default 100, unlimited on loopback)',
    ),
  ];
}

/** The flags that a person gave, as config.ts reads them. */
export function flagsOf(command: Command): Flags {
  return command.opts<Flags>();
}
