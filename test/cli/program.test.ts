import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { marquee, removeFolder, temporaryFolder, type Outcome } from '../support/system.js';
import { freePort } from '../../temporal/ports.js';
import { changed } from '../plan/plan.js';

/** The compiled program, started as a person starts it; what it refuses it refuses in one sentence. */

const folder = temporaryFolder('cli');
const file = join(folder, 'file');
const empty = join(folder, 'empty');
let nobody: string;

beforeAll(async () => {
  writeFileSync(file, '');
  mkdirSync(empty);
  writeFileSync(
    join(folder, 'bad.yml'),
    changed(['retry: network', 'retry: never'], ['maxAge: 36h', 'maxAge: 1h']),
  );
  nobody = `127.0.0.1:${await freePort()}`;
});
afterAll(() => removeFolder(folder));

/** A data folder that may be made. */
const fresh = (): string => join(folder, 'fresh');

async function refused(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const outcome = await marquee(args, { MARQUEE_DATA: fresh(), ...environment });
  expect([args, outcome.code]).toEqual([args, 1]);
  return sentenceOf(outcome);
}

/** What stands after `marquee: `; it is all that stderr has, and there is no stack in it. */
function sentenceOf({ stderr }: Outcome): string {
  expect(stderr).toMatch(/^marquee: [^\n]+\n( {2}[^\n]+\n)*$/);
  expect(stderr).not.toMatch(/\n\s+at |Error:|ZodError|node:internal/);
  return stderr.slice('marquee: '.length, -1);
}

const COMMANDS = [
  [],
  ['start'],
  ['serve'],
  ['worker'],
  ['tmdb-server'],
  ['inspect'],
  ['export'],
  ['schedule'],
  ['schedule', 'apply'],
  ['vacuum'],
  ['dead-letters'],
  ['train'],
] as const;

