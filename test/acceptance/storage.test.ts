import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { progressQuery, resumeUpdate, type PipelineResult } from '../../workflows/messages.js';
import { writeShortPlan } from '../support/plan.js';
import {
  ask,
  launch,
  removeFolder,
  startTemporalServer,
  temporaryFolder,
  until,
  type Running,
  type TemporalServer,
} from '../support/system.js';
import { mountSmallDisk } from '../support/tmpfs.js';

/** Sets every clock of a process that JavaScript can read to what a file says, as an operator may set a machine's. */
const CLOCK = `import { readFileSync } from 'node:fs';
const RealDate = Date;
let offset = 0;
setInterval(() => { try { offset = Number(readFileSync(process.env.CLOCK_OFFSET, 'utf8')); } catch {} }, 100).unref();
globalThis.Date = class extends RealDate {
  constructor(...given) { if (given.length === 0) super(RealDate.now() + offset); else super(...given); }
  static now() { return RealDate.now() + offset; }
};
`;

const folder = temporaryFolder('storage');
const disk = mountSmallDisk(join(folder, 'disk'), 40);

/** What cannot be retried away holds the run, which says why, and goes on when the cause is gone. */
describe.skipIf(typeof disk === 'string')(
  `storage that refuses${typeof disk === 'string' ? ` (skipped: ${disk})` : ''}`,
  () => {
    const small = disk as Exclude<typeof disk, string>;
    const data = join(folder, 'disk/data');
    const filler = join(folder, 'disk/filler');
    let temporal: TemporalServer;
    let connection: Connection;
    let client: Client;
    let worker: Running;
    let api: Running;
    let url: string;

    const start = async (id: string, input: object): Promise<WorkflowHandle> =>
      await client.workflow.start('moviePipeline', { taskQueue: 'marquee', workflowId: id, args: [input] });
    const fill = (): void => {
      const file = openSync(filler, 'w');
      const piece = Buffer.alloc(1024 * 1024);
      try {
        for (let size = piece.length; size >= 4096; size /= 2)
          try {
            for (;;) writeSync(file, piece, 0, size);
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          }
      } finally {
        closeSync(file);
      }
    };
    /** Waits until the run has paused itself, and gives its reason; what was published is served meanwhile. */
    const holding = async (handle: WorkflowHandle): Promise<string> => {
      let notice: string | null = null;
      await until('the run holds', 90, async () => {
        const progress = await handle.query(progressQuery);
        notice = progress.paused ? progress.notice : null;
        return notice !== null;
      });
      await until('its search attribute says so', 30, async () => {
        const { searchAttributes } = await handle.describe();
        return searchAttributes.MarqueePaused?.[0] === true;
      });
      const { currentDetails } = await handle.query<{ currentDetails: string }>(
        '__temporal_workflow_metadata',
      );
      expect(currentDetails).toContain(notice!);
      const { snapshot } = await ask<{ snapshot: { id: string } }>(url, '{ snapshot { id } }');
      expect(snapshot.id).toBe('synthetic:1000/1');
      return notice!;
    };
    const ended = async (handle: WorkflowHandle): Promise<PipelineResult> =>
      (await handle.result()) as PipelineResult;

    beforeAll(async () => {
      mkdirSync(data);
      const clock = join(folder, 'clock.mjs');
      writeFileSync(clock, CLOCK);
      writeFileSync(join(folder, 'offset'), '0');
      temporal = await startTemporalServer(folder);
      connection = await Connection.connect({ address: temporal.address });
      client = new Client({ connection });
      const settings = {
        MARQUEE_DATA: data,
        MARQUEE_CATALOGUE: 'synthetic:1000',
        MARQUEE_PLAN: writeShortPlan(folder, {
          fetch: { batchFilms: 200 },
          storage: { probeInterval: '1s' },
        }),
        MARQUEE_PORT: '0',
        TEMPORAL_ADDRESS: temporal.address,
      };
      worker = launch(['worker'], {
        ...settings,
        NODE_OPTIONS: `--import ${pathToFileURL(clock).href}`,
        CLOCK_OFFSET: join(folder, 'offset'),
      });
      await worker.ready;
      await ended(await start('first', { limit: 100 }));
      api = launch(['serve'], settings);
      url = (await api.ready).url as string;
    });
    afterAll(async () => {
      await api?.stop();
      await worker?.stop();
      await connection?.close();
      await temporal?.stop();
      small.unmount();
      removeFolder(folder);
    });

    it('a full disk: the run pauses itself and goes on by itself when there is room', async () => {
      const handle = await start('full', { force: true, rate: 200 });
      await until(
        'films are being fetched',
        60,
        async () => (await handle.query(progressQuery)).fetchWorkflowId !== null,
      );
      fill();
      expect(await holding(handle)).toMatch(
        /paused itself: The disk of the data folder .* is full .*Free some space/,
      );
      const { historyLength } = await handle.describe();
      await sleep(5000);
      // The server repeats the probe: a run that holds for a weekend does not fill its history.
      expect((await handle.describe()).historyLength).toBeLessThan(historyLength + 20);
      rmSync(filler);
      expect(await ended(handle)).toMatchObject({ status: 'COMPLETED', snapshot: 'synthetic:1000/2' });
    });

    it('a read-only folder: the run says so, and goes on when a person resumes it', async () => {
      small.remount('ro');
      const handle = await start('read-only', { limit: 50 });
      await until('the run holds', 90, async () => (await handle.query(progressQuery)).paused);
      const { notice } = await handle.query(progressQuery);
      expect(notice).toMatch(/The data folder .* cannot be written .*Make it writable/);
      small.remount('rw');
      await handle.executeUpdate(resumeUpdate);
      expect(await ended(handle)).toMatchObject({ status: 'COMPLETED', snapshot: 'synthetic:1000/3' });
    });

    it('a clock that is set back by an hour: nothing waits for it', async () => {
      const handle = await start('clock', { force: true, rate: 100 });
      await until('films are being fetched', 60, async () => {
        const { fetchWorkflowId } = await handle.query(progressQuery);
        return fetchWorkflowId !== null;
      });
      await sleep(1500);
      writeFileSync(join(folder, 'offset'), '-3600000');
      const began = performance.now();
      expect(await ended(handle)).toMatchObject({ status: 'COMPLETED', unchanged: false });
      expect(performance.now() - began).toBeLessThan(600_000);
    });
  },
);
