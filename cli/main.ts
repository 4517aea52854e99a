#!/usr/bin/env node
import { Command } from 'commander';
import { announceFailure } from './lifetime.js';

const COMMANDS = new Map<string, () => Promise<Command>>([
  ['start', async () => (await import('./commands/start.js')).startCommand()],
  ['serve', async () => (await import('./commands/serve.js')).serveCommand()],
  ['worker', async () => (await import('./commands/worker.js')).workerCommand()],
  ['tmdb-server', async () => (await import('./commands/tmdbServer.js')).tmdbServerCommand()],
  ['inspect', async () => (await import('./commands/inspect.js')).inspectCommand()],
  ['export', async () => (await import('./commands/export.js')).exportCommand()],
  ['schedule', async () => (await import('./commands/schedule.js')).scheduleCommand()],
  ['vacuum', async () => (await import('./commands/vacuum.js')).vacuumCommand()],
  ['train', async () => (await import('./commands/train.js')).trainCommand()],
  ['native', async () => (await import('./commands/native.js')).nativeCommand()],
  ['dead-letters', async () => (await import('./commands/deadLetters.js')).deadLettersCommand()],
]);

/** What the command line refuses is said in one sentence, like everything that goes wrong. */
function speakPlainly(command: Command, name: string): void {
  command.configureOutput({
    outputError(text, write) {
      const sentence = text
        .trim()
        .replace(/^error: /, '')
        .replace(/\s*\(Did you mean (.+)\?\)$/, ' (did you mean $1?)')
        .replace(/\.$/, '');
      write(`marquee: ${sentence}; \`${name} --help\` shows what is legal.\n`);
    },
  });
  for (const one of command.commands) speakPlainly(one, `${name} ${one.name()}`);
}

const program = new Command('marquee')
  .description(
    'A durable film-data pipeline with a GraphQL query layer.\nWithout a key it works on the sample of 3,201 real films: marquee start',
  )
  .configureHelp({ sortSubcommands: false });

// Loading what all commands need takes longer than most of them run: only the one that is asked for is loaded.
const asked = COMMANDS.get(process.argv[2] ?? '');
for (const load of asked === undefined ? COMMANDS.values() : [asked]) program.addCommand(await load());
speakPlainly(program, 'marquee');

try {
  await program.parseAsync();
} catch (error) {
  // People get the sentence; whoever hunts a bug of ours sets MARQUEE_LOG_LEVEL=debug for the stack.
  const sentence = error instanceof Error ? error.message : String(error);
  process.stderr.write(`marquee: ${sentence}\n`);
  if (process.env.MARQUEE_LOG_LEVEL === 'debug' && error instanceof Error)
    process.stderr.write(`${error.stack}\n`);
  await announceFailure(sentence);
  process.exitCode = 1;
}
// The channel to a parent keeps a process alive.
if (process.connected) process.disconnect();
