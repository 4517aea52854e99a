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

const program = new Command('marquee')
  .description(
    'A durable film-data pipeline with a GraphQL query layer.\nWithout a key it works on the sample of 3,201 real films: marquee start',
  )
  .showHelpAfterError('(marquee <command> --help shows what is legal)')
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
