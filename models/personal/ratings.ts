/**
 * Ratings as typed arrays, held twice: by user and by item (compressed sparse rows). A rating's number is its place in
 * the order by user, then item; the order by item points to it. Users and items are counted from 0.
 */
export interface Ratings {
  readonly users: number;
  readonly items: number;
  readonly size: number;
  /** `users` + 1 long: the ratings of user u are numbers userStart[u] … userStart[u + 1] - 1. */
  readonly userStart: Int32Array;
  /** By rating. */
  readonly userOf: Int32Array;
  readonly itemOf: Int32Array;
  readonly values: Float64Array;
  /** `items` + 1 long, into the next two. */
  readonly itemStart: Int32Array;
  /** In order of item, then user: the user and the rating's number. */
  readonly itemUsers: Int32Array;
  readonly itemRatings: Int32Array;
  readonly mean: number;
  readonly lowest: number;
  readonly highest: number;
}

/** Users and items in any order, equally long. */
export interface RatedPairs {
  readonly user: Int32Array;
  readonly item: Int32Array;
  readonly value: Float64Array;
}

/** Pairs without the value that is to be predicted. */
export type Pairs = Pick<RatedPairs, 'user' | 'item'>;

/** The ratings of `pairs`; `rows`: only these. A pair that comes twice counts twice. */
export function ratingsOf(pairs: RatedPairs, users: number, items: number, rows?: Int32Array): Ratings {
  const size = rows?.length ?? pairs.value.length;
  const chosen = rows ?? Int32Array.from({ length: size }, (_, i) => i);
  const byItem = order(
    chosen.map((row) => pairs.item[row]!),
    items,
  );
  // A stable sort by user of what is sorted by item leaves each user's items in order.
  const sorted = byItem.at.map((at) => chosen[at]!);
  const byUser = order(
    sorted.map((row) => pairs.user[row]!),
    users,
  );
  const userOf = new Int32Array(size);
  const itemOf = new Int32Array(size);
  const values = new Float64Array(size);
  let sum = 0;
  let lowest = Infinity;
  let highest = -Infinity;
  for (let r = 0; r < size; r++) {
    const row = sorted[byUser.at[r]!]!;
    const value = pairs.value[row]!;
    userOf[r] = pairs.user[row]!;
    itemOf[r] = pairs.item[row]!;
    values[r] = value;
    sum += value;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  const items2 = order(itemOf, items);
  return {
    users,
    items,
    size,
    userStart: byUser.start,
    userOf,
    itemOf,
    values,
    itemStart: items2.start,
    itemUsers: items2.at.map((r) => userOf[r]!),
    itemRatings: items2.at,
    mean: sum / size,
    lowest,
    highest,
  };
}

/** All pairs again, in the order of the ratings. */
export function pairsOf(ratings: Ratings): RatedPairs {
  return { user: ratings.userOf, item: ratings.itemOf, value: ratings.values };
}

/** Counting sort: places by rising key, equal keys in their order; `start` says where each key begins. */
function order(keys: Int32Array, count: number): { readonly start: Int32Array; readonly at: Int32Array } {
  const start = new Int32Array(count + 1);
  for (const key of keys) start[key + 1]!++;
  for (let key = 0; key < count; key++) start[key + 1]! += start[key]!;
  const next = start.slice();
  const at = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; i++) at[next[keys[i]!]!++] = i;
  return { start, at };
}
