import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A whole process from its start to its end, with its imports. */
export interface Measured {
  readonly seconds: number;
  /** Of all its threads and children, in the program and in the kernel. */
  readonly cpuSeconds: number;
  /** Largest resident set of one of its processes, in MB (10^6 bytes). */
  readonly peakMB: number;
  readonly stdout: string;
}

/** Runs a command under GNU time. @throws Error with the end of its output when it fails. */
export async function measure(
  command: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'marquee-bench-'));
  const report = join(folder, 'time');
  try {
    const stdout = await run('/usr/bin/time', ['-v', '-o', report, command, ...args], environment);
    const said = await readFile(report, 'utf8');
    const value = (name: string): string => new RegExp(`${name}[^\\n]*: (\\S+)\\n`).exec(said)?.[1] ?? '0';
    return {
      seconds: clock(value('Elapsed')),
      cpuSeconds: Number(value('User time')) + Number(value('System time')),
      peakMB: (Number(value('Maximum resident')) * 1024) / 1e6,
      stdout,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs a command to its end and gives what it printed. */
export async function run(
  command: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<string> {
  const child = spawn(command, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (stderr = (stderr + piece.toString()).slice(-4000)));
  const code = await new Promise<number | null>((done, refuse) => {
    child.once('error', refuse);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with code ${code}:\n${stderr}`);
  return stdout;
}

/** `1:02:03` or `2:03.45` in seconds. */
function clock(text: string): number {
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}
