import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256OfFile } from '../../dataset/artefacts.js';
import type { SnapshotManifest } from '../../dataset/snapshots.js';
import { lazyClient, readTemporalSettings } from '../../temporal/connection.js';
import { dataId } from '../../temporal/ids.js';
import { createRuns, type RunControl } from '../../temporal/runs.js';
import { seededRandom } from '../../models/random.js';
import { marquee, startSource, startTemporalServer } from '../support/system.js';
import { freePort } from '../../temporal/ports.js';
import { chaosPlan } from './plan.js';
import { startReader } from './reader.js';
import { countRequests } from './requests.js';
import { supervise, superviseTemporal, type Supervised } from './supervisor.js';

/** A run in which everything is killed at random moments, and what came of it. */

/** A data folder with an earlier, smaller snapshot, and what an undisturbed run makes of it. */
export interface Reference {
  readonly folder: string;
  /** Path of the plan that all runs follow. */
  readonly plan: string;
  readonly films: number;
  readonly sha256: string;
  readonly seconds: number;
}

export interface ChaosResult {
  readonly seed: number;
  readonly seconds: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly films: number;
  readonly faults: number;
  readonly beyond: number;
  readonly answers: number;
  readonly sha256: string | null;
  /** What was not as it must be; empty: the run passed. */
  readonly failures: readonly string[];
}

const FAULTS = 0.2;
/** Milliseconds after which a run has not come to its end. */
const PATIENCE = 900_000;
const MOST_BEYOND = 0.01;
/** Requests of one worker that are under way at once: the most that its death can cost, few films or many. */
const IN_FLIGHT = 64;

const catalogueOf = (films: number): string => `synthetic:${films}:7`;
const settingsOf = (
  data: string,
  plan: string,
  temporal: string,
  where: Readonly<Record<string, string>>,
): Record<string, string> => ({
  MARQUEE_DATA: data,
  MARQUEE_PLAN: plan,
  MARQUEE_CATALOGUE: 'tmdb',
  MARQUEE_LOG_LEVEL: 'warn',
  TEMPORAL_ADDRESS: temporal,
  TMDB_RATE: '0',
  ...where,
});

