import { TransportError } from '@temporalio/worker';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { connectWorker, lazyClient, readTemporalSettings } from '../../temporal/connection.js';
import { startTemporalServer, temporaryFolder } from '../support/system.js';
import { freePort } from '../../temporal/ports.js';

const settings = readTemporalSettings({});

describe('a client that is closed', () => {
  it('while a call is tried again leaves it, where gRPC would throw out of a timer', async () => {
    const client = await lazyClient(settings, `127.0.0.1:${await freePort()}`);
    const thrown: unknown[] = [];
    const note = (error: unknown): void => void thrown.push(error);
    process.prependListener('uncaughtException', note);
    try {
      const asked = client.workflow.getHandle('nobody').describe();
      asked.catch(() => undefined);
      await sleep(700);
      await client.connection.close();
      await sleep(2000);
      expect(thrown).toEqual([]);
      await expect(client.workflow.getHandle('nobody').describe()).rejects.toThrow();
    } finally {
      process.off('uncaughtException', note);
    }
  });
});

describe('a worker that connects', () => {
  it('waits for a Temporal server that comes a little later', async () => {
    const port = await freePort();
    const connecting = connectWorker(settings, `127.0.0.1:${port}`, 30_000);
    await sleep(500);
    const server = await startTemporalServer(temporaryFolder('connection'), port);
    try {
      await (await connecting).close();
    } finally {
      await server.stop();
    }
  }, 60_000);

  it('says that none answers when its patience is over', async () => {
    await expect(connectWorker(settings, `127.0.0.1:${await freePort()}`, 300)).rejects.toThrow(
      TransportError,
    );
  });
});
