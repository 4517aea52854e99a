import { expect, it } from 'vitest';
import { OrderLine, type Order } from '../../temporal/orders.js';

/** A run that does an order only when it is let: each order that reaches it, in turn. */
function slowRun(): { line: OrderLine<Order>; reached: Order[]; end: (failure?: Error) => Promise<void> } {
  const reached: Order[] = [];
  let settle: (failure?: Error) => void = () => undefined;
  const line = new OrderLine<Order>((order) => {
    reached.push(order);
    return new Promise((done, fail) => {
      settle = (failure) => (failure === undefined ? done(order) : fail(failure));
    });
  });
  const turns = async (): Promise<void> => await new Promise((next) => setImmediate(next));
  return { line, reached, end: async (failure) => (await turns(), settle(failure), await turns()) };
}

const rate = (ratePerSecond: number): Order => ({ update: 'setRate', ratePerSecond });

it('gives one order at a time, and of those that wait the last of a kind, whose answer is everybody’s', async () => {
  const { line, reached, end } = slowRun();
  const first = line.give(rate(1));
  await new Promise((next) => setImmediate(next));
  const waiting = [2, 3, 4].map((each) => line.give(rate(each)));
  const pace = [line.give({ update: 'pause' }), line.give({ update: 'resume' })];
  expect(reached).toEqual([rate(1)]);
  await end();
  expect(reached).toEqual([rate(1), rate(4)]);
  await end();
  await end();
  expect(reached).toEqual([rate(1), rate(4), { update: 'resume' }]);
  expect(await first).toEqual(rate(1));
  expect(await Promise.all(waiting)).toEqual([rate(4), rate(4), rate(4)]);
  expect(await Promise.all(pace)).toEqual([{ update: 'resume' }, { update: 'resume' }]);
  expect(line.idle).toBe(true);
});

it('goes on after an order that failed, which fails those alone that were given with it', async () => {
  const { line, reached, end } = slowRun();
  const [failed, also] = [line.give(rate(1)), line.give(rate(2))];
  await new Promise((next) => setImmediate(next));
  const later = line.give(rate(3));
  const both = Promise.allSettled([failed, also]);
  await end(new Error('no worker'));
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await end();
  expect(await later).toEqual(rate(3));
  expect(reached).toEqual([rate(2), rate(3)]);
  expect(line.idle).toBe(true);
});
