import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTEMPTS, fetchFilms, systemClock, type BatchOptions } from '../../activities/batch.js';
import type { DeadLetter } from '../../dataset/blocks.js';
import type { FilmAnswer } from '../../tmdb/client.js';
import { SourceUnavailable, Unauthorised } from '../../tmdb/failures.js';
import { Pacer, type Clock } from '../../tmdb/pace.js';

/** Sleepers wake in the order of their times, and no real time passes. */
class FakeClock implements Clock {
  #now = 1_000_000;
  #sleepers: { at: number; wake: () => void }[] = [];
  now(): number {
    return this.#now;
  }
  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((done, fail) => {
      if (signal.aborted) return fail(signal.reason as Error);
      const stop = (): void => fail(signal.reason as Error);
      const wake = (): void => {
        signal.removeEventListener('abort', stop);
        done();
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#sleepers.push({ at: this.#now + ms, wake });
      setImmediate(() => this.#advance());
    });
  }
  #advance(): void {
    this.#sleepers.sort((a, b) => a.at - b.at);
    const next = this.#sleepers.shift();
    if (next === undefined) return;
    this.#now = Math.max(this.#now, next.at);
    next.wake();
  }
}

const served = (id: number): FilmAnswer => ({ kind: 'film', body: `{"id":${id}}` });
const gone: FilmAnswer = { kind: 'final', status: 404, message: 'there is no film' };
const broken = (status: number | null = 500): FilmAnswer => ({
  kind: 'retryable',
  status,
  message: `HTTP ${status}`,
  retryAfterMs: status === 429 ? 10_000 : null,
});

interface Outcome {
  readonly end: 'done' | 'paused' | Error;
  readonly films: readonly number[];
  readonly dead: readonly DeadLetter[];
  /** Every id asked for, in order. */
  readonly asked: readonly number[];
  /** The most requests that were in flight at once. */
  readonly most: number;
  readonly took: number;
  readonly pacer: Pacer;
}

/** Fetches with a source that answers as `source` says; `times`: how often the film was asked for before. */
async function fetchFrom(
  ids: readonly number[],
  source: (id: number, times: number, at: number) => FilmAnswer | Promise<FilmAnswer>,
  over: Partial<BatchOptions> & { share?: number } = {},
): Promise<Outcome> {
  const clock = over.clock ?? new FakeClock();
  const films: number[] = [];
  const dead: DeadLetter[] = [];
  const asked: number[] = [];
  let open = 0;
  let most = 0;
  const pacer = new Pacer(over.share ?? 0, clock);
  const began = clock.now();
  const end = await fetchFilms({
    ids,
    pacer,
    clock,
    concurrency: 8,
    signal: new AbortController().signal,
    paused: () => false,
    client: {
      film: async (id) => {
        const times = asked.filter((one) => one === id).length;
        asked.push(id);
        most = Math.max(most, ++open);
        await new Promise((tick) => setImmediate(tick));
        open--;
        return await source(id, times, clock.now());
      },
    },
    onFilm: async (id, body) => {
      expect(body).toBe(`{"id":${id}}`);
      films.push(id);
    },
    onDead: async (letter) => void dead.push(letter),
    ...over,
  }).catch((error: Error) => error);
  return { end, films, dead, asked, most, took: clock.now() - began, pacer };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);
const sorted = (ids: readonly number[]): number[] => [...ids].sort((a, b) => a - b);

