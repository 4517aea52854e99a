import {
  ActivityCancellationType,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/interface.js';
import {
  fetchNoticeSignal,
  fetchProgressQuery,
  paceQuery,
  pauseSignal,
  resumeSignal,
  setRateSignal,
} from './messages.js';
import { oneByOne } from './oneByOne.js';
import type { ArtefactRef, BatchInput, BatchResult, FetchInput } from './records.js';
import { whenStorageAllows, type Hold } from './storage.js';

const count = (n: number): string => n.toLocaleString('en-US');

type FetchedBatch = Extract<BatchResult, { paused: false }>;

/** How often the spool of a block may lose films before the run gives up. */
const MOST_LOST = 3;

/**
 * Fetches every id of a run's id file, in blocks, with a window of them in flight that share one rate budget.
 * Guarantees: no id and no document enters the history; a finished block is never fetched again; the history
 * stays bounded, because the workflow continues as new between blocks; a pause lets running batches keep what
 * they have and end.
 */
export async function fetchCatalogue(input: FetchInput): Promise<ArtefactRef> {
  const { window, batchFilms, batchSeconds } = input.fetch;
  const carried = input.carried ?? {
    blockSize: blockSize(input.rate, window, batchFilms, batchSeconds),
    from: 0,
    done: 0,
    dead: 0,
    cachedBlocks: 0,
    rate: input.rate,
    paused: false,
  };
  const size = carried.blockSize;
  let { from, done, dead, cachedBlocks, rate, paused } = carried;
  let inFlight = 0;
  const hold: Hold = { reason: null, nudged: false };

  setHandler(fetchProgressQuery, () => ({ total: input.ids, done, dead, paused, ratePerSecond: rate }));
  setHandler(paceQuery, () => ({
    ratePerSecond: rate / Math.max(1, inFlight),
    paused: paused || hold.reason !== null,
  }));
  setHandler(pauseSignal, () => void (paused = true));
  setHandler(resumeSignal, () => {
    paused = false;
    hold.nudged = true;
  });
  setHandler(setRateSignal, (ratePerSecond) => void (rate = ratePerSecond));

  const { workflowId, parent } = workflowInfo();
  const taskInput = { run: input.run, task: input.task, inputs: input.inputs };
  const options = {
    taskQueue: input.queue,
    startToCloseTimeout: input.startToClose,
    heartbeatTimeout: input.heartbeat,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      initialInterval: input.retry.initialInterval,
      backoffCoefficient: input.retry.backoff,
      maximumInterval: input.retry.maximumInterval,
      maximumAttempts: input.retry.maximumAttempts,
    },
  };
  const inTurn = oneByOne();
  const tell = (notice: string | null): Promise<void> =>
    inTurn(async () => {
      if (parent) await getExternalWorkflowHandle(parent.workflowId).signal(fetchNoticeSignal, notice);
    });
  const guarded = <T>(work: () => Promise<T>): Promise<T> =>
    whenStorageAllows(work, hold, { taskQueue: input.queue, interval: input.probeInterval }, tell);

  const fetchBlock = async (block: BatchInput): Promise<FetchedBatch> => {
    const { fetchBatch } = proxyActivities<Activities>({ ...options, summary: `fetch ${idsOf(block)}` });
    for (;;) {
      await condition(() => !paused && hold.reason === null);
      inFlight++;
      let result: BatchResult;
      try {
        result = await guarded(() => fetchBatch(block));
      } finally {
        inFlight--;
      }
      if (result.paused) continue;
      return result;
    }
  };
  const sealBlock = async (block: BatchInput): Promise<void> => {
    const { sealBatch } = proxyActivities<Activities>({ ...options, summary: `seal ${idsOf(block)}` });
    for (let attempt = 1; !(await guarded(() => sealBatch(block))); attempt++) {
      if (attempt === MOST_LOST)
        throw ApplicationFailure.nonRetryable(
          `The spool of ${idsOf(block)} lost films ${MOST_LOST} times while they were fetched. Look who removes files below spools/ in the data folder, and start again.`,
          'SpoolLost',
        );
      await fetchBlock(block);
    }
  };
  const idsOf = (block: BatchInput): string =>
    `ids ${count(block.from)}–${count(block.to)} of ${count(input.ids)}`;

  /** A lane fetches its next block while the one before it is sealed: the source's time is the dear one. */
  const lane = async (): Promise<void> => {
    let sealing = Promise.resolve();
    while (from < input.ids && !workflowInfo().continueAsNewSuggested) {
      const block = {
        ...taskInput,
        from,
        to: Math.min(from + size, input.ids),
        fetchWorkflowId: workflowId,
      };
      from += size;
      // Taken first, added after: `done += await …` in concurrent lanes loses updates.
      const fetched = await fetchBlock(block);
      done += fetched.films + fetched.dead;
      dead += fetched.dead;
      if (fetched.cached) cachedBlocks++;
      await sealing;
      if (fetched.cached) continue;
      sealing = sealBlock(block);
      // Its failure is met at the next await.
      sealing.catch(() => undefined);
    }
    await sealing;
  };
  // One failed lane cancels the others and waits for them: no batch outlives its fetch.
  await CancellationScope.cancellable(async () => {
    const lanes = Array.from({ length: window }, lane);
    try {
      await Promise.all(lanes);
    } catch (error) {
      CancellationScope.current().cancel();
      await CancellationScope.nonCancellable(() => Promise.allSettled(lanes));
      throw error;
    }
  });

  await condition(allHandlersFinished);
  if (from < input.ids) {
    await continueAsNew<typeof fetchCatalogue>({
      ...input,
      carried: { blockSize: size, from, done, dead, cachedBlocks, rate, paused },
    });
  }
  const { sealFetch } = proxyActivities<Activities>({ ...options, summary: 'gather the blocks' });
  const sealed = await guarded(() => sealFetch({ ...taskInput, blockSize: size }));
  const blocks = Math.ceil(input.ids / size);
  return cachedBlocks === blocks && blocks > 0
    ? { ...sealed, cached: sealed.cached ?? `all ${count(blocks)} blocks were fetched by earlier runs` }
    : { ...sealed, cached: null };
}

/** Films of a block: what one batch fetches in `seconds` at its share of the budget, at most `films`. */
function blockSize(rate: number, window: number, films: number, seconds: number): number {
  if (rate === 0) return films;
  return Math.max(1, Math.min(films, Math.floor((rate / window) * seconds)));
}
