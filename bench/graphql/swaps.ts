import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import { manifestPath, publishSnapshot, type SnapshotManifest } from '../../dataset/snapshots.js';
import { openStore } from '../../dataset/store.js';
import { round, table } from '../table.js';
import { asking, startServer } from './load.js';
import { ask, comparedPage, vocabularyOf, type Question } from './questions.js';

const CATALOGUE = 'synthetic:swaps';
/** After the new snapshot is the newest its first questions are of the swap still: milliseconds. */
const AFTER = 1000;
const LOOK_EVERY = 50;
/** A swap that takes longer than this has failed: milliseconds. */
const MOST_TIME = 120_000;

interface Window {
  readonly swaps: boolean;
  readonly from: number;
  readonly to: number;
}

/**
 * Publishes snapshots while 32 connections ask for pages, and compares how long the answers took while one was being
 * read and swapped in, from its publishing to a second after the swap, with the rest of the time. Every snapshot is
 * as large as the first and read anew.
 */
export async function measureSwaps(
  script: string,
  folder: string,
  manifest: SnapshotManifest,
  { swaps, seconds, keep }: { readonly swaps: number; readonly seconds: number; readonly keep: boolean },
): Promise<string> {
  rmSync(dirname(join(folder, manifestPath(CATALOGUE, 1))), { recursive: true, force: true });
  const store = await openStore(folder);
  const { id: _id, number: _number, sha256: _sha256, ...content } = manifest;
  let published = 0;
  const publish = async (): Promise<string> => {
    // A table that is not served is there in every other snapshot: they differ, and are read all the same.
    const tables = content.tables.filter(({ table: name }) => name !== 'quarantine' || published % 2 === 0);
    published++;
    const createdAt = new Date().toISOString();
    const made = await publishSnapshot(store, { ...content, catalogue: CATALOGUE, createdAt, tables });
    if (made.unchanged) throw new Error(`${made.snapshot.id} is no new snapshot`);
    return made.snapshot.id;
  };
  await publish();
  const server = await startServer(script, [folder, CATALOGUE, String(keep)]);
  try {
    const draw = comparedPage(await vocabularyOf(server.url));
    const loading = startLoad(server.url, draw);
    const windows: Window[] = [];
    const during = async (isSwap: boolean, does: () => Promise<void>): Promise<void> => {
      const from = performance.now();
      await does();
      windows.push({ swaps: isSwap, from, to: performance.now() });
    };
    // What a process does for the first time is no matter of swaps.
    await delay(2000);
    for (let swap = 0; swap < swaps; swap++) {
      await during(false, async () => await delay(seconds * 1000));
      await during(true, async () => {
        const id = await publish();
        await servedSnapshot(server.url, id);
        await delay(AFTER);
      });
    }
    const { answers, wrong } = await loading.stop();
    const of = (isSwap: boolean): number[] => {
      const chosen = windows.filter((one) => one.swaps === isSwap);
      return answers
        .filter(({ at }) => chosen.some(({ from, to }) => at >= from && at <= to))
        .map(({ milliseconds }) => milliseconds);
    };
    const time = (isSwap: boolean): number =>
      windows
        .filter((one) => one.swaps === isSwap)
        .reduce((sum, { from, to }) => sum + (to - from) / 1000, 0);
    const [quiet, busy] = [of(false), of(true)].map((one) => Float64Array.from(one).sort());
    const row = (name: string, sorted: Float64Array, isSwap: boolean): (string | number)[] => [
      name,
      round(time(isSwap) / swaps, 1),
      sorted.length,
      round(sorted.length / time(isSwap), 0),
      ...[0.5, 0.99, 1].map((share) => round(quantile(sorted, share), 1)),
    ];
    const more = quantile(busy!, 0.99) - quantile(quiet!, 0.99);
    return [
      `${swaps} snapshots were published and swapped in, one after the other, while 32 connections asked for pages${keep ? '' : ' (no answers kept)'}: of ${answers.length.toLocaleString('en-US')} requests ${wrong} were dropped, refused or answered with an error. A swap adds ${round(more, 1)} ms to p99 (wanted: under 50).`,
      '',
      table(
        ['', 'seconds each', 'requests', 'requests/s', 'p50 ms', 'p99 ms', 'longest ms'],
        [row('between swaps', quiet!, false), row('during swaps', busy!, true)],
      ),
      '',
    ].join('\n');
  } finally {
    await server.stop();
  }
}

interface Answered {
  /** When the answer came, as of `performance.now()`. */
  readonly at: number;
  readonly milliseconds: number;
}

function startLoad(
  url: string,
  draw: () => Question,
): { stop(): Promise<{ readonly answers: readonly Answered[]; readonly wrong: number }> } {
  const answers: Answered[] = [];
  let wrong = 0;
  const running = autocannon(
    { ...asking(url, draw, () => wrong++), connections: 32, duration: 3600, timeout: 60 },
    (error: unknown, result: autocannon.Result) => finish(error, result),
  );
  let finish: (error: unknown, result: autocannon.Result) => void;
  const finished = new Promise<autocannon.Result>((done, fail) => {
    finish = (error, result) => (error === null || error === undefined ? done(result) : fail(error as Error));
  });
  running.on('response', (_client, _status, _bytes, milliseconds) =>
    answers.push({ at: performance.now(), milliseconds }),
  );
  return {
    async stop() {
      (running as unknown as { stop(): void }).stop();
      const { non2xx, errors } = await finished;
      return { answers, wrong: wrong + non2xx + errors };
    },
  };
}

async function servedSnapshot(url: string, wanted: string): Promise<void> {
  const until = performance.now() + MOST_TIME;
  while (performance.now() < until) {
    const { snapshot } = await ask<{ snapshot: { id: string } }>(url, {
      query: '{ snapshot { id } }',
      variables: {},
    });
    if (snapshot.id === wanted) return;
    await delay(LOOK_EVERY);
  }
  throw new Error(`${wanted} is not served ${MOST_TIME / 1000} s after it was published`);
}

function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
