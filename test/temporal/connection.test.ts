import { TransportError } from '@temporalio/worker';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { connectWorker, readTemporalSettings } from '../../temporal/connection.js';
import { startTemporalServer, temporaryFolder } from '../support/system.js';
import { freePort } from '../../temporal/ports.js';

const settings = readTemporalSettings({});

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
