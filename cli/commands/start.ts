import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { requireKey } from '../../activities/home.js';
import { hasTmdbIds } from '../../activities/ratingFiles.js';
import { listSnapshots } from '../../dataset/snapshots.js';
import type { Store } from '../../dataset/store.js';
import type { RunView } from '../../graphql/runs.js';
import { connectClient, readTemporalSettings } from '../../temporal/connection.js';
import { dataId } from '../../temporal/ids.js';
import { createRuns, type RunControl } from '../../temporal/runs.js';
import { findOrStartServer } from '../../temporal/server.js';
import { parseCatalogue } from '../../tmdb/catalogues/catalogue.js';
import { openCatalogue } from '../../tmdb/catalogues/open.js';
import { ask } from '../ask.js';
import { startChild, type Child } from '../children.js';
import { asEnvironment, readSettings, withoutKeys, type Settings } from '../config.js';
import { localFolder, openData } from '../data.js';
import { findings } from '../findings.js';
import { untilAskedToStop } from '../lifetime.js';
import {
  apiOptions,
  catalogueOption,
  dataOption,
  hostOption,
  limitOption,
  portOption,
  type flagsOf,
} from '../options.js';
import { createPainter, duration } from '../progress.js';
import { readPlanFile } from '../root.js';
import { servedLabel } from '../served.js';

/** Everything on this machine, for one person: Temporal, worker, API, and a snapshot to look at. */
export function startCommand(): Command {
  const command = new Command('start');
  for (const option of apiOptions()) command.addOption(option);
  return command
    .description(
      'Everything on this machine: Temporal, a worker, the API with its page; makes sure there is a snapshot, shows progress and findings, and stays up until Ctrl-C.',
    )
    .addOption(catalogueOption())
    .addOption(limitOption())
    .addOption(dataOption())
    .addOption(portOption())
    .addOption(hostOption())
    .option('--once', 'exit when the run has ended: 0 when a snapshot is there, 1 when not')
    .action(async (_, asked: Command) => {
      const { once = false, ...flags } = asked.opts<{ once?: boolean }>();
      await start(readSettings(flags as ReturnType<typeof flagsOf>, process.env), once);
    });
}

async function start(settings: Settings, once: boolean): Promise<void> {
  const say = (line: string): void => console.log(line);
  await requireCatalogue(settings);
  if (settings.ratings !== undefined && !hasTmdbIds(settings.catalogue))
    say(
      `No personal model is trained: ratings are joined by TMDB id, which films of ${settings.catalogue} lack.`,
    );
  const plan = await readPlanFile(settings.plan);
  const store = await openData(settings);
  const asked = untilAskedToStop().then(() => 'asked' as const);
  const stops: (() => Promise<void>)[] = [];
  try {
    const temporal = readTemporalSettings(process.env);
    const server = await findOrStartServer({
      settings: temporal,
      environment: process.env,
      data: localFolder(settings),
      say,
    });
    stops.push(() => server.stop());
    say(`Temporal server ${server.origin}.`);
    const client = await connectClient(temporal, server.address);
    stops.push(() => client.connection.close());

    const children = await startChildren(settings, server, say);
    for (const child of children) stops.push(() => child.stop());
    const ready = await Promise.race([Promise.all(children.map((child) => child.ready)), asked]);
    if (ready === 'asked') return;
    const url = ready[1]?.url as string;

    const label = await servedLabel(settings);
    const runs = createRuns({
      client,
      data: dataId(settings.data),
      catalogue: settings.catalogue,
      limit: settings.limit ?? null,
      rate: settings.rate ?? null,
      uiUrl: server.uiUrl,
      taskQueue: plan.connection.taskQueue,
    });
    const run = await makeSure(settings, store, label, runs);
    if (run !== null) {
      if (server.uiUrl !== null) say(`Run of ${label}: ${run.temporalUrl ?? ''}`);
      const ended = await Promise.race([follow(runs, run), asked]);
      if (ended === 'asked') return;
      report(ended, say);
      if (ended.failure !== null || !['COMPLETED', 'COMPLETED_WITH_GAPS'].includes(ended.status)) {
        process.exitCode = 1;
        if (once) return;
      }
      if (ended.snapshot !== null) await served(url, ended.snapshot);
    } else say(`There is a snapshot of ${label} already; it is served as it is.`);

    for (const line of await findings(url)) say(line);
    say('');
    say(`  page      ${url}/`);
    say(`  GraphQL   ${url}/graphql`);
    say(`  Temporal  ${server.uiUrl ?? server.address}`);
    if (once) return;
    say('\nCtrl-C stops all that was started here.');
    process.send?.({ ready: { url } });
    await asked;
  } finally {
    for (const stop of stops.reverse()) await stop().catch((error: Error) => console.error(error.message));
  }
}