function manifestOf(data: string, films: number, number: number): SnapshotManifest | null {
  const file = join(data, `snapshots/${catalogueOf(films).replaceAll(':', '-')}/${number}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SnapshotManifest) : null;
}

/** The first snapshot holds a tenth of the films; its blocks are dropped, so that the next run fetches them all. */
export async function makeReference(folder: string, films: number): Promise<Reference> {
  const template = join(folder, 'template');
  mkdirSync(template, { recursive: true });
  const plan = join(template, 'temporal.yml');
  writeFileSync(plan, chaosPlan());
  const temporal = await startTemporalServer(template);
  const { server, where } = await startSource(catalogueOf(films));
  try {
    const environment = (data: string): Record<string, string> => ({
      ...settingsOf(data, plan, temporal.address, where),
      MARQUEE_PORT: '0',
    });
    const first = join(template, 'data');
    const small = { ...environment(first), MARQUEE_LIMIT: String(Math.ceil(films / 10)) };
    await succeed(['start', '--once'], small);
    for (const dropped of ['blocks', 'crawls', 'spools', 'logs'])
      rmSync(join(first, dropped), { recursive: true, force: true });
    const undisturbed = join(template, 'undisturbed');
    cpSync(first, undisturbed, { recursive: true });
    const started = Date.now();
    await succeed(['start', '--once'], environment(undisturbed));
    const manifest = manifestOf(undisturbed, films, 2);
    if (manifest === null) throw new Error('the undisturbed run published no second snapshot');
    return { folder: first, plan, films, sha256: manifest.sha256, seconds: (Date.now() - started) / 1000 };
  } finally {
    await server.stop();
    await temporal.stop();
  }
}

async function succeed(args: readonly string[], environment: Record<string, string>): Promise<void> {
  const { code, stderr } = await marquee(args, environment);
  if (code !== 0) throw new Error(`marquee ${args.join(' ')} ended with ${code}: ${stderr}`);
}

export async function chaosRun(folder: string, reference: Reference, seed: number): Promise<ChaosResult> {
  const { films } = reference;
  const random = seededRandom(`chaos:${seed}`);
  const data = join(folder, 'data');
  cpSync(reference.folder, data, { recursive: true });
  const accessLog = join(folder, 'access.log');
  const started = Date.now();
  // prettier-ignore
  const { server, where } = await startSource(catalogueOf(films), '--faults', String(FAULTS), '--seed', String(seed), '--access-log', accessLog);
  const temporal = await superviseTemporal(folder);
  const port = await freePort();
  const environment = {
    ...settingsOf(data, reference.plan, temporal.address, where),
    MARQUEE_PORT: String(port),
  };
  const processes: Supervised[] = [];
  const failures: string[] = [];
  const kills: Record<string, number> = { worker: 0, serve: 0, temporal: 0 };
  let seen = { answers: 0, snapshots: [] as readonly string[], broken: [] as readonly string[] };
  const client = await lazyClient(readTemporalSettings({}), temporal.address);
  try {
    const worker = await supervise(['worker'], environment);
    processes.push(worker);
    const api = await supervise(['serve'], environment);
    processes.push(api);
    const reader = startReader(`http://127.0.0.1:${port}`);
    const runs = createRuns({
      client,
      data: dataId(data),
      catalogue: 'tmdb',
      limit: null,
      rate: 0,
      uiUrl: null,
      taskQueue: 'marquee',
    });
    const { id } = await runs.attach({ catalogue: 'tmdb' });
    const victims = { worker, serve: api, temporal };
    let over = false;
    const begun = Date.now();
    const killing = (async () => {
      for (const { name, at } of drawKills(random, reference.seconds * 1000)) {
        await sleep(Math.max(0, begun + at - Date.now()));
        // One that is just coming back is killed as soon as there is something to kill.
        while (!over && !victims[name].kill()) await sleep(50);
        if (over) return;
        kills[name] = (kills[name] ?? 0) + 1;
      }
    })();
    const end = await ended(runs, id, started + PATIENCE).finally(() => (over = true));
    if (end !== 'COMPLETED') failures.push(end);
    await killing;
    // The API may have been killed last: it takes the snapshot over when it is back.
    for (let waited = 0; waited < 60_000 && !reader.has(`synthetic:${films}:7/2`); waited += 200)
      await sleep(200);
    seen = await reader.stop();
    failures.push(...worker.deaths(), ...api.deaths());
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
  } finally {
    for (const one of processes) await one.stop();
    await client.connection.close();
    await temporal.stop();
    await server.stop();
  }

  for (const [name, times] of Object.entries(kills)) if (times === 0) failures.push(`${name} was not killed`);
  const manifest = manifestOf(data, films, 2);
  if (manifest?.sha256 !== reference.sha256)
    failures.push(`the snapshot's sha256 is ${manifest?.sha256 ?? 'none'}, not ${reference.sha256}`);
  const requests = countRequests(accessLog, FAULTS, seed);
  if (requests.films !== films) failures.push(`${requests.films} of ${films} films were asked for`);
  if (requests.beyond > Math.max(MOST_BEYOND * films, IN_FLIGHT * (kills.worker ?? 0)))
    failures.push(`${requests.beyond} requests in vain`);
  failures.push(...seen.broken.slice(0, 3).map((what) => `a reader saw ${what}`));
  if (seen.snapshots.join() !== [1, 2].map((n) => `synthetic:${films}:7/${n}`).join())
    failures.push(`readers saw the snapshots ${seen.snapshots.join(', ')}`);
  await succeed(['vacuum', '--older-than', '0s'], { MARQUEE_DATA: data }).catch((error: Error) =>
    failures.push(error.message),
  );
  failures.push(...leftIn(data).map((path) => `vacuum left ${path}`));
  for (const { path, sha256 } of manifest?.tables ?? [])
    if ((await sha256OfFile(join(data, path)).catch(() => null)) !== sha256)
      failures.push(`${path} is damaged`);
  return {
    seed,
    seconds: (Date.now() - started) / 1000,
    kills,
    ...requests,
    answers: seen.answers,
    sha256: manifest?.sha256 ?? null,
    failures,
  };
}

type Victim = 'worker' | 'serve' | 'temporal';

/**
 * Moments in milliseconds: one kill of each within the time that an undisturbed run takes, so that none is spared, and
 * some more within twice of it, which may come when all is over. Fewer of the worker than a task has attempts, so that
 * no chance makes one run out of them.
 */
function drawKills(
  random: () => number,
  undisturbed: number,
): readonly { readonly name: Victim; readonly at: number }[] {
  const some = (name: Victim, most: number) =>
    Array.from({ length: 1 + Math.floor(random() * most) }, (_, n) => ({
      name,
      at: random() * undisturbed * (n === 0 ? 1 : 2),
    }));
  return [...some('worker', 3), ...some('serve', 2), ...some('temporal', 3)].sort((a, b) => a.at - b.at);
}

/** How the run ended, `COMPLETED` or in words; asks again while Temporal is away. */
async function ended(runs: RunControl, id: string, until: number): Promise<string> {
  while (Date.now() < until) {
    const view = await runs.find(id).catch(() => null);
    if (view !== null && view.closedAt !== null)
      return view.status === 'COMPLETED'
        ? 'COMPLETED'
        : `the run ended: ${view.status}: ${view.failure ?? ''}`;
    await sleep(500);
  }
  return `the run did not end within ${PATIENCE / 1000} s`;
}

/** Temporary files: names that begin with a dot, and what such folders hold. */
function leftIn(data: string): string[] {
  return readdirSync(data, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.split('/').some((part) => part.startsWith('.')) && path !== '.temporary',
  );
}
