import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../models/random.js';
import { boosting, type BoostingParams } from '../../models/trees/boosting.js';
import { TreeEnsemble } from '../../models/trees/ensemble.js';
import { forest, type ForestParams } from '../../models/trees/forest.js';
import { setSums, shapleyValues } from '../../models/films/shapley.js';
import { applyBins, MAX_BINS } from '../../models/trees/bins.js';
import { childOf, type Tree } from '../../models/trees/tree.js';
import {
  rowOf,
  takeRows,
  type CategoryColumn,
  type FeatureTable,
  type NumberColumn,
} from '../../models/trees/table.js';

const one: BoostingParams = {
  loss: 'squared',
  trees: 1,
  learningRate: 1,
  maxLeaves: 2,
  maxDepth: 1,
  minLeaf: 1,
  lambda: 0,
  rowsPerTree: 1,
  featuresPerTree: 1,
  categorySmooth: 0,
  categoryLambda: 0,
  maxBins: 255,
};
const grove: ForestParams = { trees: 20, maxDepth: 6, minLeaf: 2, featuresPerSplit: 0.5, maxBins: 63 };

const numbers = (values: readonly number[], name = 'x'): FeatureTable => ({
  rows: values.length,
  columns: [{ name, kind: 'number', values: Float64Array.from(values) }],
});

/** y = 3 · [a > 0.5] + b, and a category whose third value adds 5. */
function planted(rows: number): { table: FeatureTable; values: Float64Array } {
  const random = seededRandom(7);
  const a = Float64Array.from({ length: rows }, () => (random() < 0.1 ? NaN : random()));
  const b = Float64Array.from({ length: rows }, () => random());
  const c = Int32Array.from({ length: rows }, () => Math.floor(random() * 4) - 1);
  const values = b.map((value, i) => value + (a[i]! > 0.5 ? 3 : 0) + (c[i] === 2 ? 5 : 0));
  const number = (name: string, of: Float64Array): NumberColumn => ({ name, kind: 'number', values: of });
  const category: CategoryColumn = { name: 'c', kind: 'category', values: c };
  return { table: { rows, columns: [number('a', a), number('b', b), category] }, values };
}

/** A tree's answer when only the features of value 1 are known: over the others, the average of its training rows. */
function answerKnowing(tree: Tree, bins: readonly number[], known: Float64Array, node = 0): number {
  const f = tree.feature[node]!;
  if (f < 0) return tree.value[node]!;
  if (known[f] === 1) return answerKnowing(tree, bins, known, childOf(tree, node, bins[f]!));
  const [left, right] = [tree.left[node]!, tree.right[node]!];
  const [l, r] = [tree.cover[left]!, tree.cover[right]!];
  return (l * answerKnowing(tree, bins, known, left) + r * answerKnowing(tree, bins, known, right)) / (l + r);
}

describe('one boosted stump', () => {
  it('cuts where the squared error falls most and answers with the means', () => {
    const values = Float64Array.from([1, 1, 1, 9, 11]);
    const stump = boosting(one).fit({ table: numbers([1, 2, 3, 4, 5]), values }, 1);
    expect([...stump.predict(numbers([0, 3.4, 3.6, 99]))].map(Math.round)).toEqual([1, 1, 10, 10]);
  });

  it('gives missing values a side of their own liking', () => {
    const values = Float64Array.from([8, 8, 0, 0, 0]);
    const stump = boosting(one).fit({ table: numbers([NaN, NaN, 1, 2, 3]), values }, 1);
    const [missing, known] = stump.predict(numbers([NaN, 2]));
    expect(missing).toBeCloseTo(8, 5);
    expect(known).toBeCloseTo(0, 5);
  });

  it('answers a class with its probability', () => {
    const params: BoostingParams = { ...one, loss: 'logistic', trees: 60, learningRate: 0.3, minLeaf: 0.01 };
    const model = boosting(params).fit(
      { table: numbers([1, 2, 3, 4]), values: Float64Array.from([0, 0, 1, 1]) },
      1,
    );
    const [low, high] = model.predict(numbers([1, 4]));
    expect(low).toBeLessThan(0.05);
    expect(high).toBeGreaterThan(0.95);
  });
});

