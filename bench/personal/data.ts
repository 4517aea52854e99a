import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { ratingsOf, type RatedPairs, type Ratings } from '../../models/personal/ratings.js';

export const FOLDS = [1, 2, 3, 4, 5] as const;

export interface PublishedFold {
  readonly train: Ratings;
  readonly test: RatedPairs;
}

/** Published fold k of MovieLens 100K: u<k>.test is its test set, the rest of u.data its training set. */
export async function readFold(folder: string, k: number): Promise<PublishedFold> {
  const all = await readPairs(`${folder}/u.data.gz`);
  const test = await readPairs(`${folder}/u${k}.test.gz`);
  const key = (pairs: RatedPairs, row: number): string => `${pairs.user[row]!} ${pairs.item[row]!}`;
  const held = new Set(Array.from(test.user, (_, row) => key(test, row)));
  const rows = Int32Array.from(all.user, (_, row) => row).filter((row) => !held.has(key(all, row)));
  const count = (ids: Int32Array): number => ids.reduce((most, id) => Math.max(most, id), -1) + 1;
  return { train: ratingsOf(all, count(all.user), count(all.item), rows), test };
}

async function readPairs(file: string): Promise<RatedPairs> {
  const rows = gunzipSync(await readFile(file))
    .toString()
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([user]) => /^\d+$/.test(user ?? ''));
  return {
    user: Int32Array.from(rows, (row) => Number(row[0]) - 1),
    item: Int32Array.from(rows, (row) => Number(row[1]) - 1),
    value: Float64Array.from(rows, (row) => Number(row[2])),
  };
}
