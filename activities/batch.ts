import { setTimeout as sleep } from 'node:timers/promises';
import type { DeadLetter } from '../dataset/blocks.js';
import type { FilmAnswer, TmdbClient } from '../tmdb/client.js';
import { SourceUnavailable } from '../tmdb/failures.js';
import type { Clock, Pacer } from '../tmdb/pace.js';

/**
 * Fetches the films of one batch at its pace. What fails and may succeed later goes to the end and is tried again,
 * each time a little later; a film that is refused time and again while others answer becomes a dead letter.
 */
export interface BatchOptions {
  readonly ids: readonly number[];
  readonly client: Pick<TmdbClient, 'film'>;
  readonly pacer: Pacer;
  readonly clock: Clock;
  /** Requests in flight. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** True while the run is paused: nothing new is asked for, and what is under way is kept. */
  readonly paused: () => boolean;
  /** A film that the source has answered before, if any is known. */
  readonly witness?: number | undefined;
  readonly onFilm: (id: number, body: string) => Promise<void>;
  readonly onDead: (letter: DeadLetter) => Promise<void>;
}

/** A film is asked for this often before it is given up. */
export const ATTEMPTS = 12;
/** When this many answers in a row are failures, it may be the source that is away, not a film. */
const AWAY = 40;
/** How often a film that was answered before is asked for, to tell the one from the other. */
const WITNESS_ATTEMPTS = 3;
/** Milliseconds before a failed film is asked for again: doubled each time, up to the longest. */
const FIRST_WAIT = 250;
const LONGEST_WAIT = 10_000;

interface Waiting {
  readonly id: number;
  readonly attempts: number;
  readonly notBefore: number;
}

/** @returns `paused` when it ended early because of a pause. @throws Unauthorised, SourceUnavailable, AbortError. */
export async function fetchFilms(options: BatchOptions): Promise<'done' | 'paused'> {
  const { client, pacer, clock, signal } = options;
  const fresh = options.ids.map((id): Waiting => ({ id, attempts: 0, notBefore: 0 }));
  let next = 0;
  const again: Waiting[] = [];
  const inFlight = new Set<Promise<void>>();
  let failuresInARow = 0;
  let witness = options.witness ?? null;
  let broken: unknown;

  /** Whether it is these films that fail, and not the source. */
  const othersAnswer = async (): Promise<boolean> => {
    for (let attempt = 0; witness !== null && attempt < WITNESS_ATTEMPTS; attempt++) {
      await clock.sleep(FIRST_WAIT * attempt, signal);
      await pacer.slot(signal);
      if ((await client.film(witness, signal)).kind === 'retryable') continue;
      failuresInARow = 0;
      return true;
    }
    return false;
  };

  const settle = async ({ id, attempts }: Waiting, answer: FilmAnswer): Promise<void> => {
    if (answer.kind === 'film') {
      failuresInARow = 0;
      witness = id;
      return await options.onFilm(id, answer.body);
    }
    const { status, message } = answer;
    const letter: DeadLetter = { id, status, attempts: attempts + 1, message };
    if (answer.kind === 'final') {
      failuresInARow = 0;
      witness ??= id;
      return await options.onDead(letter);
    }
    failuresInARow++;
    if (answer.retryAfterMs !== null) pacer.refused(answer.retryAfterMs);
    const last = letter.attempts >= ATTEMPTS;
    if ((failuresInARow >= AWAY || last) && !(await othersAnswer()))
      throw new SourceUnavailable(
        `The source answers no film (last: ${message}). It is tried again; if this lasts, look at its status, the network and TMDB_BASE_URL.`,
      );
    if (last) return await options.onDead(letter);
    const wait = Math.max(answer.retryAfterMs ?? 0, Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempts));
    again.push({ id, attempts: letter.attempts, notBefore: clock.now() + wait });
  };

  const take = (): Waiting | null => {
    const waiting = fresh[next];
    if (waiting !== undefined) {
      next++;
      return waiting;
    }
    const now = clock.now();
    const at = again.findIndex(({ notBefore }) => notBefore <= now);
    return at < 0 ? null : (again.splice(at, 1)[0] as Waiting);
  };

  // One alarm serves until it is over or an earlier one is needed: each holds a listener of the signal.
  let alarm = { at: 0, rings: Promise.resolve() };
  const alarmAt = (time: number): Promise<void> => {
    const now = clock.now();
    const at = Math.max(now + 1, Math.min(now + 1000, time));
    if (alarm.at <= now || alarm.at > at) alarm = { at, rings: clock.sleep(at - now, signal) };
    return alarm.rings;
  };

  while (next < fresh.length || again.length > 0 || inFlight.size > 0) {
    if (broken !== undefined || signal.aborted || options.paused()) break;
    if (inFlight.size >= options.concurrency) {
      await Promise.race(inFlight);
      continue;
    }
    const film = take();
    if (film === null) {
      // All that is left is under way or waits for its time.
      const first = Math.min(...again.map(({ notBefore }) => notBefore));
      await Promise.race([...inFlight, ...(again.length > 0 ? [alarmAt(first)] : [])]);
      continue;
    }
    await pacer.slot(signal);
    const asked = client
      .film(film.id, signal)
      .then((answer) => settle(film, answer))
      .catch((error: unknown) => {
        broken ??= error;
      })
      .finally(() => inFlight.delete(asked));
    inFlight.add(asked);
  }
  await Promise.all(inFlight);
  signal.throwIfAborted();
  if (broken !== undefined) throw broken as Error;
  return next < fresh.length || again.length > 0 ? 'paused' : 'done';
}

/** Never goes back: a machine's clock may be set while a batch runs. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
};
