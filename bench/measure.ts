import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processesOf, useOf, type ProcessUse } from './processes.js';

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
    const watched = watching();
    const stdout = await run(
      '/usr/bin/time',
      ['-v', '-o', report, command, ...args],
      environment,
      watched.watch,
    );
    const seen = watched.stop();
    const said = await readFile(report, 'utf8');
    const value = (name: string): string => new RegExp(`${name}[^\\n]*: (\\S+)\\n`).exec(said)?.[1] ?? '0';
    return {
      seconds: clock(value('Elapsed')),
      // GNU time knows of no process that its parent did not wait for, such as Spark's JVM.
      cpuSeconds: Math.max(Number(value('User time')) + Number(value('System time')), seen.cpuSeconds),
      peakMB: Math.max((Number(value('Maximum resident')) * 1024) / 1e6, seen.peakMB),
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
  onStart: (pid: number) => void = () => undefined,
): Promise<string> {
  const child = spawn(command, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.pid !== undefined) onStart(child.pid);
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

/** Looks at a process and all below it several times a second. */
function watching(): {
  readonly watch: (pid: number) => void;
  readonly stop: () => Pick<Measured, 'cpuSeconds' | 'peakMB'>;
} {
  const seen = new Map<number, ProcessUse>();
  let timer: NodeJS.Timeout | undefined;
  return {
    watch(pid) {
      timer = setInterval(() => {
        for (const one of processesOf(pid)) {
          const use = useOf(one);
          if (use !== null) seen.set(one, use);
        }
      }, 250);
    },
    stop() {
      clearInterval(timer);
      const all = [...seen.values()];
      return {
        cpuSeconds: all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
        peakMB: Math.max(0, ...all.map(({ peakMB }) => peakMB)),
      };
    },
  };
}

/** `1:02:03` or `2:03.45` in seconds. */
function clock(text: string): number {
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}
