import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunView } from '../../graphql/runs.js';
import { lazyClient, readTemporalSettings } from '../../temporal/connection.js';
import { runToken } from '../../temporal/ids.js';
import { createRuns, type RunControl } from '../../temporal/runs.js';
import { setRateUpdate } from '../../workflows/messages.js';
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

/** However many orders a run is given at once, and whoever dies meanwhile: the last rate holds, and the run goes on. */
describe('a run that is given dozens of orders at once', () => {
  const MANY = 60;
  const folder = temporaryFolder('orders');
  const log = join(folder, 'access.log');
  let temporal: TemporalServer;
  let source: Running;
  let worker: Running | undefined;
  let client: Client;
  let runs: RunControl;
  let environment: Record<string, string>;
  let handle: WorkflowHandle;
  let id: string;

  const asked = (): number => (existsSync(log) ? readFileSync(log, 'utf8').split('/3/movie/').length - 1 : 0);
  const startWorker = async (): Promise<void> => {
    worker = launch(['worker'], environment);
    await worker.ready;
  };
  /** Rates `from` … `from + MANY - 1`, all given before the first is answered. */
  const flood = (from: number): Promise<PromiseSettledResult<RunView>[]> =>
    Promise.allSettled(Array.from({ length: MANY }, (_, at) => runs.setRate(id, from + at)));
  const failures = (all: readonly PromiseSettledResult<RunView>[]): string[] =>
    all.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  const rates = async (): Promise<number[]> => {
    const run = await handle.query<{ ratePerSecond: number; fetchWorkflowId: string }>('progress');
    const fetching = client.workflow.getHandle(run.fetchWorkflowId);
    return [run.ratePerSecond, (await fetching.query<{ ratePerSecond: number }>('progress')).ratePerSecond];
  };

  beforeAll(async () => {
    temporal = await startTemporalServer(folder);
    client = await lazyClient(readTemporalSettings({}), temporal.address);
    const { server, where } = await startSource('synthetic:50000', '--access-log', log);
    source = server;
    environment = {
      MARQUEE_DATA: join(folder, 'data'),
      MARQUEE_CATALOGUE: 'tmdb',
      MARQUEE_PLAN: writeShortPlan(folder),
      TEMPORAL_ADDRESS: temporal.address,
      ...where,
    };
    await startWorker();
    runs = createRuns({
      client,
      data: 'orders',
      catalogue: 'tmdb',
      limit: null,
      rate: null,
      uiUrl: null,
      taskQueue: 'marquee',
    });
    const started = await client.workflow.start('moviePipeline', {
      taskQueue: 'marquee',
      workflowId: 'orders',
      args: [{ rate: 40 }],
    });
    handle = started;
    id = runToken('orders', started.firstExecutionRunId);
    await until('films are being fetched', 60, () => asked() > 0);
  });
  afterAll(async () => {
    await worker?.stop('SIGKILL');
    await source?.stop();
    await client?.connection.close();
    await temporal?.stop();
    removeFolder(folder);
  });

  it('does them while it is paused and while it runs, as few', async () => {
    expect((await runs.pause(id)).status).toBe('PAUSED');
    expect(failures(await flood(100))).toEqual([]);
    expect(await rates()).toEqual([159, 159]);
    expect((await runs.resume(id)).status).toBe('RUNNING');
    expect(failures(await flood(200))).toEqual([]);
    expect(await rates()).toEqual([259, 259]);
    const { historyLength } = await handle.describe();
    // Each of 120 orders would be eight events.
    expect(historyLength).toBeLessThan(200);
  });

  it('refuses a wrong rate by itself: the right ones given with it hold', async () => {
    const [right, wrong] = await Promise.allSettled([runs.setRate(id, 30), runs.setRate(id, -1)]);
    expect(right.status).toBe('fulfilled');
    expect(failures([wrong])).toEqual([expect.stringContaining('0.1 to 10000') as string]);
    expect(await rates()).toEqual([30, 30]);
  });

  it('hands them to its fetch in the order in which it took them, whoever gives them', async () => {
    for (let round = 0; round < 5; round++) {
      const given = Array.from({ length: 8 }, (_, at) => 600 + 10 * round + at);
      await Promise.all(given.map((rate) => handle.executeUpdate(setRateUpdate, { args: [rate] })));
      const [own, fetching] = await rates();
      expect(fetching).toBe(own);
    }
  });

  it('goes on with the last rate when its worker is killed among them', async () => {
    const before = flood(300);
    const dying = worker!.stop('SIGKILL');
    const among = flood(400);
    await dying;
    await startWorker();
    for (const said of failures([...(await before), ...(await among)]))
      expect(said).toMatch(/TEMPORAL_UNAVAILABLE|No worker took it up within 10 seconds.*ask again/);
    // Whoever was told to ask again does.
    await until('the run takes orders again', 60, async () => failures(await flood(500)).length === 0);
    expect(await rates()).toEqual([559, 559]);
    const answered = asked();
    await until('films are being fetched', 60, () => asked() > answered + 50);
  });
});
