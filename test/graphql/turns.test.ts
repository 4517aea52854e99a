import { describe, expect, it } from 'vitest';
import { Turns } from '../../graphql/http/turns.js';

/** Rounds of the event loop since it was made. */
function countRounds(): { readonly now: () => number; readonly stop: () => void } {
  let rounds = 0;
  let ended = false;
  const round = (): void => {
    rounds++;
    if (!ended) setImmediate(round);
  };
  setImmediate(round);
  return { now: () => rounds, stop: () => (ended = true) };
}

it('begin in the order in which they were asked for, a few in each round of the loop', async () => {
  const turns = new Turns();
  const rounds = countRounds();
  const began: { readonly at: number; readonly round: number }[] = [];
  await Promise.all(
    Array.from({ length: 50 }, async (_, at) => {
      await turns.next();
      began.push({ at, round: rounds.now() });
    }),
  );
  rounds.stop();
  expect(began.map(({ at }) => at)).toEqual(Array.from({ length: 50 }, (_, at) => at));
  const perRound = new Map<number, number>();
  for (const { round } of began) perRound.set(round, (perRound.get(round) ?? 0) + 1);
  expect(Math.max(...perRound.values())).toBeLessThanOrEqual(4);
});

it('end what they do without waiting before the next one begins', async () => {
  const turns = new Turns();
  const seen: string[] = [];
  await Promise.all(
    ['a', 'b', 'c'].map(async (name) => {
      await turns.next();
      seen.push(`${name} begins`);
      await Promise.resolve();
      seen.push(`${name} ends`);
    }),
  );
  expect(seen).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]));
});

it('go on after a pause, and for who asks while another begins', async () => {
  const turns = new Turns();
  const seen: number[] = [];
  const ask = async (left: number): Promise<void> => {
    await turns.next();
    seen.push(left);
    if (left > 0) await ask(left - 1);
  };
  await ask(3);
  await new Promise((done) => setTimeout(done, 5));
  await ask(2);
  expect(seen).toEqual([3, 2, 1, 0, 2, 1, 0]);
});

describe('while connections come', () => {
  /** Of 40 requests how many began before each connection was let in; one is let in in every round. */
  async function beganBefore(connections: number, turns = new Turns()): Promise<number[]> {
    const before: number[] = [];
    let began = 0;
    const requests = Promise.all(
      Array.from({ length: 40 }, async () => {
        await turns.next();
        began++;
      }),
    );
    // As the loop polls for connections before it runs immediates.
    for (let i = 0; i < connections; i++) {
      before.push(began);
      turns.letIn();
      await new Promise((done) => setImmediate(done));
    }
    await requests;
    return before;
  }

  it('begin nothing, lest those at the door wait for each of those inside', async () => {
    expect(await beganBefore(32)).toEqual(Array(32).fill(0));
  });

  it('begin all the same once many came', async () => {
    const before = await beganBefore(100);
    expect(before[60]).toBe(0);
    expect(before[99]).toBeGreaterThanOrEqual(16);
  });

  it('begin in order and none is lost', async () => {
    const turns = new Turns();
    const seen: number[] = [];
    const requests = Array.from({ length: 30 }, async (_, at) => {
      await turns.next();
      seen.push(at);
    });
    for (let round = 0; round < 10; round++) {
      turns.letIn();
      turns.letIn();
      await new Promise((done) => setImmediate(done));
    }
    await Promise.all(requests);
    expect(seen).toEqual(Array.from({ length: 30 }, (_, at) => at));
  });
});
