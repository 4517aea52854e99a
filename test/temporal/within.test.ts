import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  type ConnectionOptions,
} from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { giveOrder } from '../../temporal/orders.js';
import { within } from '../../temporal/within.js';
import {
  removeFolder,
  startTemporalServer,
  temporaryFolder,
  until,
  type TemporalServer,
} from '../support/system.js';

/** What waits for Temporal no longer than it may, with a run that no worker takes up. */
const folder = temporaryFolder('within');
let temporal: TemporalServer;
let connection: Connection;
let client: Client;
/** Calls that the server has not answered yet. */
let open = 0;

const counting: NonNullable<ConnectionOptions['interceptors']>[number] = (options, nextCall) => {
  const call = nextCall(options);
  const start = call.start.bind(call);
  call.start = (metadata, listener) => {
    open++;
    start(metadata, {
      onReceiveMetadata: (received) => listener?.onReceiveMetadata?.(received),
      onReceiveMessage: (message) => void listener?.onReceiveMessage?.(message),
      onReceiveStatus(status) {
        open--;
        listener?.onReceiveStatus?.(status);
      },
    });
  };
  return call as ReturnType<typeof counting>;
};

beforeAll(async () => {
  temporal = await startTemporalServer(folder);
  connection = await Connection.connect({
    address: temporal.address,
    interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), counting],
  });
  client = new Client({ connection });
});
afterAll(async () => {
  await connection?.close();
  await temporal?.stop();
  removeFolder(folder);
});

it('says its sentence when the time is up, and then nothing is asked of Temporal any more', async () => {
  const handle = await client.workflow.start('moviePipeline', { taskQueue: 'nobody', workflowId: 'alone' });
  const asked = [
    within(client, 300, 'nobody took it up', () => handle.executeUpdate('pause', { args: [] })),
    within(client, 300, 'nobody answered', () => handle.query('progress')),
  ];
  const said = await Promise.allSettled(asked);
  expect(said.map((one) => (one.status === 'rejected' ? String(one.reason) : 'done'))).toEqual([
    'RunsError: nobody took it up',
    'RunsError: nobody answered',
  ]);
  // Without a deadline the update is asked about for ever: the server answers "not yet" each 20 s.
  await until('the calls have ended', 10, () => open === 0);
});

it('passes on at once what the work gives or throws, and how a run refuses an order', async () => {
  expect(await within(client, 60_000, 'late', async () => await Promise.resolve(5))).toBe(5);
  const broken = within(client, 60_000, 'late', async () => await Promise.reject(new Error('broken')));
  await expect(broken).rejects.toThrow('broken');
  const { workflowId, firstExecutionRunId: runId } = await client.workflow.start('moviePipeline', {
    taskQueue: 'nobody',
    workflowId: 'ended',
  });
  await client.workflow.getHandle(workflowId).terminate();
  await expect(giveOrder(client, { workflowId, runId }, { update: 'resume' })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('just ended') as string,
  });
});
