import { tmpdir } from 'node:os';
import { pino } from 'pino';
import { openStore } from '../../dataset/store.js';
import type { Runs } from '../../graphql/runs.js';
import { startApi } from '../../graphql/server.js';
import type { Plan } from '../../plan/schema.js';

/** The API alone: `marquee.js <data folder> <catalogue> <keep answers: true or false>`. Says where it is once ready. */
const [folder, catalogue, keep] = process.argv.slice(2) as [string, string, string];
const { url } = await startApi({
  store: await openStore(folder),
  catalogue,
  host: '127.0.0.1',
  port: 0,
  plan: { tasks: {} } as unknown as Plan,
  runs: {} as Runs,
  adminToken: undefined,
  files: undefined,
  web: tmpdir(),
  log: pino({ level: 'warn' }, process.stderr),
  keepAnswers: keep === 'true',
});
console.log(JSON.stringify({ url }));
