import { seededDraws } from '../../../models/personal/draws.js';
import type { RatedPairs } from '../../../models/personal/ratings.js';

export interface Planted extends RatedPairs {
  readonly users: number;
  readonly items: number;
}

/** Ratings 0.5-5 in half stars from biases and a planted low rank, of some of all pairs, each at most once. */
export function plantRatings(seed: string, users = 150, items = 120, share = 0.3, rank = 2): Planted {
  const draws = seededDraws(seed);
  const vectors = (count: number): number[][] =>
    Array.from({ length: count }, () => Array.from({ length: rank + 1 }, () => draws.normal()));
  const [people, films] = [vectors(users), vectors(items)];
  const user: number[] = [];
  const item: number[] = [];
  const value: number[] = [];
  for (let u = 0; u < users; u++) {
    for (let i = 0; i < items; i++) {
      if (draws.uniform() >= share) continue;
      let rating = 3 + 0.3 * (people[u]![0]! + films[i]![0]!) + 0.2 * draws.normal();
      for (let k = 1; k <= rank; k++) rating += 0.5 * people[u]![k]! * films[i]![k]!;
      user.push(u);
      item.push(i);
      value.push(Math.min(5, Math.max(0.5, Math.round(2 * rating) / 2)));
    }
  }
  return {
    users,
    items,
    user: Int32Array.from(user),
    item: Int32Array.from(item),
    value: Float64Array.from(value),
  };
}

export function takePairs(pairs: RatedPairs, rows: Int32Array): RatedPairs {
  return {
    user: rows.map((row) => pairs.user[row]!),
    item: rows.map((row) => pairs.item[row]!),
    value: Float64Array.from(rows, (row) => pairs.value[row]!),
  };
}
