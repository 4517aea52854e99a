import { cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { sha256Of } from '../dataset/artefacts.js';
import { blockKey, findBlock, type BlockRecord } from '../dataset/blocks.js';
import { storageError } from '../dataset/errors.js';
import { readParquet } from '../dataset/tables.js';
import { createClient, type TmdbClient, type TmdbEndpoint } from '../tmdb/client.js';
import { Pacer } from '../tmdb/pace.js';
import type { BatchInput, BatchResult, Pace, RunFacts, TaskInput } from '../workflows/records.js';
import { fetchFilms, systemClock } from './batch.js';
import { codeHash } from './code.js';
import { inputArtefacts, type Beat } from './runner.js';
import { openSpool } from './parts.js';
import { deadLine, filmLine } from './spool.js';
import type { WorkerContext } from './worker.js';

/** Milliseconds between two looks at the pace that the workflow allows. */
const LOOK = 2000;
/** Milliseconds between heartbeats. */
const BEAT = 500;
/**
 * Part of its share that a batch uses. The source counts when requests arrive: some that were sent evenly come late
 * and together.
 */
const USED = 0.995;
/** Requests in flight of one batch. */
const CONCURRENCY = 16;

/** The ids of a block and the state of the catalogue that they are asked of. */
export interface BlockIds {
  readonly ids: readonly number[];
  readonly key: string;
}

/** Rows [from, to) of the run's id file, and the key under which their block is kept. */
export async function blockIds(
  worker: Pick<WorkerContext, 'store'>,
  inputs: TaskInput['inputs'],
  from: number,
  to: number,
): Promise<BlockIds> {
  const { catalogue, state, all } = await listedIds(worker, inputs);
  const ids = Array.from(all.subarray(from, to));
  return { ids, key: blockKey(catalogue, `${state} ${await codeHash('block')}`, ids) };
}

interface ListedIds {
  readonly catalogue: string;
  readonly state: string;
  readonly all: Int32Array;
}

/** The list that was read last: every block of a fetch takes its part of the same one, which never changes. */
const lists = new WeakMap<
  WorkerContext['store'],
  { readonly key: string; readonly list: Promise<ListedIds> }
>();

async function listedIds(
  worker: Pick<WorkerContext, 'store'>,
  inputs: TaskInput['inputs'],
): Promise<ListedIds> {
  const key = JSON.stringify(inputs[0]);
  const known = lists.get(worker.store);
  if (known?.key === key) return await known.list;
  const list = readIds(worker, inputs);
  lists.set(worker.store, { key, list });
  try {
    return await list;
  } catch (error) {
    lists.delete(worker.store);
    throw error;
  }
}

async function readIds(
  worker: Pick<WorkerContext, 'store'>,
  inputs: TaskInput['inputs'],
): Promise<ListedIds> {
  const [listed] = await inputArtefacts(worker, inputs.slice(0, 1));
  const path = listed?.tables[0]?.path;
  if (listed === undefined || path === undefined)
    throw new Error('The id file is not among the inputs of the fetch.');
  const frame = await readParquet(await worker.store.bring(path), ['id']);
  const { catalogue, state } = listed.facts;
  return {
    catalogue: String(catalogue),
    state: String(state),
    all: new Int32Array(frame.getColumn('id').rechunk().toTypedArray() as Int32Array),
  };
}

/**
 * One batch: its spool takes every answer as it comes, so that a retry asks only for what is missing. `sealBatch` makes
 * it one Parquet file, while the next batch is fetched already. A finished block is found again by its ids.
 */
export async function fetchBatch(
  worker: WorkerContext,
  temporal: Client,
  input: BatchInput,
): Promise<BatchResult> {
  const { run } = input;
  // Asked for at once: until a batch fetches, its share of the budget is lost.
  const watching = watchPace(temporal, input.fetchWorkflowId);
  watching.catch(() => undefined);
  try {
    const block = await blockIds(worker, input.inputs, input.from, input.to);
    const known = await findBlock(worker.store, block.key);
    if (known !== null && isReusable(known, run))
      return { paused: false, films: known.rows, dead: known.dead.length, cached: true };
    return await fetchBlock(worker, input, { ...block, known }, watching);
  } finally {
    void watching.then(({ stop }) => stop()).catch(() => undefined);
  }
}

async function fetchBlock(
  worker: WorkerContext,
  input: BatchInput,
  { ids, key, known }: BlockIds & { readonly known: BlockRecord | null },
  watching: Promise<PaceWatch>,
): Promise<BatchResult> {
  const { run } = input;
  const endpoint = await worker.endpoints.of(run.catalogue);
  const spool = await spooling(worker, () => openSpool(worker.store, spoolPath(run, key)));
  const retryDead = known !== null && run.retryDeadLettersOf !== null && known.run !== run.run;
  const dead = new Map(
    [...spool.found.dead].filter(
      ([id, { status }]) => !spool.found.films.has(id) && (!retryDead || status === 404),
    ),
  );
  const have = new Set([...spool.found.films.keys(), ...dead.keys()]);
  const missing = ids.filter((id) => !have.has(id));

  const client = clientOf(endpoint);
  const control = await watching;
  const pacer = new Pacer(USED * control.pace.ratePerSecond, systemClock, phaseOf(input));
  const started = performance.now();
  let fetched = 0;
  const beat = (): void => {
    pacer.setShare(USED * control.pace.ratePerSecond);
    const seconds = Math.max(0.5, (performance.now() - started) / 1000);
    const said: Beat = {
      task: input.task,
      done: ids.length - missing.length + fetched,
      total: ids.length,
      rate: Math.round((fetched / seconds) * 10) / 10,
    };
    heartbeat(said);
  };
  beat();
  const timer = setInterval(beat, BEAT);
  try {
    const end = await fetchFilms({
      ids: missing,
      client,
      pacer,
      clock: systemClock,
      concurrency: CONCURRENCY,
      signal: cancellationSignal(),
      paused: () => control.pace.paused,
      witness: spool.found.films.keys().next().value,
      onFilm: async (id, body) => {
        await spooling(worker, () => spool.append(filmLine(id, body)));
        dead.delete(id);
        fetched++;
      },
      onDead: async (letter) => {
        await spooling(worker, () => spool.append(deadLine(letter)));
        dead.set(letter.id, letter);
        fetched++;
      },
    });
    await spooling(worker, () => spool.close());
    if (end === 'paused') {
      // Not at once: the workflow may hear of the pause a moment later than this query did.
      await sleep(200);
      return { paused: true };
    }
    return { paused: false, films: ids.length - dead.size, dead: dead.size, cached: false };
  } finally {
    clearInterval(timer);
    await spool.close().catch(() => undefined);
  }
}

/** Where in its gap a batch begins, so that those which start together do not ask together: spread by the golden ratio. */
function phaseOf({ from, to }: BatchInput): number {
  return ((from / Math.max(1, to - from)) * 0.618_034 + 0.5) % 1;
}

/** Whether a block's record stands for this run: see the two ways in which a run asks for more. */
function isReusable(known: BlockRecord, run: RunFacts): boolean {
  if (known.run === run.run) return true;
  if (run.force) return false;
  const gaps = known.dead.some(({ status }) => status !== 404);
  return !(gaps && run.retryDeadLettersOf !== null);
}

/** A forced run has spools of its own: what earlier runs have left must not answer for it. */
export function spoolPath(run: Pick<RunFacts, 'force' | 'run'>, key: string): string {
  return `spools/${run.force ? `${sha256Of(run.run).slice(0, 8)}-` : ''}${key}.ndjson`;
}

const clients = new Map<string, TmdbClient>();

/** One client, and so one pool of connections, per source. */
function clientOf(endpoint: TmdbEndpoint): TmdbClient {
  let client = clients.get(endpoint.baseUrl);
  if (client === undefined) {
    client = createClient(endpoint);
    clients.set(endpoint.baseUrl, client);
  }
  return client;
}

interface PaceWatch {
  readonly pace: Pace;
  stop(): void;
}

/**
 * What the fetch workflow allows this batch now. While Temporal does not answer, the last pace stands: it was
 * allowed a moment ago.
 */
async function watchPace(temporal: Client, workflowId: string): Promise<PaceWatch> {
  const handle = temporal.workflow.getHandle(workflowId);
  const ask = (): Promise<Pace> => handle.query<Pace>('pace');
  let pace = await ask();
  let asking = false;
  const timer = setInterval(() => {
    if (asking) return;
    asking = true;
    ask()
      .then((now) => (pace = now))
      .catch(() => undefined)
      .finally(() => (asking = false));
  }, LOOK);
  return {
    get pace() {
      return pace;
    },
    stop: () => clearInterval(timer),
  };
}

export async function spooling<T>(worker: Pick<WorkerContext, 'store'>, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw storageError(error, worker.store.location, 'writing a spool');
  }
}
