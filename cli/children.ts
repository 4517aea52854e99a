import { fork, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process of this program that `start` keeps alive: the worker or the API. */
export interface Child {
  readonly name: string;
  /** What the process said when it became ready; rejects when it gave up before. */
  readonly ready: Promise<Readonly<Record<string, string>>>;
  /** Ends it: SIGTERM, then SIGKILL after `patienceMs`. Resolves when it is gone. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly name: string;
  /** The command of this program, e.g. `worker`. */
  readonly command: string;
  readonly environment: Record<string, string>;
  /** Its output goes here, appended; a person is told where. */
  readonly logFile: string;
  readonly say: (line: string) => void;
  readonly patienceMs?: number;
}

type Message = { readonly ready: Record<string, string> } | { readonly failed: string };

/** A process that dies this often within ten minutes is not started again. */
const MOST_RESTARTS = 5;
const WINDOW_MS = 600_000;

/**
 * Starts one process in a group of its own, so that Ctrl-C reaches `start` alone, which ends its children in
 * order. When `start` itself is killed, the closed channel tells the child to end (see lifetime.ts).
 */
export function startChild(options: ChildOptions): Child {
  const { name, say, patienceMs = 15_000 } = options;
  const deaths: number[] = [];
  let stopping = false;
  let current: ChildProcess;
  let settle: { resolve(value: Record<string, string>): void; reject(error: Error): void };
  const ready = new Promise<Record<string, string>>((resolve, reject) => (settle = { resolve, reject }));
  ready.catch(() => undefined);

  const launch = (): void => {
    const log = openSync(options.logFile, 'a');
    current = fork(process.argv[1] as string, [options.command], {
      detached: true,
      env: options.environment,
      stdio: ['ignore', log, log, 'ipc'],
    });
    let refusal: string | undefined;
    current.on('message', (message: Message) => {
      if ('ready' in message) settle.resolve(message.ready);
      else refusal = message.failed;
    });
    current.once('exit', (code, signal) => {
      if (stopping) return;
      if (refusal !== undefined) return settle.reject(new Error(refusal));
      const now = performance.now();
      deaths.push(now);
      const cause = signal ?? `exit code ${code}`;
      if (deaths.filter((at) => now - at < WINDOW_MS).length > MOST_RESTARTS) {
        const verdict = `The ${name} ended ${MOST_RESTARTS + 1} times within ten minutes (last: ${cause}); its log is ${options.logFile}.`;
        say(verdict);
        return settle.reject(new Error(verdict));
      }
      say(`The ${name} ended (${cause}) and is started again; its log is ${options.logFile}.`);
      void sleep(500 * deaths.length).then(() => {
        if (!stopping) launch();
      });
    });
  };
  launch();

  return {
    name,
    ready,
    async stop() {
      stopping = true;
      if (current.exitCode !== null || current.signalCode !== null) return;
      const gone = new Promise<void>((resolve) => current.once('exit', () => resolve()));
      current.kill('SIGTERM');
      const timer = setTimeout(() => current.kill('SIGKILL'), patienceMs);
      await gone;
      clearTimeout(timer);
    },
  };
}
