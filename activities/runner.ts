import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cancellationSignal, heartbeat } from '@temporalio/activity';
import {
  artefactSha256,
  filePath,
  findArtefact,
  keepArtefact,
  sha256Of,
  type Artefact,
  type TableRecord,
} from '../dataset/artefacts.js';
import { MissingFile, storageError } from '../dataset/errors.js';
import { dropTrials, keepTrial, keptTrials } from '../dataset/trials.js';
import type { Check } from '../plan/schema.js';
import { parametersOf } from '../plan/read.js';
import type { ArtefactRef, CheckCount, RunFacts, TaskInput } from '../workflows/records.js';
import { bringBlocks } from './blockList.js';
import { codeHash } from './code.js';
import { CheckFailed } from './failures.js';
import type { InputArtefact } from './task.js';
import type { ScoredTrial } from './thread.js';
import type { WorkerContext } from './worker.js';

/** The one seed: what is drawn at random is drawn the same in every run. */
export const SEED = 20_260_101;

/** Milliseconds between heartbeats while a task computes. */
const BEAT = 1000;

/** What a pending activity says of itself. */
export interface Beat {
  readonly task: string;
  readonly done: number;
  readonly total: number;
  /** For people, e.g. `candidate 3 of 20`. */
  readonly doing?: string | undefined;
  /** Films per second of a batch. */
  readonly rate?: number;
}

/**
 * Runs a task of temporal.yml, or finds what it wrote before: memoised by its code, parameters and the content of
 * its inputs. `extra`: what it takes beside the plan's parameters; `identity` stands in the key for `extra`, where
 * that holds addresses.
 */
export async function runTask(
  worker: WorkerContext,
  activity: string,
  { run, task, inputs }: TaskInput,
  extra: { readonly params: Record<string, unknown>; readonly identity: unknown } = {
    params: {},
    identity: null,
  },
): Promise<ArtefactRef> {
  const plan = await worker.plans.read(run.plan);
  const params = parametersOf(plan, task, run.profile);
  const checks = plan.tasks[task]?.checks ?? [];
  const key = sha256Of(
    JSON.stringify([
      await codeHash(`tasks/${activity}`),
      params,
      extra.identity,
      checks,
      inputs.map((input) => [input.task, input.sha256]),
    ]),
  );
  const known = await reusable(worker, run, task, key);
  if (known !== null) return refOf(known, sinceRun(known));

  const createdAt = new Date().toISOString();
  const started = performance.now();
  const out = await worker.store.temporary();
  let last: Beat = { task, done: 0, total: 0 };
  const kept: Promise<void>[] = [];
  const keep = ({ search, trial }: ScoredTrial): void => {
    const written = keepTrial(worker.store, task, key, { run: run.run, search, at: trial.at, trial });
    // Awaited below, after the task; until then nobody listens.
    written.catch(() => undefined);
    kept.push(written);
  };
  const timer = setInterval(() => heartbeat(last), BEAT);
  heartbeat(last);
  try {
    const done = await worker.threads.task(
      {
        activity,
        task,
        context: {
          params: { ...params, ...extra.params },
          inputs: await inputFiles(worker, inputs),
          out,
          seed: SEED,
          run: { catalogue: run.catalogue, limit: run.limit, day: run.day, profile: run.profile },
        },
        checks,
        finished: await finishedTrials(worker, run, task, key),
      },
      (said) => {
        if ('trial' in said) keep(said);
        else last = { task, ...said };
      },
      cancellationSignal(),
    );
    await Promise.all(kept);
    requireChecks(task, checks, done.checks);
    const tables: TableRecord[] = [];
    for (const { table, file, rows, content, feeds, bytes, sha256 } of done.tables) {
      const path = filePath(task, key, sha256, file);
      await worker.store.put(join(out, file), path);
      tables.push({ table, path, rows, bytes, sha256, content, feeds });
    }
    const artefact: Artefact = {
      task,
      key,
      sha256: artefactSha256(tables),
      run: run.run,
      createdAt,
      seconds: (performance.now() - started) / 1000,
      tables,
      facts: done.facts,
      checks: done.checks,
      summary: done.summary,
    };
    await keepArtefact(worker.store, artefact);
    await dropTrials(worker.store, task, key);
    worker.log.info({ task, seconds: artefact.seconds, bytes: bytesOf(artefact) }, artefact.summary);
    return refOf(artefact, null);
  } catch (error) {
    // Tasks write with Node and Polars, which know nothing of the store.
    throw storageError(error, worker.store.location, `writing the files of task ${task}`);
  } finally {
    clearInterval(timer);
    await rm(out, { recursive: true, force: true });
  }
}

