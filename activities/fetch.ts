import { cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { findBlock, type BlockRecord } from '../dataset/blocks.js';
import { createClient, type TmdbClient, type TmdbEndpoint } from '../tmdb/client.js';
import { Pacer } from '../tmdb/pace.js';
import type { BatchInput, BatchResult, RunFacts } from '../workflows/records.js';
import { fetchFilms, systemClock } from './batch.js';
import { blockIds, type BlockIds } from './blockIds.js';
import { watchPace, type PaceWatch } from './pace.js';
import { openSpool, spooling, spoolPath } from './parts.js';
import type { Beat } from './runner.js';
import { deadLine, filmLine } from './spool.js';
import type { WorkerContext } from './worker.js';

/** Milliseconds between heartbeats. */
const BEAT = 500;
/**
 * Part of its share that a batch uses. The source counts when requests arrive: some that were sent evenly come late
 * and together.
 */
const USED = 0.995;
/** Requests in flight of one batch. */
const CONCURRENCY = 16;

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
  const spool = await spooling(worker.store, () => openSpool(worker.store, spoolPath(run, key)));
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
        await spooling(worker.store, () => spool.append(filmLine(id, body)));
        dead.delete(id);
        fetched++;
      },
      onDead: async (letter) => {
        await spooling(worker.store, () => spool.append(deadLine(letter)));
        dead.set(letter.id, letter);
        fetched++;
      },
    });
    await spooling(worker.store, () => spool.close());
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
