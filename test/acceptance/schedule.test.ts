import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Client, Connection, ScheduleOverlapPolicy } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHistory } from '../../dataset/popularity.js';
import { listSnapshots } from '../../dataset/snapshots.js';
import { openStore } from '../../dataset/store.js';
import { exportName } from '../../tmdb/export.js';
import { syntheticDocuments } from '../../tmdb/catalogues/synthetic.js';
import type { PipelineResult } from '../../workflows/messages.js';
import { writeShortPlan } from '../support/plan.js';
import {
  ask,
  launch,
  marquee,
  removeFolder,
  startTemporalServer,
  temporaryFolder,
  until,
  type Running,
  type TemporalServer,
} from '../support/system.js';

const FILMS = 100;
const DAY = 86_400_000;
const day = (back: number): string => new Date(Date.now() - back * DAY).toISOString().slice(0, 10);

/** As TMDB itself: an export of each day, each with its own popularity, and films that may be refused. */
describe('a live catalogue', () => {
  const folder = temporaryFolder('schedule');
  const bodies = new Map([...syntheticDocuments(FILMS)].map((body, at) => [at + 1, body]));
  const refused = new Set<number>();
  let asked: number[] = [];
  let server: Server;
  let temporal: TemporalServer;
  let connection: Connection;
  let worker: Running;
  let settings: Record<string, string>;

  const exportOf = (back: number): Buffer =>
    gzipSync([...bodies.keys()].map((id) => `{"id":${id},"popularity":${id + back / 10}}\n`).join(''));

  beforeAll(async () => {
    const exports = new Map([0, 1, 2].map((back) => [`/${exportName(day(back))}`, exportOf(back)]));
    server = createServer((request, response) => {
      const url = request.url ?? '';
      const listed = exports.get(url);
      if (listed !== undefined) return void response.end(request.method === 'HEAD' ? undefined : listed);
      if (url.startsWith('/3/movie/changes')) return void response.end('{"results":[],"total_pages":1}');
      const id = Number(/^\/3\/movie\/(\d+)\?/.exec(url)?.[1]);
      if (Number.isNaN(id)) return void response.writeHead(404).end();
      asked.push(id);
      if (refused.has(id)) response.writeHead(451).end('{"status_message":"not in this country"}');
      else response.end(bodies.get(id));
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    temporal = await startTemporalServer(folder);
    connection = await Connection.connect({ address: temporal.address });
    settings = {
      MARQUEE_DATA: join(folder, 'data'),
      MARQUEE_CATALOGUE: 'tmdb',
      MARQUEE_PLAN: writeShortPlan(folder),
      MARQUEE_PORT: '0',
      TEMPORAL_ADDRESS: temporal.address,
      TMDB_BASE_URL: `${origin}/3`,
      TMDB_EXPORT_URL: origin,
      TMDB_RATE: '0',
    };
    worker = launch(['worker'], settings);
    await worker.ready;
  });
  afterAll(async () => {
    await worker?.stop();
    await connection?.close();
    await temporal?.stop();
    server.closeAllConnections();
    server.close();
    removeFolder(folder);
  });

  it('ends with gaps above the threshold, lists its dead letters, and a new run tries just these again', async () => {
    [3, 50].forEach((id) => refused.add(id));
    const client = new Client({ connection });
    const start = { taskQueue: 'marquee', workflowId: 'gaps', args: [{}] };
    const ended = (await client.workflow.execute('moviePipeline', start)) as PipelineResult;
    expect(ended).toMatchObject({ status: 'COMPLETED_WITH_GAPS', snapshot: 'tmdb/1' });
    const details = (
      await client.workflow
        .getHandle('gaps')
        .query<{ currentDetails: string }>('__temporal_workflow_metadata')
    ).currentDetails;
    // Every check of temporal.yml with what it counted.
    expect(details).toMatch(/\| ids \| rows ids \| 100 \| holds \|/);
    expect(details).toMatch(/\| films \| unique films\.id \| 0 \| holds \|/);
    expect(details).toMatch(/\| snapshot \| sum films .* \| 100 \| holds \|/);

    const listed = await marquee(['dead-letters'], settings);
    expect(listed.stdout).toContain('tmdb/1: 2 dead letters');
    expect(listed.stdout).toMatch(/^50\t451\t1 attempts\tHTTP 451: not in this country$/m);

    refused.clear();
    asked = [];
    const api = launch(['serve'], settings);
    const url = (await api.ready).url as string;
    const { deadLetters } = await ask<{ deadLetters: { nodes: object[]; totalCount: number } }>(
      url,
      '{ deadLetters { nodes { id status message } totalCount } }',
    );
    expect(deadLetters).toMatchObject({ totalCount: 2, nodes: [{ id: 3, status: 451 }, { id: 50 }] });
    const { retryDeadLetters: run } = await ask<{ retryDeadLetters: { id: string } }>(
      url,
      'mutation { retryDeadLetters(snapshot: "tmdb/1") { id } }',
    );
    const status = async (): Promise<string> =>
      (await ask<{ run: { status: string } }>(url, `{ run(id: "${run.id}") { status } }`)).run.status;
    await until('the new run has ended', 90, async () => (await status()) === 'COMPLETED');
    expect(asked.sort((a, b) => a - b)).toEqual([3, 50]);
    const snapshots = await listSnapshots(await openStore(settings.MARQUEE_DATA!));
    expect(snapshots.map(({ id, deadLetters: dead }) => [id, dead])).toEqual([
      ['tmdb/2', 0],
      ['tmdb/1', 2],
    ]);
    await api.stop();
  });

  it('has its schedule applied as often as one likes, keeps a pause, and makes up for a missed day', async () => {
    const apply = () => marquee(['schedule', 'apply'], settings);
    const created = await apply();
    expect(created.stderr).toBe('');
    expect(created.stdout).toMatch(
      /^Created marquee\/[0-9a-f]{8}\/tmdb; next run \d{4}-\d{2}-\d{2}T09:30:00/,
    );
    const client = new Client({ connection });
    const scheduleId = /marquee\/\S+\/tmdb/.exec(created.stdout)![0];
    const schedule = client.schedule.getHandle(scheduleId);
    await schedule.pause('on holiday');
    expect((await apply()).stdout).toMatch(/^Updated .* \(paused\);/);
    const { state, spec, policies } = await schedule.describe();
    expect(state).toMatchObject({ paused: true, note: 'on holiday' });
    expect(spec.calendars).toHaveLength(1);
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: DAY });
    const all = [];
    for await (const one of client.schedule.list()) all.push(one.scheduleId);
    expect(all).toEqual([scheduleId]);

    // Yesterday was missed, today's run is published already.
    const store = await openStore(settings.MARQUEE_DATA!);
    const start = new Date(`${day(1)}T09:00:00Z`);
    const end = new Date(`${day(1)}T10:00:00Z`);
    await schedule.backfill({ start, end, overlap: ScheduleOverlapPolicy.ALLOW_ALL });
    const closed = async () => {
      for await (const one of client.workflow.list({ query: `TemporalScheduledById = '${scheduleId}'` }))
        if (one.status.name !== 'RUNNING') return one;
      return null;
    };
    await until('the backfill has ended', 90, async () => (await closed()) !== null);
    const run = (await closed())!;
    expect(run.workflowId).toContain(`/scheduled-${day(1)}T09:30:00Z`);
    const result = (await client.workflow.getHandle(run.workflowId, run.runId).result()) as PipelineResult;
    // What is served does not go back a day; what that day's export said is kept.
    expect(result).toMatchObject({ status: 'COMPLETED', snapshot: 'tmdb/2', unchanged: true });
    expect((await readHistory(store, 'tmdb')).parts.flatMap(({ days }) => days)).toEqual([day(1), day(0)]);
    const api = launch(['serve'], settings);
    const { movie } = await ask<{ movie: { popularityHistory: object[] } }>(
      (await api.ready).url as string,
      '{ movie(id: 7) { popularityHistory { day popularity } } }',
    );
    expect(movie.popularityHistory).toEqual([
      { day: day(1), popularity: 7.1 },
      { day: day(0), popularity: 7 },
    ]);
    await api.stop();
  });
});