describe('a batch', () => {
  it('ends each film exactly once, as a film or as a dead letter, whatever fails on the way', async () => {
    const fate = fc.oneof(
      { weight: 5, arbitrary: fc.array(fc.constantFrom(429, 500, 503, null), { maxLength: ATTEMPTS - 1 }) },
      { weight: 1, arbitrary: fc.constant('missing' as const) },
      { weight: 1, arbitrary: fc.constant('broken' as const) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate, { maxLength: 25 }),
        fc.integer({ min: 1, max: 16 }),
        async (fates, concurrency) => {
          // One film answers: others do, so that it is not the source that is away.
          const ids = range(fates.length + 1);
          const { end, films, dead, most } = await fetchFrom(
            ids,
            (id, times) => {
              const own = fates[id - 2] ?? [];
              if (own === 'missing') return gone;
              if (own === 'broken') return broken(502);
              return times < own.length ? broken(own[times]) : served(id);
            },
            { concurrency },
          );
          expect(end).toBe('done');
          expect(sorted([...films, ...dead.map(({ id }) => id)])).toEqual(ids);
          const lost = ids.filter((id) => typeof fates[id - 2] === 'string');
          expect(sorted(dead.map(({ id }) => id))).toEqual(lost);
          for (const { id, status, attempts } of dead)
            expect([status, attempts]).toEqual(fates[id - 2] === 'missing' ? [404, 1] : [502, ATTEMPTS]);
          expect(most).toBeLessThanOrEqual(concurrency);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('asks once for each film where nothing fails, with as many in flight as it may', async () => {
    const { end, films, asked, most } = await fetchFrom(range(100), served, { concurrency: 16 });
    expect([end, sorted(films), asked, most]).toEqual(['done', range(100), range(100), 16]);
  });

  it('is done at once where nothing is asked', async () => {
    expect((await fetchFrom([], served)).end).toBe('done');
  });

  it('gives a film up after 12 attempts, the others being answered', async () => {
    const { end, films, dead, asked, took } = await fetchFrom(range(50), (id) =>
      id === 7 ? broken() : served(id),
    );
    expect(end).toBe('done');
    expect(dead).toEqual([{ id: 7, status: 500, attempts: 12, message: 'HTTP 500' }]);
    expect(films).toHaveLength(49);
    expect(asked.filter((id) => id === 7)).toHaveLength(12);
    // Each attempt waits longer than the last, up to 10 s.
    expect(took).toBeGreaterThan(50_000);
  });

  it('gives many films up, too, when others are answered still', async () => {
    const { end, films, dead } = await fetchFrom(range(80), (id) => (id > 20 ? broken(503) : served(id)));
    expect(end).toBe('done');
    expect(films).toHaveLength(20);
    expect(sorted(dead.map(({ id }) => id))).toEqual(range(80).slice(20));
  });

  it('goes on where an earlier attempt left only films that fail, if that one’s films are answered still', async () => {
    const left = [5, 9, 11];
    const again = await fetchFrom(left, (id) => (left.includes(id) ? broken() : served(id)), { witness: 1 });
    expect(again.end).toBe('done');
    expect(again.films).toEqual([]);
    expect(again.dead.map(({ id }) => id)).toEqual(left);
  });

  it('makes no dead letters of a source that is away from the start', async () => {
    for (const count of [1, 3, 200]) {
      const { end, films, dead } = await fetchFrom(range(count), () => broken(null));
      expect(end).toBeInstanceOf(SourceUnavailable);
      expect((end as Error).message).toContain('The source answers no film (last: HTTP null).');
      expect([films, dead]).toEqual([[], []]);
    }
  });

  it('makes no dead letters of a source that goes away in the middle, or near the end', async () => {
    for (const until of [100, 198]) {
      let answers = 0;
      const { end, films, dead } = await fetchFrom(range(200), (id) =>
        answers++ < until ? served(id) : broken(503),
      );
      expect(end).toBeInstanceOf(SourceUnavailable);
      expect(films).toHaveLength(until);
      expect(dead).toEqual([]);
    }
  });

  it('outlasts a source that is away for a while', async () => {
    const clock = new FakeClock();
    const from = clock.now();
    const { end, films, dead } = await fetchFrom(
      range(3),
      (id, _, at) => (at - from < 5000 ? broken() : served(id)),
      { clock, concurrency: 2 },
    );
    expect([end, films.length, dead]).toEqual(['done', 3, []]);
  });

  it('waits for a film that was refused as long as the 429 asks, and lowers its rate once', async () => {
    const clock = new FakeClock();
    const asked: number[] = [];
    const { end, pacer } = await fetchFrom(
      range(5),
      (id, times, at) => {
        if (id !== 3) return served(id);
        asked.push(at);
        return times === 0 ? broken(429) : served(id);
      },
      { clock, share: 40 },
    );
    expect(end).toBe('done');
    expect(asked[1]! - asked[0]!).toBeGreaterThanOrEqual(10_000);
    expect(pacer.rate).toBe(20);
  });

  it('asks at its pace', async () => {
    const { took } = await fetchFrom(range(81), served, { share: 40 });
    expect(took).toBeGreaterThanOrEqual(1999);
    expect(took).toBeLessThan(2100);
  });

  it('ends early when it is paused, and keeps what was under way', async () => {
    let answers = 0;
    const { end, films, asked } = await fetchFrom(
      range(100),
      (id) => {
        answers++;
        return served(id);
      },
      { paused: () => answers >= 10 },
    );
    expect(end).toBe('paused');
    expect(films.length).toBeGreaterThanOrEqual(10);
    expect(sorted(films)).toEqual(sorted(asked));
    expect(films.length).toBeLessThan(100);
  });

  it('is paused, too, while the last films wait for another attempt', async () => {
    let paused = false;
    const { end, films } = await fetchFrom(
      range(5),
      (id) => {
        if (id < 5) return served(id);
        paused = true;
        return broken();
      },
      { paused: () => paused },
    );
    expect([end, films.length]).toEqual(['paused', 4]);
  });

  it('is done, not paused, when nothing is left', async () => {
    let answers = 0;
    const { end } = await fetchFrom(range(8), (id) => (answers++, served(id)), {
      paused: () => answers >= 8,
    });
    expect(end).toBe('done');
  });

  it('ends with an AbortError when it is told to stop', async () => {
    const abort = new AbortController();
    let answers = 0;
    const { end, films } = await fetchFrom(
      range(100),
      (id) => {
        if (++answers === 10) abort.abort();
        return served(id);
      },
      { signal: abort.signal, share: 40 },
    );
    expect((end as Error).name).toBe('AbortError');
    expect(films.length).toBeLessThan(100);
  });

  it('stops at once when the key is refused', async () => {
    const { end, dead, asked } = await fetchFrom(range(500), (id) => {
      if (id === 20) throw new Unauthorised('Invalid API key.');
      return served(id);
    });
    expect(end).toBeInstanceOf(Unauthorised);
    expect(dead).toEqual([]);
    expect(asked.length).toBeLessThan(60);
  });

  it('stops when what it got cannot be kept', async () => {
    const full = new Error('the disk is full');
    const { end, asked } = await fetchFrom(range(500), served, { onFilm: () => Promise.reject(full) });
    expect(end).toBe(full);
    expect(asked.length).toBeLessThan(60);
  });
});

describe('the clock of a worker', () => {
  it('sleeps, and wakes early when it is told to stop', async () => {
    const began = systemClock.now();
    await systemClock.sleep(20, new AbortController().signal);
    expect(systemClock.now() - began).toBeGreaterThanOrEqual(15);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 10);
    await expect(systemClock.sleep(60_000, abort.signal)).rejects.toThrow(/abort/i);
  });
});
