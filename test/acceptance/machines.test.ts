import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataId } from '../../temporal/ids.js';
import { progressQuery, type PipelineResult } from '../../workflows/messages.js';
import { writeShortPlan } from '../support/plan.js';
import { BUCKET, findS3Server, NO_S3_SERVER, startS3, type S3Server } from '../support/s3.js';
import {
  launch,
  removeFolder,
  startTemporalServer,
  temporaryFolder,
  until,
  type Running,
  type TemporalServer,
} from '../support/system.js';

const program = findS3Server();
const FILMS = 3000;
const RATE = 150;

/** Workers on several machines share one dataset in a bucket; each has its own folder of copies and spools. */
describe.skipIf(program === null)(
  `two machines and a bucket${program === null ? ` ${NO_S3_SERVER}` : ''}`,
  () => {
    const folder = temporaryFolder('machines');
    let temporal: TemporalServer;
    let connection: Connection;
    let client: Client;
    let s3: S3Server;
    let source: Running;
    const workers: Running[] = [];
    const log = join(folder, 'access.log');
    const cacheOf = (machine: string): string => join(folder, `cache-${machine}`);

    /** Film ids that were answered, one entry an answer. */
    const answered = (): number[] =>
      (existsSync(log) ? readFileSync(log, 'utf8') : '').split('\n').flatMap((line) => {
        const match = /^\d+ 200 \/3\/movie\/(\d+)/.exec(line);
        return match ? [Number(match[1])] : [];
      });
    const startWorker = async (location: string, machine: string): Promise<Running> => {
      const { url, exportUrl } = await source.ready;
      const worker = launch(['worker'], {
        ...s3.environment,
        XDG_CACHE_HOME: cacheOf(machine),
        MARQUEE_DATA: location,
        MARQUEE_CATALOGUE: 'tmdb',
        MARQUEE_PLAN: writeShortPlan(folder, { storage: { probeInterval: '1s' } }),
        TEMPORAL_ADDRESS: temporal.address,
        TMDB_BASE_URL: url as string,
        TMDB_EXPORT_URL: exportUrl as string,
      });
      workers.push(worker);
      await worker.ready;
      return worker;
    };
    const start = async (id: string, location: string, rate: number) =>
      await client.workflow.start('moviePipeline', {
        taskQueue: 'marquee',
        workflowId: id,
        args: [{ data: dataId(location), catalogue: 'tmdb', rate }],
      });

    beforeAll(async () => {
      s3 = await startS3(program as string, folder);
      temporal = await startTemporalServer(folder);
      connection = await Connection.connect({ address: temporal.address });
      client = new Client({ connection });
      source = launch(
        ['tmdb-server', '--catalogue', `synthetic:${FILMS}:3`, '--port', '0', '--access-log', log],
        {},
      );
    });
    afterAll(async () => {
      for (const worker of workers) await worker.stop();
      await source?.stop();
      await s3?.stop();
      await connection?.close();
      await temporal?.stop();
      removeFolder(folder);
    });

    it('come to the bytes of one disk, though one machine is lost and the bucket is away for a while', async () => {
      const here = join(folder, 'data');
      const disk = await startWorker(here, 'disk');
      const onDisk = (await (await start('disk', here, 0)).result()) as PipelineResult;
      await disk.stop();
      const before = answered().length;
      expect(before).toBe(FILMS);

      const location = `s3://${BUCKET}/films`;
      const lost = await startWorker(location, 'one');
      await startWorker(location, 'two');
      const handle = await start('bucket', location, RATE);
      await until('both have fetched for a while', 120, () => answered().length - before > 8 * RATE);
      await lost.stop('SIGKILL');
      rmSync(cacheOf('one'), { recursive: true, force: true });
      await until('the other goes on', 120, () => answered().length - before > 12 * RATE);

      await s3.stop();
      await until('the run holds', 120, async () => (await handle.query(progressQuery)).paused);
      expect((await handle.query(progressQuery)).notice).toMatch(
        /paused itself: The data location s3:\/\/marquee-test\/films does not answer as it should/,
      );
      await sleep(2000);
      await s3.again();
      const inBucket = (await handle.result()) as PipelineResult;
      expect(inBucket).toMatchObject({ status: 'COMPLETED', sha256: onDisk.sha256 });
      // The lost machine took with it what it had not shared: at most 5 s of its films, and those under way.
      const again = answered().length - before - FILMS;
      expect(again).toBeGreaterThanOrEqual(0);
      expect(again).toBeLessThanOrEqual(5 * RATE + 64);
    }, 480_000);
  },
);
