import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../models/random.js';
import { boosting, type BoostingParams } from '../../models/trees/boosting.js';
import { forest, type ForestParams } from '../../models/trees/forest.js';
import { slotsOf, TreeGrower, type GrowRules } from '../../models/trees/grow.js';
import { GrowSpace } from '../../models/trees/space.js';
import type { FeatureTable } from '../../models/trees/table.js';
import { startTeam, type Team } from '../../models/trees/team.js';

/** Enough rows and features that threads share the work, with gaps, categories and weights of any size. */
const rows = 6000;
const random = seededRandom('threads');
const table: FeatureTable = {
  rows,
  columns: Array.from({ length: 20 }, (_, f) =>
    f % 4 === 3
      ? {
          name: `c${f}`,
          kind: 'category' as const,
          values: Int32Array.from({ length: rows }, () => Math.floor(random() * 9) - 1),
        }
      : {
          name: `x${f}`,
          kind: 'number' as const,
          values: Float64Array.from({ length: rows }, () => (random() < 0.1 ? NaN : random())),
        },
  ),
};
const values = Float64Array.from({ length: rows }, (_, i) =>
  [0, 1, 3].reduce((sum, f) => sum + (table.columns[f]!.values[i]! || 0), random()),
);
const weights = Float64Array.from({ length: rows }, () => 0.1 + random() * 3);
const classes = values.map((value) => (value > 2 ? 1 : 0));

const forestParams: ForestParams = {
  trees: 9,
  maxDepth: 7,
  minLeaf: 3,
  featuresPerSplit: 1 / 3,
  maxBins: 100,
};
const boostingParams: BoostingParams = {
  loss: 'squared',
  trees: 12,
  learningRate: 0.2,
  maxLeaves: 20,
  maxDepth: 9,
  minLeaf: 5,
  lambda: 1,
  rowsPerTree: 1,
  featuresPerTree: 1,
  categorySmooth: 10,
  categoryLambda: 10,
  maxBins: 255,
};

describe('training on threads', () => {
  const teams: (Team & { close(): Promise<void> })[] = [];
  beforeAll(async () => {
    for (const threads of [1, 2, 3]) teams.push(await startTeam(threads));
  });
  afterAll(() => Promise.all(teams.map((team) => team.close())));

  it.each([
    ['a forest', (team?: Team) => forest(forestParams).fit({ table, values, weights }, 1, team)],
    [
      'a forest that tries every feature',
      (team?: Team) => forest({ ...forestParams, featuresPerSplit: 1 }).fit({ table, values }, 1, team),
    ],
    ['boosting', (team?: Team) => boosting(boostingParams).fit({ table, values, weights }, 1, team)],
    [
      'boosting of a class on parts of the rows and features',
      (team?: Team) =>
        boosting({ ...boostingParams, loss: 'logistic', rowsPerTree: 0.8, featuresPerTree: 0.9 }).fit(
          { table, values: classes },
          1,
          team,
        ),
    ],
  ])('gives %s the same bytes as training without', (_, fit) => {
    const alone = JSON.stringify(fit());
    for (const team of teams) expect(JSON.stringify(fit(team))).toBe(alone);
  });

  it('fails here when a thread fails', () => {
    const team = teams[1]!;
    team.start(() => ({ kind: 'steps', space: {}, rules: {} }) as never);
    expect(() => team.collect()).toThrow('A thread failed');
    expect(forest(forestParams).fit({ table, values }, 1, team).trees).toHaveLength(9);
  });
});

it('the histogram of a child is what rows add up to, by addition or subtraction', () => {
  const bins = 5;
  const columns = Array.from({ length: 11 }, () =>
    Uint8Array.from({ length: 400 }, () => Math.floor(random() * bins)),
  );
  const binned = {
    rows: 400,
    columns,
    counts: columns.map(() => bins),
    categorical: columns.map(() => false),
  };
  const rules: GrowRules = {
    minLeaf: 1,
    lambda: 0,
    categorySmooth: 0,
    categoryLambda: 10,
    maxDepth: 2,
    maxLeaves: 4,
    featuresPerSplit: 1,
  };
  const space = GrowSpace.of(binned, slotsOf(rules, 11), 1);
  space.pairs.forEach((_, i) => (space.pairs[i] = i % 2 === 1 ? 1 : Math.floor(random() * 100)));
  space.order.forEach((_, i) => (space.order[i] = i));
  const middle = space.partition(3, Uint32Array.of(0b10110, 0, 0, 0, 0, 0, 0, 0), 0, 400);
  const left = columns[3]!.reduce((sum, bin) => sum + ([1, 2, 4].includes(bin) ? 1 : 0), 0);
  expect(middle).toBe(left);
  expect([...space.order.subarray(0, middle)]).toEqual(
    [...space.order.subarray(0, middle)].sort((a, b) => a - b),
  );
  expect([...space.order].sort((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, i) => i));
  for (const f of [0, 3, 10]) {
    const one = Int32Array.of(f);
    space.fill(0, one, 0, 400);
    space.fill(1, one, 0, middle);
    space.fill(2, one, middle, 400);
    space.subtract(0, 1, f);
    const at = (slot: number) => {
      const from = space.slotStart(slot) + 2 * space.offsets[f]!;
      return [...space.histograms.subarray(from, from + 2 * bins)];
    };
    expect(at(0)).toEqual(at(2));
    const counted = Array.from({ length: bins }, (_, bin) =>
      space.order.subarray(0, middle).reduce((sum, row) => sum + (columns[f]![row] === bin ? 1 : 0), 0),
    );
    expect(at(1).filter((_, i) => i % 2 === 1)).toEqual(counted);
  }
  expect(
    new TreeGrower(space, rules, 0)
      .grow(
        400,
        Int32Array.from(columns, (_, f) => f),
        random,
      )
      .finish().feature.length,
  ).toBe(7);
});
