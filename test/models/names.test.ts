import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Names, nameTable } from '../../models/names.js';
import { packedSmall, smallOf } from '../../models/packed.js';

const name = fc.string({ unit: 'binary', maxLength: 12 });
const names = fc.uniqueArray(name, { maxLength: 200 });

describe('names in flat arrays', () => {
  it('are found under their numbers, and nothing else is', () => {
    fc.assert(
      fc.property(names, fc.array(name), (known, others) => {
        const found = Names.of(known);
        expect(found.size).toBe(known.length);
        expect(known.map((one) => found.numberOf(one))).toEqual(known.map((_, i) => i));
        for (const other of others) expect(found.numberOf(other)).toBe(known.indexOf(other));
      }),
    );
  });

  it('are found again from their bytes alone', () => {
    const known = ['', 'a', 'ab', 'b', 'amélie', '宮崎 駿', 'x'.repeat(5000), 'é'.repeat(5000)];
    const { bytes, offsets, slots } = Names.of(known).table;
    expect(nameTable(bytes, offsets).slots).toEqual(slots);
    const again = new Names(nameTable(bytes, offsets));
    for (const [i, one] of known.entries()) expect(again.numberOf(one)).toBe(i);
    expect(again.numberOf('x'.repeat(4999))).toBe(-1);
  });

  it('of which there are none find nobody', () => {
    expect(Names.of([]).numberOf('')).toBe(-1);
    expect(Names.of([]).numberOf('anybody')).toBe(-1);
  });
});

it('whole numbers return from their packed text', () => {
  const edges = [0, 1, 127, 128, 16_383, 16_384, 2 ** 21, 2 ** 28 - 1, 2 ** 28, 2 ** 31 - 1];
  expect([...smallOf(packedSmall(Int32Array.from(edges)))]).toEqual(edges);
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 2 ** 31 - 1 })), (values) => {
      expect([...smallOf(packedSmall(Int32Array.from(values)))]).toEqual(values);
    }),
  );
});
