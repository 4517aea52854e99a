import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setSums, shapleyValues } from '../../models/films/shapley.js';
import { answersOf, newNetwork, predictNetwork } from '../../models/networks/network.js';

const value = fc.integer({ min: -1000, max: 1000 }).map((whole) => whole / 100);

/** A value for each set of up to five parts. */
const game = fc
  .integer({ min: 0, max: 5 })
  .chain((parts) => fc.array(value, { minLength: 2 ** parts, maxLength: 2 ** parts }))
  .map((values) => Float64Array.from(values));

/** By the definition: what a part adds where it comes, averaged over every order. */
function byOrders(values: Float64Array): number[] {
  const parts = Math.log2(values.length);
  const added = new Array<number>(parts).fill(0);
  let orders = 0;
  const follow = (set: number, gains: readonly (readonly [number, number])[]): void => {
    if (set === values.length - 1) {
      orders++;
      for (const [part, gain] of gains) added[part]! += gain;
      return;
    }
    for (let t = 0; t < parts; t++) {
      const more = set | (1 << t);
      if (more !== set) follow(more, [...gains, [t, values[more]! - values[set]!]]);
    }
  };
  follow(0, []);
  return added.map((sum) => sum / orders);
}

const close = (values: ArrayLike<number>): unknown[] =>
  Array.from(values, (each) => expect.closeTo(each, 9) as unknown);

describe('Shapley values', () => {
  it('are what each part adds, averaged over all orders', () => {
    fc.assert(
      fc.property(game, (values) => {
        expect([...shapleyValues(values).effects]).toEqual(close(byOrders(values)));
      }),
    );
  });

  it('lead from the value of nothing to the value of all', () => {
    fc.assert(
      fc.property(game, (values) => {
        const { none, effects } = shapleyValues(values);
        expect(none).toBe(values[0]);
        expect(effects.reduce((a, b) => a + b, none)).toBeCloseTo(values.at(-1)!, 9);
      }),
    );
  });

  it('are 0 for a part that never changes anything, and the same for the others without it', () => {
    fc.assert(
      fc.property(game, (values) => {
        const twice = Float64Array.from([...values, ...values]);
        expect([...shapleyValues(twice).effects]).toEqual([...close(shapleyValues(values).effects), 0]);
      }),
    );
  });

  it('refuse values of some sets only', () => {
    expect(() => shapleyValues(new Float64Array(3))).toThrow('3 values are not those of all sets');
  });
});

describe('the sets of a network’s inputs', () => {
  const numbers = 6;
  const network = newNetwork({ numbers, bags: [], hidden: [9, 5], outputs: 1 }, 1);
  const [kernel, bias] = network.weights as [Float32Array, Float32Array];

  it('are answered as rows whose other inputs are 0', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: numbers, maxLength: numbers }), (inputs) => {
        const parts = inputs.map((input, i) =>
          Float64Array.from(bias, (_, u) => Math.fround(input) * kernel[i * 9 + u]!),
        );
        const sets = 2 ** numbers;
        const rows = Float32Array.from({ length: sets * numbers }, (_, at) =>
          Math.floor(at / numbers) & (1 << (at % numbers)) ? inputs[at % numbers]! : 0,
        );
        const answers = answersOf(network, setSums(bias, parts), sets);
        expect([...answers]).toEqual(close(predictNetwork(network, { rows: sets, numbers: rows, bags: [] })));
      }),
    );
  });
});
