import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Watch } from '../../temporal/watch.js';
import { runView } from '../graphql/api.js';
import type { RunView } from '../../graphql/runs.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A run that is looked at: each look counts, and sees what `state` says. */
function watched(): {
  watch: Watch;
  looks: () => number;
  set: (changes: Partial<RunView>) => void;
  idle: () => boolean;
} {
  let looks = 0;
  let view = runView('r1');
  let idle = false;
  const watch = new Watch(
    async () => (looks++, view),
    () => (idle = true),
  );
  return { watch, looks: () => looks, set: (changes) => (view = runView('r1', changes)), idle: () => idle };
}

it('asks once per look, however many subscribers there are', async () => {
  const { watch, looks, set } = watched();
  const subscribers = Array.from({ length: 200 }, () => watch.subscribe());
  const first = await Promise.all(subscribers.map((one) => one.next()));
  expect(new Set(first.map(({ value }) => (value as RunView).status))).toEqual(new Set(['RUNNING']));
  expect(looks()).toBe(1);
  set({ notice: 'changed' });
  const second = subscribers.map((one) => one.next());
  await vi.advanceTimersByTimeAsync(500);
  expect((await Promise.all(second)).map(({ value }) => (value as RunView).notice)).toEqual(
    subscribers.map(() => 'changed'),
  );
  expect(looks()).toBe(2);
  await vi.advanceTimersByTimeAsync(5000);
  expect(looks()).toBe(12);
  await Promise.all(subscribers.map(async (one) => await one.return?.()));
});

it('gives whoever comes later, or comes again, the present state first, without another look', async () => {
  const { watch, looks, set } = watched();
  const early = watch.subscribe();
  await early.next();
  set({ notice: 'halfway' });
  const next = early.next();
  await vi.advanceTimersByTimeAsync(500);
  await next;
  const before = looks();
  const late = watch.subscribe();
  expect((await late.next()).value).toMatchObject({ notice: 'halfway' });
  expect(looks()).toBe(before);
  await early.return?.();
  await late.return?.();
});

it('ends with the run, for everyone, and then looks no more', async () => {
  const { watch, looks, set, idle } = watched();
  const [a, b] = [watch.subscribe(), watch.subscribe()];
  await Promise.all([a.next(), b.next()]);
  set({ status: 'COMPLETED', closedAt: '2021-01-01T00:01:00.000Z' });
  const last = [a.next(), b.next()];
  await vi.advanceTimersByTimeAsync(500);
  for (const { value } of await Promise.all(last)) expect(value).toMatchObject({ status: 'COMPLETED' });
  expect((await a.next()).done).toBe(true);
  expect((await b.next()).done).toBe(true);
  expect(idle()).toBe(true);
  const before = looks();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(looks()).toBe(before);
});
