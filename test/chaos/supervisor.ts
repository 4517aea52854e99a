import { setTimeout as sleep } from 'node:timers/promises';
import { launch, startTemporalServer, type Running, type TemporalServer } from '../support/system.js';

/** A process that is killed and comes back, as under systemd or Kubernetes. */
export interface Supervised {
  readonly name: string;
  /** SIGKILL; false when there is nothing to kill right now. */
  kill(): boolean;
  /** How often it ended by itself. */
  deaths(): readonly string[];
  stop(): Promise<void>;
}

/** Milliseconds before a dead process is started again. */
const REST = 500;

export async function supervise(
  args: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>>,
): Promise<Supervised> {
  const deaths: string[] = [];
  let stopping = false;
  let killed = false;
  let current: Running = launch(args, environment);
  await current.ready;
  const living = (async () => {
    for (;;) {
      const { code, stderr } = await current.outcome;
      if (stopping) return;
      if (!killed) deaths.push(`${args[0]} ended with ${code}: ${stderr.trim().split('\n').at(-1) ?? ''}`);
      killed = false;
      await sleep(REST);
      if (stopping) return;
      current = launch(args, environment);
    }
  })();
  return {
    name: args[0],
    kill() {
      const { process } = current;
      if (process.exitCode !== null || process.signalCode !== null) return false;
      killed = true;
      return process.kill('SIGKILL');
    },
    deaths: () => deaths,
    async stop() {
      stopping = true;
      await current.stop();
      await living;
    },
  };
}

/** The Temporal server; it comes back on its port with its database. */
export async function superviseTemporal(folder: string): Promise<Supervised & { readonly address: string }> {
  let current: TemporalServer & { readonly port: number } = await startTemporalServer(folder);
  const { address, port } = current;
  let restarting: Promise<void> | null = null;
  return {
    name: 'temporal',
    address,
    kill() {
      if (restarting !== null) return false;
      const gone = new Promise<void>((done) => current.process.once('exit', () => done()));
      current.process.kill('SIGKILL');
      restarting = gone
        .then(() => sleep(REST))
        .then(() => startTemporalServer(folder, port))
        .then((server) => {
          current = server;
          restarting = null;
        });
      return true;
    },
    deaths: () => [],
    async stop() {
      await restarting;
      await current.stop();
    },
  };
}