describe.each([
  ['forest', (rows: number) => forest(grove).fit(planted(rows), 5)],
  [
    'boosting',
    (rows: number) =>
      boosting({ ...one, trees: 60, learningRate: 0.2, maxLeaves: 8, maxDepth: 4 }).fit(planted(rows), 5),
  ],
])('%s', (_, fit) => {
  const { table, values } = planted(400);
  const model = fit(400);

  it('finds what was planted', () => {
    const predicted = model.predict(table);
    const error = Math.sqrt(predicted.reduce((sum, p, i) => sum + (p - values[i]!) ** 2, 0) / 400);
    const mean = values.reduce((a, b) => a + b, 0) / 400;
    const spread = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 400);
    expect(error).toBeLessThan(spread / 3);
  });

  it('answers for a row as it does among others', () => {
    const some = takeRows(table, Int32Array.from([399, 7]));
    const all = model.predict(table);
    expect([...model.predict(some)]).toEqual([all[399], all[7]]);
  });

  it('answers for any row alone, known or missing, with the same bits as among others', () => {
    const number = fc.oneof(fc.double({ min: -0.5, max: 1.5, noNaN: true }), fc.constant(NaN));
    const row = fc.tuple(number, number, fc.integer({ min: -1, max: 9 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 30 }), (rows) => {
        const [a, b] = [0, 1].map((f) => Float64Array.from(rows, (of) => of[f]!));
        const c = Int32Array.from(rows, (of) => of[2]);
        const table: FeatureTable = {
          rows: rows.length,
          columns: [
            { name: 'a', kind: 'number', values: a! },
            { name: 'b', kind: 'number', values: b! },
            { name: 'c', kind: 'category', values: c },
          ],
        };
        const alone = rows.map((_, at) => model.predict(takeRows(table, Int32Array.of(at)))[0]);
        expect(alone).toEqual([...model.predict(table)]);
        expect(rows.map((_, at) => model.predictOne(rowOf(table, at)))).toEqual(alone);
      }),
      { seed: 7 },
    );
  });

  it('is the same for the same seed', () => {
    expect(JSON.stringify(fit(400))).toBe(JSON.stringify(model));
  });

  it('returns from JSON bit for bit', () => {
    const text = JSON.stringify(model);
    const again = TreeEnsemble.fromJSON(JSON.parse(text) as ReturnType<TreeEnsemble['toJSON']>);
    expect(again.predict(table)).toEqual(model.predict(table));
    expect(JSON.stringify(again)).toBe(text);
  });

  it('explains each prediction in full: effects add up to it, from the average on', () => {
    const predicted = model.predict(table);
    model
      .contributions(table)
      .slice(0, 20)
      .forEach((effects, row) => {
        expect(model.average() + effects.reduce((a, b) => a + b, 0)).toBeCloseTo(predicted[row]!, 4);
      });
  });

  it('explains by Shapley values, as all orders of the features give them', () => {
    const binned = applyBins(model.bins, table);
    const width = binned.columns.length;
    const none = new Float64Array(width);
    const known = setSums(
      none,
      binned.columns.map((_, f) => none.map((__, i) => (i === f ? 1 : 0))),
    );
    const found = model.contributions(table);
    for (let row = 0; row < 40; row++) {
      const bins = binned.columns.map((column) => column[row]!);
      const values = Float64Array.from({ length: 2 ** width }, (_, set) => {
        const features = known.subarray(set * width, (set + 1) * width);
        return model.scale * model.trees.reduce((sum, tree) => sum + answerKnowing(tree, bins, features), 0);
      });
      const { effects } = shapleyValues(values);
      effects.forEach((effect, f) => expect(found[row]![f]).toBeCloseTo(effect, 10));
    }
  });
});

it('answers with the mean of its members, each from other rows and features, the first as if alone', () => {
  const { table, values } = planted(300);
  const params: BoostingParams = {
    ...one,
    trees: 10,
    learningRate: 0.3,
    maxLeaves: 6,
    maxDepth: 4,
    rowsPerTree: 0.5,
  };
  const alone = boosting(params).fit({ table, values }, 3);
  const three = boosting({ ...params, members: 3 }).fit({ table, values }, 3);
  const members = [0, 1, 2].map((m) =>
    new TreeEnsemble(three.bins, three.trees.slice(10 * m, 10 * m + 10), three.base, 0.3, 'identity').predict(
      table,
    ),
  );
  expect(members[0]).toEqual(alone.predict(table));
  expect(members[1]).not.toEqual(members[0]);
  three.predict(table).forEach((value, row) => {
    expect(value).toBeCloseTo(
      members.reduce((sum, member) => sum + member[row]! / 3, 0),
      10,
    );
  });
});

it('refuses a table of other features, by name', () => {
  const model = boosting(one).fit({ table: numbers([1, 2]), values: Float64Array.from([1, 2]) }, 1);
  expect(() => model.predict(numbers([1], 'y'))).toThrow('expects number "x", not number "y"');
});

it('refuses more bins than a byte holds', () => {
  const params = { ...one, maxBins: MAX_BINS + 1 };
  expect(() => boosting(params).fit({ table: numbers([1]), values: Float64Array.from([1]) }, 1)).toThrow(
    'maxBins',
  );
});
