import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readFold } from '../../../bench/personal/data.js';
import { bayesianFactors } from '../../../models/personal/bayes.js';
import { chooseSetting, FAMILIES } from '../../../models/personal/candidates.js';
import { pairsOf, type RatedPairs } from '../../../models/personal/ratings.js';
import { plantRatings, takePairs } from './planted.js';

/** Ratings in the files of MovieLens 100K: `u.data.gz` with all, `u1.test.gz` with those of the first fold's test. */
async function foldOf(all: RatedPairs, test: Int32Array, value = (row: number) => all.value[row]!) {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-folds-'));
  const lines = (rows: Iterable<number>): Buffer =>
    gzipSync([...rows].map((r) => `${all.user[r]! + 1}\t${all.item[r]! + 1}\t${value(r)}\t0\n`).join(''));
  try {
    writeFileSync(join(folder, 'u.data.gz'), lines(all.value.keys()));
    writeFileSync(join(folder, 'u1.test.gz'), lines(test));
    return await readFold(folder, 1);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('a published fold', () => {
  const planted = plantRatings('folds', 60, 50);
  const rows = Int32Array.from(planted.value.keys());
  const test = rows.filter((row) => row % 5 === 0);
  const learner = bayesianFactors({ factors: 3, burnIn: 5, draws: 10, thin: 2 });
  const bytesOf = (values: Float64Array): string => Buffer.from(values.buffer).toString('base64');

  it('trains on no pair that it is tested on', async () => {
    const fold = await foldOf(planted, test);
    const key = ({ user, item }: Pick<RatedPairs, 'user' | 'item'>, i: number): string =>
      `${user[i]} ${item[i]}`;
    const pairs = pairsOf(fold.train);
    const trained = new Set(Array.from(pairs.user, (_, i) => key(pairs, i)));
    expect(fold.test.value).toHaveLength(test.length);
    expect(fold.train.size).toBe(rows.length - test.length);
    for (let i = 0; i < test.length; i++) expect(trained.has(key(fold.test, i))).toBe(false);
  });

  it('learns nothing from the values that it is tested on: settings, draws and predictions stay', async () => {
    const fold = await foldOf(planted, test);
    const held = new Set(test);
    const other = await foldOf(planted, test, (row) =>
      held.has(row) ? 6 - planted.value[row]! : planted.value[row]!,
    );
    expect(other.train).toEqual(fold.train);
    const family = FAMILIES.find(({ name }) => name === 'film neighbours')!;
    expect(chooseSetting(family, other.train, 1)).toEqual(chooseSetting(family, fold.train, 1));
    expect(bytesOf(learner.fit(other.train, 1).predict(other.test))).toBe(
      bytesOf(learner.fit(fold.train, 1).predict(fold.test)),
    );
  });

  it('learns nothing from which pairs are tested: one alone is predicted as among all', async () => {
    const fold = await foldOf(planted, test);
    const fit = learner.fit(fold.train, 1);
    const all = fit.predict(fold.test);
    const few = Int32Array.of(3, 0, 7);
    expect([...fit.predict(takePairs(fold.test, few))]).toEqual(Array.from(few, (i) => all[i]!));
    // Without the tested pairs in any file, training is the same: who rated what is of training pairs alone.
    const kept = rows.filter((row) => row % 5 !== 0);
    const { train } = await foldOf(takePairs(planted, kept), new Int32Array(0));
    expect(train).toEqual(fold.train);
    expect(bytesOf(learner.fit(train, 1).predict(fold.test))).toBe(bytesOf(all));
  });
});
