import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, launch, removeFolder, startTemporalServer, temporalCli, temporaryFolder, until } from '../support/system.js';
import { freePort } from '../../temporal/ports.js';

/**
 * Records the histories that `replay.test.ts` replays: `npx tsx test/histories/record.ts`. A recording is kept as long
 * as runs of that version may be open somewhere; a new version of the workflows gets a new recording beside it.
 */
const folder = temporaryFolder('record');
const temporal = await startTemporalServer(folder);
const url = `http://127.0.0.1:${await freePort()}`;
const system = launch(['start'], {
  MARQUEE_DATA: join(folder, 'data'),
  MARQUEE_CATALOGUE: 'synthetic:2500',
  MARQUEE_PORT: new URL(url).port,
  TEMPORAL_ADDRESS: temporal.address,
  TMDB_RATE: '250',
});
try {
  await system.ready;
  const { startRun } = await ask<{ startRun: { id: string } }>(
    url,
    'mutation { startRun(input: { force: true }) { id } }',
  );
  const fetching = async (): Promise<boolean> => {
    const { run } = await ask<{ run: { tasks: { name: string; done: number | null }[] } }>(
      url,
      'query ($id: ID!) { run(id: $id) { tasks { name done } } }',
      { id: startRun.id },
    );
    return run.tasks.some(({ name, done }) => name === 'documents' && (done ?? 0) > 0);
  };
  await until('films are being fetched', 600, fetching);
  const change = (name: string, more = ''): Promise<unknown> =>
    ask(url, `mutation { ${name}(id: "${startRun.id}"${more}) { id } }`);
  await change('pauseRun');
  await change('setRate', ', ratePerSecond: 2000');
  await change('resumeRun');
  await until('the run has ended', 600, async () => {
    const { run } = await ask<{ run: { status: string } }>(url, 'query ($id: ID!) { run(id: $id) { status } }', {
      id: startRun.id,
    });
    return run.status === 'COMPLETED';
  });
  const list = JSON.parse(
    execFileSync(temporalCli(), ['workflow', 'list', '--address', temporal.address, '-o', 'json'], { encoding: 'utf8' }),
  ) as { execution: { workflowId: string; runId: string }; type: { name: string } }[];
  for (const type of ['moviePipeline', 'fetchCatalogue']) {
    // Newest first: the run that was paused.
    const found = list.find((one) => one.type.name === type);
    if (found === undefined) throw new Error(`no ${type} was recorded`);
    const { workflowId, runId } = found.execution;
    const text = execFileSync(
      temporalCli(),
      ['workflow', 'show', '--address', temporal.address, '-w', workflowId, '-r', runId, '-o', 'json'],
      { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    );
    const history = JSON.parse(text) as { events: Record<string, unknown>[] };
    const anonymous = JSON.stringify(history, (key, value: unknown) => (key === 'identity' ? '' : value));
    writeFileSync(
      join(import.meta.dirname, `${type}.json`),
      `${JSON.stringify({ workflowId, history: JSON.parse(anonymous) as unknown }, null, 1)}\n`,
    );
  }
} finally {
  await system.stop();
  await temporal.stop();
  removeFolder(folder);
}
