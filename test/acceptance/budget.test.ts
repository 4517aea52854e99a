import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pauseUpdate, resumeUpdate, setRateUpdate } from '../../workflows/messages.js';
import { writeShortPlan } from '../support/plan.js';
import {
  launch,
  removeFolder,
  startSource,
  startTemporalServer,
  temporaryFolder,
  until,
  type Running,
  type TemporalServer,
} from '../support/system.js';

/** One run's budget is one budget, whoever fetches and whatever is killed. */
describe('the rate budget', () => {
  const folder = temporaryFolder('budget');
  const log = join(folder, 'access.log');
  let temporal: TemporalServer;
  let connection: Connection;
  let source: Running;
  let environment: Record<string, string>;
  const workers: Running[] = [];

  /** Times of the films that were asked for, ms since 1970. */
  const asked = (): number[] =>
    (existsSync(log) ? readFileSync(log, 'utf8') : '')
      .split('\n')
      .filter((line) => line.includes('/3/movie/'))
      .map((line) => Number(line.split(' ')[0]));
  const since = (time: number): number => asked().filter((at) => at >= time).length;
  const startWorker = async (): Promise<Running> => {
    const worker = launch(['worker'], environment);
    workers.push(worker);
    await worker.ready;
    return worker;
  };

  beforeAll(async () => {
    temporal = await startTemporalServer(folder);
    connection = await Connection.connect({ address: temporal.address });
    const { server, where } = await startSource('synthetic:20000', '--access-log', log);
    source = server;
    environment = {
      MARQUEE_DATA: join(folder, 'data'),
      MARQUEE_CATALOGUE: 'tmdb',
      MARQUEE_PLAN: writeShortPlan(folder),
      TEMPORAL_ADDRESS: temporal.address,
      ...where,
    };
  });
  afterAll(async () => {
    for (const worker of workers) await worker.stop();
    await source?.stop();
    await connection?.close();
    await temporal?.stop();
    removeFolder(folder);
  });

  it('is shared by several workers, follows setRate and pause within 5 s, and survives their death', async () => {
    const [one, two] = [await startWorker(), await startWorker()];
    const client = new Client({ connection });
    const handle: WorkflowHandle = await client.workflow.start('moviePipeline', {
      taskQueue: 'marquee',
      workflowId: 'budget',
      args: [{ rate: 80 }],
    });
    await until('films are being fetched', 60, () => asked().length > 80);
    const begun = asked()[0]!;
    await sleep(6000);
    // Two workers with a budget each would make 160 a second.
    const whole = new Map<number, number>();
    for (const at of asked().filter((time) => time > begun + 1000))
      whole.set(Math.floor(at / 1000), (whole.get(Math.floor(at / 1000)) ?? 0) + 1);
    expect(Math.max(...whole.values())).toBeLessThanOrEqual(80 + 8);
    expect(since(begun)).toBeGreaterThan(200);

    await handle.executeUpdate(setRateUpdate, { args: [8] });
    await sleep(5000);
    const slowed = Date.now();
    await sleep(3000);
    expect(since(slowed)).toBeLessThanOrEqual(8 * 3 + 8);

    // Both die; who comes after them keeps to what was set.
    await Promise.all([one.stop('SIGKILL'), two.stop('SIGKILL')]);
    const died = Date.now();
    await startWorker();
    await until('the new worker fetches', 60, () => since(died + 1000) > 8);
    const back = Date.now();
    await sleep(4000);
    expect(since(back)).toBeLessThanOrEqual(8 * 4 + 8);

    await handle.executeUpdate(pauseUpdate);
    await sleep(5000);
    await workers.at(-1)!.stop('SIGKILL');
    const paused = Date.now();
    await startWorker();
    await sleep(4000);
    expect(since(paused)).toBe(0);

    await handle.executeUpdate(resumeUpdate);
    await until('it goes on', 60, () => since(paused) > 4);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
  }, 240_000);
});