describe('marquee', { timeout: 60_000 }, () => {
  it.each(COMMANDS.map((words) => [words]))(
    '%j --help says what it does and what it takes',
    async (words) => {
      const { code, stdout, stderr } = await marquee([...words, '--help'], {});
      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`^Usage: ${['marquee', ...words].join(' ')} `));
      for (const command of words.length === 0 ? COMMANDS.filter(({ length }) => length === 1) : [])
        expect(stdout).toContain(`\n  ${command[0]} `);
    },
  );

  it.each([
    [['--nope'], "unknown option '--nope'; `marquee --help` shows what is legal."],
    [
      ['start', '--onc'],
      "unknown option '--onc' (did you mean --once?); `marquee start --help` shows what is legal.",
    ],
    [['inspekt'], "unknown command 'inspekt' (did you mean inspect?); `marquee --help` shows what is legal."],
    [['schedule', 'drop'], "unknown command 'drop'; `marquee schedule --help` shows what is legal."],
    [
      ['export'],
      "required option '--table <name>' not specified; `marquee export --help` shows what is legal.",
    ],
    [
      ['train', '--backend', 'gpu'],
      "option '--backend <name>' argument 'gpu' is invalid. Allowed choices are native, wasm, cpu, fastest; `marquee train --help` shows what is legal.",
    ],
    [
      ['export', '--table', 'films', '--format', 'xls'],
      "option '--format <format>' argument 'xls' is invalid. Allowed choices are parquet, csv, ndjson; `marquee export --help` shows what is legal.",
    ],
  ])('%j is not understood', async (args, sentence) => {
    expect(await refused(args)).toBe(sentence);
  });

  it.each([
    [['start', '--port', 'abc'], '--port is "abc": legal is a whole number from 0 (a free port) to 65535.'],
    [
      ['serve', '--port', '70000'],
      '--port is "70000": legal is a whole number from 0 (a free port) to 65535.',
    ],
    [['start', '--limit', '0'], '--limit is "0": legal is a whole number of films from 1 to 5,000,000.'],
    [['vacuum', '--keep', '0'], '--keep is "0": give a whole number from 1.'],
    [['vacuum', '--older-than', 'long'], '--older-than is "long": a duration reads 30m, 24h or 7d.'],
    [
      ['tmdb-server', '--catalogue', 'sample', '--faults', '2'],
      '--faults is "2": legal is a number from 0 to 0.9.',
    ],
  ])('%j is out of range', async (args, sentence) => {
    expect(await refused(args)).toBe(sentence);
  });

  it.each([
    ['start', 'foo'],
    ['start', 'synthetic:0'],
    ['serve', 'synthetic:5000001'],
    ['worker', 'file:'],
  ])('%s: a catalogue must be one, not %s', async (command, catalogue) => {
    expect(await refused([command, '--catalogue', catalogue])).toBe(
      `The catalogue "${catalogue}" is not known: legal are tmdb, sample, synthetic:<films>[:<seed>][@<day>] with 1 to 5,000,000 films, and file:<path>.`,
    );
  });

  it('a catalogue’s file must be there', async () => {
    expect(await refused(['start', '--catalogue', 'file:/nowhere'])).toBe(
      '/nowhere could not be read as a catalogue: there is no such file.',
    );
  });

  it('tmdb needs a key: it says where to get one, and what works without', async () => {
    expect(await refused(['start', '--catalogue', 'tmdb'])).toMatch(
      /^The catalogue tmdb needs a key: create one at https:\/\/www\.themoviedb\.org\/settings\/api and set TMDB_ACCESS_TOKEN .* --catalogue sample works\.$/,
    );
  });

  it.each(['start', 'serve', 'worker'])(
    '%s: a data folder must be one that can be written',
    async (command) => {
      expect(await refused([command, '--data', join(file, 'data')])).toMatch(
        /^The data folder .*\/file\/data cannot be used .*choose another folder with --data\.$/,
      );
    },
  );

  it.each(['inspect', 'dead-letters', 'vacuum', 'export'])('%s makes no data folder', async (command) => {
    const nowhere = join(folder, 'mistyped');
    const args = command === 'export' ? [command, '--table', 'films'] : [command];
    expect(await refused([...args, '--data', nowhere])).toBe(
      `There is no data folder ${nowhere}. \`marquee start\` makes one; --data or MARQUEE_DATA names another.`,
    );
    expect(await refused([...args, '--data', file])).toBe(
      `The data folder ${file} is a file. Name a folder with --data or MARQUEE_DATA.`,
    );
  });

  it.each([
    [['inspect'], 'of sample'],
    [['inspect', 'sample/9'], 'sample/9'],
    [['dead-letters'], 'of sample'],
    [['export', '--table', 'films'], 'of sample'],
    [['export', '--table', 'films', '--snapshot', 'tmdb/3'], 'tmdb/3'],
  ])('%j: there must be such a snapshot', async (args, what) => {
    expect(await refused([...args, '--data', empty])).toBe(
      `There is no snapshot ${what} in ${empty}. It has none yet: \`marquee start\` makes one.`,
    );
  });

  it('vacuum has nothing to do in an empty folder', async () => {
    const { code, stdout, stderr } = await marquee(['vacuum', '--data', empty], {});
    expect([code, stdout, stderr]).toEqual([0, 'Removed no snapshot; 0 files, 0.0 MB.\n', '']);
  });

  it('export: the folder of the file must be there', async () => {
    const args = ['export', '--table', 'films', '--data', empty, '--out'];
    expect(await refused([...args, '/nowhere/films.csv'])).toBe(
      '--out is /nowhere/films.csv, but there is no folder /nowhere. Make it first.',
    );
    expect(await refused([...args, folder])).toBe(
      `--out is ${folder}, which is a folder. Name a file in it.`,
    );
  });

  it.each([[['start', '--once']], [['serve']], [['worker']], [['schedule', 'apply']]])(
    '%j: a plan that cannot be used is told with the lines of its problems',
    async (args) => {
      const plan = join(folder, 'bad.yml');
      expect(await refused(args, { MARQUEE_PLAN: plan, TEMPORAL_ADDRESS: nobody })).toMatch(
        /bad\.yml cannot be used:\n( {2}.*\n)*? {2}18:5 tasks\.ids\.retry: there is no retry class "never"; legal are network\n/,
      );
      expect(await refused(args, { MARQUEE_PLAN: '/nowhere.yml', TEMPORAL_ADDRESS: nobody })).toBe(
        "The plan /nowhere.yml cannot be read (there is no such file). MARQUEE_PLAN names it; unset, the package's own temporal.yml is taken.",
      );
    },
  );

  it.each([[['start', '--once']], [['worker']], [['schedule', 'apply']]])(
    '%j: a Temporal server must answer where one is named',
    async (args) => {
      const sentence = await refused(args, { TEMPORAL_ADDRESS: nobody });
      expect(sentence).toContain(`No Temporal server answers at`);
      expect(sentence).toContain(nobody);
      expect(sentence).toMatch(/[Ss]tart /);
    },
  );

  it('serve: the port must be free', async () => {
    const other = createServer();
    const port = await new Promise<number>((done) =>
      other.listen(0, '127.0.0.1', () => done((other.address() as { port: number }).port)),
    );
    try {
      expect(await refused(['serve', '--port', String(port)])).toBe(
        `Port ${port} of 127.0.0.1 is in use: end what listens there, or choose another with --port.`,
      );
    } finally {
      other.close();
    }
  });
});