/** Fails early, in one sentence, for what no run could do anything with. */
async function requireCatalogue(settings: Settings): Promise<void> {
  const spec = parseCatalogue(settings.catalogue);
  if (spec.kind === 'tmdb')
    requireKey({
      baseUrl: settings.baseUrl,
      accessToken: settings.accessToken,
      apiKey: settings.apiKey,
    });
  else if (spec.kind === 'file') await (await openCatalogue(spec)).close();
}

async function startChildren(
  settings: Settings,
  server: { readonly address: string; readonly uiUrl: string | null },
  say: (line: string) => void,
): Promise<Child[]> {
  const logs = join(localFolder(settings), 'logs');
  await mkdir(logs, { recursive: true });
  const shared = {
    ...asEnvironment(settings),
    TEMPORAL_ADDRESS: server.address,
    ...(server.uiUrl === null ? {} : { TEMPORAL_UI_URL: server.uiUrl }),
  };
  const environment = { ...process.env, ...shared } as Record<string, string>;
  const child = (name: string, command: string, of: Record<string, string>): Child =>
    startChild({ name, command, environment: of, logFile: join(logs, `${name}.log`), say });
  return [
    child('worker', 'worker', environment),
    // Only the worker's process holds the key.
    child('api', 'serve', withoutKeys(environment)),
  ];
}

/** The open run, a new one where this catalogue and limit have no snapshot, or null: what is there is served. */
async function makeSure(
  settings: Settings,
  store: Store,
  label: string,
  runs: RunControl,
): Promise<RunView | null> {
  const limit = settings.limit ?? null;
  const open = await runs.openRun(settings.catalogue, limit);
  if (open !== null) return open;
  const there = (await listSnapshots(store, label)).some((snapshot) => snapshot.limit === limit);
  if (there) return null;
  return await runs.attach({ catalogue: settings.catalogue, ...(limit === null ? {} : { limit }) });
}

/** Shows a run until it has ended. */
async function follow(runs: RunControl, run: RunView): Promise<RunView> {
  const painter = createPainter(process.stdout);
  let last = run;
  let notice: string | null = null;
  for await (const view of runs.watch(run.id)) {
    painter.paint(view.tasks);
    if (view.notice !== null && view.notice !== notice) console.log(view.notice);
    notice = view.notice;
    last = view;
  }
  painter.end();
  return last;
}

function report(run: RunView, say: (line: string) => void): void {
  const seconds = (Date.parse(run.closedAt ?? run.startedAt) - Date.parse(run.startedAt)) / 1000;
  if (run.failure !== null) console.error(`marquee: ${run.failure}`);
  else if (run.status === 'COMPLETED') say(`The pipeline took ${duration(seconds)}.\n`);
  else if (run.status === 'COMPLETED_WITH_GAPS')
    say(`The pipeline took ${duration(seconds)}; films are missing: \`marquee dead-letters\` names them.\n`);
  else console.error(`marquee: the run has ended: ${run.status}. Nothing was published.`);
}

/** Waits until the API has taken the snapshot over. */
async function served(url: string, snapshot: string): Promise<void> {
  for (const until = performance.now() + 60_000; performance.now() < until;) {
    const answer = await ask<{ snapshot: { id: string } | null }>(url, '{ snapshot { id } }').catch(
      () => null,
    );
    if (answer?.snapshot?.id === snapshot) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(
    `The API does not serve ${snapshot} after a minute; its log is logs/api.log in the data folder.`,
  );
}
