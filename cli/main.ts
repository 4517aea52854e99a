#!/usr/bin/env node
import { Command } from 'commander';
import { announceFailure } from './lifetime.js';
import { deadLettersCommand } from './commands/deadLetters.js';
import { exportCommand } from './commands/export.js';
import { inspectCommand } from './commands/inspect.js';
import { scheduleCommand } from './commands/schedule.js';
import { serveCommand } from './commands/serve.js';
import { startCommand } from './commands/start.js';
import { tmdbServerCommand } from './commands/tmdbServer.js';
import { vacuumCommand } from './commands/vacuum.js';
import { workerCommand } from './commands/worker.js';

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

for (const command of [
  startCommand,
  serveCommand,
  workerCommand,
  tmdbServerCommand,
  inspectCommand,
  exportCommand,
  scheduleCommand,
  vacuumCommand,
  deadLettersCommand,
]) {
  program.addCommand(command());
}
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