/** The artefact of a key. A forced run takes only what it wrote itself, so that it resumes when it was killed. */
export async function reusable(
  worker: Pick<WorkerContext, 'store'>,
  run: Pick<RunFacts, 'force' | 'run'>,
  task: string,
  key: string,
): Promise<Artefact | null> {
  const known = await findArtefact(worker.store, task, key);
  return known !== null && (!run.force || known.run === run.run) ? known : null;
}

/** Candidates that earlier attempts at a task have scored; a forced run takes only its own, as with artefacts. */
async function finishedTrials(
  { store }: WorkerContext,
  { force, run }: RunFacts,
  task: string,
  key: string,
): Promise<ScoredTrial[]> {
  const kept = await keptTrials(store, task, key);
  return kept.flatMap((one) =>
    force && one.run !== run ? [] : [{ search: one.search, trial: one.trial as ScoredTrial['trial'] }],
  );
}

/** @throws MissingFile when an input's record or file is gone. */
export async function inputArtefacts(
  worker: Pick<WorkerContext, 'store'>,
  inputs: TaskInput['inputs'],
): Promise<Artefact[]> {
  return await Promise.all(
    inputs.map(async ({ task, key }) => {
      const artefact = await findArtefact(worker.store, task, key);
      if (artefact === null) throw new MissingFile(`artefacts/${task}/${key}.json, or a file of it,`);
      return artefact;
    }),
  );
}

async function inputFiles(
  worker: Pick<WorkerContext, 'store'>,
  inputs: TaskInput['inputs'],
): Promise<Record<string, InputArtefact>> {
  const artefacts = await inputArtefacts(worker, inputs);
  const bring = async ({ table, path }: TableRecord): Promise<[string, string]> => [
    table,
    await (table === 'blocks' ? bringBlocks(worker.store, path) : worker.store.bring(path)),
  ];
  return Object.fromEntries(
    await Promise.all(
      artefacts.map(async ({ task, tables, facts }): Promise<[string, InputArtefact]> => {
        return [task, { tables: Object.fromEntries(await Promise.all(tables.map(bring))), facts }];
      }),
    ),
  );
}

/** @throws CheckFailed naming each check of severity `block` that does not hold. */
export function requireChecks(task: string, checks: readonly Check[], results: Artefact['checks']): void {
  const failed = results.filter(({ passed, severity }) => !passed && severity === 'block');
  if (failed.length === 0) return;
  throw new CheckFailed(
    `${failed.length} of the ${checks.length} checks of task ${task} do not hold: ${failed
      .map(({ name, detail }) => `${name} (${detail})`)
      .join('; ')}. Look at the source's data, or change the check in temporal.yml, and start again.`,
  );
}

export function sinceRun(artefact: Pick<Artefact, 'run' | 'createdAt'>): string {
  return `same code, parameters and inputs as run ${artefact.run.slice(0, 8)} of ${artefact.createdAt.slice(0, 16).replace('T', ' ')} UTC`;
}

export function refOf(artefact: Artefact, cached: string | null): ArtefactRef {
  const { task, key, sha256, summary, tables } = artefact;
  const [rows, bytes] = [tables[0]?.rows ?? 0, bytesOf(artefact)];
  return { task, key, sha256, rows, bytes, cached, summary, checks: checkCounts(artefact.checks) };
}

/** Checks that cross Temporal: a record stays small, however many a plan has. */
const MOST_CHECKS = 20;

export function checkCounts(checks: Artefact['checks']): CheckCount[] {
  return checks
    .slice(0, MOST_CHECKS)
    .map(({ name, severity, passed, rows }) => ({ name: name.slice(0, 120), severity, passed, rows }));
}

function bytesOf({ tables }: Pick<Artefact, 'tables'>): number {
  return tables.reduce((sum, { bytes }) => sum + bytes, 0);
}
