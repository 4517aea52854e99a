import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Settings } from '../../dataset/s3client.js';
import { findProgram } from './programs.js';
import { freePort } from '../../temporal/ports.js';

/** A real S3 server over a folder: versitygw, from VERSITYGW, the PATH or the cache that .ci/run fills. */
export function findS3Server(): string | null {
  return findProgram('versitygw', 'VERSITYGW');
}

/** What the name of a suite says that is skipped without one. */
export const NO_S3_SERVER =
  '(no versitygw found: `go install github.com/versity/versitygw/cmd/versitygw@latest`, or name it in VERSITYGW)';

export interface S3Server {
  readonly settings: S3Settings & { readonly endpoint: string };
  /** The settings as a process reads them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends it; `again` starts it on the same port and folder. */
  stop(): Promise<void>;
  again(): Promise<void>;
}

export const BUCKET = 'marquee-test';

/** Serves `folder`, with one empty bucket. */
export async function startS3(program: string, folder: string): Promise<S3Server> {
  const buckets = join(folder, 'buckets');
  const meta = join(folder, 'meta');
  mkdirSync(join(buckets, BUCKET), { recursive: true });
  mkdirSync(meta, { recursive: true });
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const [access, secret] = ['tester', 'not-a-secret'];
  const start = async () => {
    const child = spawn(
      program,
      // prettier-ignore
      ['--port', `127.0.0.1:${port}`, '--access', access, '--secret', secret, '--quiet', '--keep-alive', 'posix', '--sidecar', meta, buckets],
      { stdio: 'ignore' },
    );
    for (let attempt = 0; attempt < 100; attempt++) {
      if (await fetch(endpoint).catch(() => null)) return child;
      await sleep(50);
    }
    child.kill('SIGKILL');
    throw new Error(`${program} does not answer`);
  };
  let child = await start();
  return {
    settings: {
      endpoint,
      region: 'us-east-1',
      accessKeyId: access,
      secretAccessKey: secret,
      sessionToken: undefined,
    },
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: access,
      AWS_SECRET_ACCESS_KEY: secret,
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      await gone;
    },
    async again() {
      child = await start();
    },
  };
}
