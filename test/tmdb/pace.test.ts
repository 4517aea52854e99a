import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pacer, type Clock } from '../../tmdb/pace.js';

const never = new AbortController().signal;

/** A clock that stands still until somebody sleeps. */
class FakeClock implements Clock {
  time = 1_000_000;
  now(): number {
    return this.time;
  }
  sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.time += ms;
    return Promise.resolve();
  }
}

/** When `count` requests start; each keeps the caller busy for what `busy` gives, in milliseconds. */
async function starts(
  pacer: Pacer,
  clock: FakeClock,
  count: number,
  busy: (at: number) => number,
): Promise<number[]> {
  const times: number[] = [];
  for (let at = 0; at < count; at++) {
    await pacer.slot(never);
    times.push(clock.now());
    clock.time += busy(at);
  }
  return times;
}

/** The most starts in any window of this many milliseconds. */
function mostWithin(ms: number, times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + ms).length));
}

describe('the pace of a batch', () => {
  it('never lets more start in a second than the share, and one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.integer({ min: 1, max: 50 }), fc.double({ min: 0.2, max: 50, noNaN: true })),
        fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 })), {
          minLength: 1,
          maxLength: 20,
        }),
        async (rate, pauses) => {
          const clock = new FakeClock();
          const times = await starts(new Pacer(rate, clock), clock, 120, (at) => pauses[at % pauses.length]!);
          expect(mostWithin(1000, times)).toBeLessThanOrEqual(rate + 1);
        },
      ),
    );
  });

  it('uses its share: a second of it takes a second', async () => {
    const clock = new FakeClock();
    const times = await starts(new Pacer(40, clock), clock, 401, () => 0);
    expect(times.at(-1)! - times[0]!).toBeCloseTo(10_000, 3);
  });

  it('saves nothing up: after a pause requests are as far apart as before', async () => {
    const clock = new FakeClock();
    const times = await starts(new Pacer(10, clock), clock, 30, (at) => (at === 10 ? 60_000 : 0));
    expect(mostWithin(1000, times.slice(11))).toBeLessThanOrEqual(11);
  });

  it('makes up what a late timer cost, and exceeds its share in no second', async () => {
    const clock = new FakeClock();
    // Every tenth request comes 90 ms late, four and a half gaps.
    const times = await starts(new Pacer(50, clock), clock, 501, (at) => (at % 10 === 0 ? 90 : 0));
    expect(times.at(-1)! - times[0]!).toBeLessThan(10_200);
    expect(mostWithin(1000, times)).toBeLessThanOrEqual(50);
    const gaps = times.slice(1).map((time, at) => time - times[at]!);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10 - 1e-6);
  });

  it('begins after its phase, so that batches which start together do not ask together', async () => {
    const clock = new FakeClock();
    const start = clock.now();
    const [first] = await starts(new Pacer(10, clock, 0.25), clock, 1, () => 0);
    expect(first! - start).toBeCloseTo(25, 6);
  });

  it('is unlimited at a share of 0', async () => {
    const clock = new FakeClock();
    const times = await starts(new Pacer(0, clock), clock, 1000, () => 0);
    expect(times.at(-1)).toBe(times[0]);
  });

  it('follows a new share at once, up and down', async () => {
    const clock = new FakeClock();
    const pacer = new Pacer(0.1, clock);
    await starts(pacer, clock, 1, () => 0);
    // The next slot was 10 s away.
    pacer.setShare(10);
    const before = clock.now();
    const faster = await starts(pacer, clock, 11, () => 0);
    expect(faster[0]! - before).toBeLessThanOrEqual(100);
    expect(faster.at(-1)! - faster[0]!).toBeCloseTo(1000, 3);
    pacer.setShare(1);
    const slower = await starts(pacer, clock, 4, () => 0);
    expect(slower.at(-1)! - slower[0]!).toBeCloseTo(3000, 0);
    pacer.setShare(0);
    const free = await starts(pacer, clock, 10, () => 0);
    expect(free.at(-1)).toBe(free[0]);
  });

  it('stays within the larger of two shares while they change', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 30 })), {
          minLength: 1,
          maxLength: 12,
        }),
        async (changes) => {
          const clock = new FakeClock();
          const pacer = new Pacer(changes[0]![0], clock);
          const times: number[] = [];
          for (const [share, count] of changes) {
            pacer.setShare(share);
            times.push(...(await starts(pacer, clock, count, () => 0)));
          }
          expect(mostWithin(1000, times)).toBeLessThanOrEqual(
            Math.max(...changes.map(([share]) => share)) + 1,
          );
        },
      ),
    );
  });

  it('wakes with an error when it is told to stop', async () => {
    const abort = new AbortController();
    const pacer = new Pacer(1, new FakeClock());
    await pacer.slot(abort.signal);
    abort.abort();
    await expect(pacer.slot(abort.signal)).rejects.toThrow(/abort/i);
  });
});

describe('a 429', () => {
  it('halves the rate once for the time that it asks for, however many come', async () => {
    const clock = new FakeClock();
    const pacer = new Pacer(40, clock);
    for (let refusal = 0; refusal < 20; refusal++) {
      pacer.refused(5000);
      clock.time += 100;
    }
    expect(pacer.rate).toBe(20);
    clock.time += 5000;
    pacer.refused(5000);
    expect(pacer.rate).toBe(10);
  });

  it('never lowers the rate below a quarter of the share, nor raises it above', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.record({ refused: fc.integer({ min: 0, max: 120_000 }) }),
            fc.record({ wait: fc.integer({ min: 0, max: 60_000 }) }),
            fc.record({ share: fc.integer({ min: 1, max: 50 }) }),
            fc.constant({ slot: true }),
          ),
          { maxLength: 60 },
        ),
        async (events) => {
          const clock = new FakeClock();
          const pacer = new Pacer(40, clock);
          let share = 40;
          for (const event of events) {
            if ('refused' in event) pacer.refused(event.refused);
            else if ('wait' in event) clock.time += event.wait;
            else if ('share' in event) pacer.setShare((share = event.share));
            else await pacer.slot(never);
            expect(pacer.rate).toBeGreaterThanOrEqual(share / 4 - 1e-9);
            expect(pacer.rate).toBeLessThanOrEqual(share);
          }
        },
      ),
    );
  });

  it('slows the requests down that follow it', async () => {
    const clock = new FakeClock();
    const pacer = new Pacer(40, clock);
    pacer.refused(10_000);
    const times = await starts(pacer, clock, 101, () => 0);
    expect(times.at(-1)! - times[0]!).toBeCloseTo(5000, 0);
  });

  it('is forgotten: the rate stays down for the time asked for, then returns within seconds', async () => {
    const clock = new FakeClock();
    const pacer = new Pacer(40, clock);
    pacer.refused(3000);
    clock.time += 2999;
    await pacer.slot(never);
    expect(pacer.rate).toBe(20);
    clock.time += 2001;
    await pacer.slot(never);
    expect(pacer.rate).toBeGreaterThan(20);
    expect(pacer.rate).toBeLessThan(30);
    clock.time += 20_000;
    await pacer.slot(never);
    expect(pacer.rate).toBe(40);
  });
});
