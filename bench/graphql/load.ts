import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import autocannon from 'autocannon';
import { processesOf, useOf } from '../processes.js';
import type { Question } from './questions.js';

/** A server in a process of its own. */
export interface Server {
  readonly url: string;
  readonly pid: number;
  /** From the start of the process until it answers, in seconds. */
  readonly ready: number;
  stop(): Promise<void>;
}

export async function startServer(
  script: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Server> {
  const started = performance.now();
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const line = await new Promise<string>((done, fail) => {
    createInterface(child.stdout).once('line', done);
    child.once('close', (code) => fail(new Error(`${script} ${args.join(' ')} ended with code ${code}`)));
  });
  const { url } = JSON.parse(line) as { url: string };
  return {
    url,
    pid: child.pid as number,
    ready: (performance.now() - started) / 1000,
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

export interface Loaded {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
  /** Of the server's processes, in milliseconds a request. */
  readonly cpu: number;
  readonly requests: number;
  /** Answers other than 200, errors of connections, answers with errors in them. */
  readonly wrong: number;
}

/** Cpu seconds of processes and all below them. */
const cpuOf = (pids: readonly number[]): number =>
  pids.flatMap(processesOf).reduce((sum, pid) => sum + (useOf(pid)?.cpuSeconds ?? 0), 0);

/** What autocannon is told to ask: each request is drawn as it is sent. */
export function asking(
  url: string,
  draw: () => Question,
  onWrong: () => void,
): Pick<autocannon.Options, 'url' | 'method' | 'headers' | 'requests'> {
  return {
    url: `${url}/graphql`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    requests: [
      {
        setupRequest: (request) => ({ ...request, body: JSON.stringify(draw()) }),
        onResponse: (_status, body) => {
          if (body.startsWith('{"errors"')) onWrong();
        },
      },
    ],
  };
}

/** Seconds of questions before it is measured: V8 has then compiled what it runs often, as in a server that runs for long. */
const WARM_UP = 4;

/** Asks a server for some seconds over so many connections; each request is drawn as it is sent. */
export async function load(
  { url, pid }: Pick<Server, 'url'> & { readonly pid: number | readonly number[] },
  draw: () => Question,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<Loaded> {
  const pids = typeof pid === 'number' ? [pid] : pid;
  let wrong = 0;
  const fire = (duration: number): Promise<autocannon.Result> =>
    autocannon({
      ...asking(url, draw, () => wrong++),
      connections,
      duration,
    });
  await fire(WARM_UP);
  wrong = 0;
  const before = cpuOf(pids);
  const result = await fire(seconds);
  const cpu = cpuOf(pids) - before;
  const requests = result.requests.total;
  return {
    perSecond: requests / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    most: result.latency.max,
    cpu: (1000 * cpu) / Math.max(1, requests),
    requests,
    wrong: wrong + result.non2xx + result.errors,
  };
}
