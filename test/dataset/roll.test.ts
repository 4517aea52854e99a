import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Roll, type Billing } from '../../dataset/roll.js';

/** Beside TMDB's numbers, those that no array holds, and people without one. */
const person = fc.oneof(
  fc.integer({ min: 0, max: 30 }),
  fc.constantFrom(-1, 70_000, 2 ** 23, 2 ** 31 - 1, 'Ann', 'Bob', '7'),
);
const role = fc.array(fc.record({ person, pictured: fc.boolean() }), { maxLength: 4 });
const films = fc.array(fc.tuple(role, role), { maxLength: 12 });

function billingOf(lists: readonly (readonly { person: number | string; pictured: boolean }[])[]): Billing {
  const rows = lists.flat();
  return {
    length: lists.map((list) => list.length),
    person: rows.map((row) => row.person),
    pictured: rows.map((row) => Number(row.pictured)),
  };
}

describe('the roll of people', () => {
  it('numbers people in the order in which films name them, whatever pieces the films come in', () => {
    fc.assert(
      fc.property(films, fc.nat(12), (all, cut) => {
        const roll = new Roll();
        const pieces = [all.slice(0, cut), all.slice(cut)].map((part) =>
          roll.call([0, 1].map((of) => billingOf(part.map((film) => film[of]!)))),
        );
        const named = all.flat(2).map((row) => row.person);
        const order = [...new Set(named)];
        expect(pieces.flatMap(({ who }) => [...who])).toEqual(named.map((one) => order.indexOf(one)));
        expect(roll.size).toBe(order.length);
      }),
    );
  });

  it('says where each person is named first, and where a picture is shown first', () => {
    const roll = new Roll();
    const cast = billingOf([
      [
        { person: 5, pictured: false },
        { person: 5, pictured: true },
      ],
      [{ person: 6, pictured: false }],
    ]);
    const directors = billingOf([[{ person: 6, pictured: true }], [{ person: 5, pictured: true }]]);
    expect(roll.call([cast, directors])).toEqual({
      who: Int32Array.of(0, 0, 1, 1, 0),
      named: [
        { row: [0], who: [0] },
        { row: [0], who: [1] },
      ],
      shown: [
        { row: [1], who: [0] },
        { row: [0], who: [1] },
      ],
    });
  });

  it('shows a picture of each of many people once', () => {
    const roll = new Roll();
    const crowd = billingOf([
      Array.from({ length: 200_000 }, (_, n) => ({ person: 3 * n, pictured: n % 2 === 0 })),
    ]);
    expect(roll.call([crowd]).shown[0]!.who).toHaveLength(100_000);
    expect(roll.call([crowd])).toMatchObject({ named: [{ row: [] }], shown: [{ row: [] }] });
    expect(roll.size).toBe(200_000);
  });
});
