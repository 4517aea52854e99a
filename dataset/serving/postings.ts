import type { OrderTable, Postings, WordTable } from './tables.js';

/** Of n things, who owns what: `owner(i)` says whose item i is. Items of an owner stay in their order. */
export function postingsOf(owners: number, items: number, owner: (item: number) => number): Postings {
  const offsets = new Uint32Array(owners + 1);
  for (let item = 0; item < items; item++) offsets[owner(item) + 1]!++;
  for (let i = 0; i < owners; i++) offsets[i + 1]! += offsets[i]!;
  const next = offsets.slice(0, owners);
  const listed = new Uint32Array(items);
  for (let item = 0; item < items; item++) listed[next[owner(item)]!++] = item;
  return { offsets, items: listed };
}

/** The rows that have each word. */
export function rowsByWord({ words, offsets, codes }: WordTable): Postings {
  const rowOf = new Uint32Array(codes.length);
  for (let row = 0; row + 1 < offsets.length; row++) rowOf.fill(row, offsets[row], offsets[row + 1]);
  const { offsets: bounds, items } = postingsOf(
    words.offsets.length - 1,
    codes.length,
    (item) => codes[item]!,
  );
  return { offsets: bounds, items: items.map((item) => rowOf[item]!) };
}

/** Counting sort over dense ranks: rows come in the order `byId`, so ties stay in it, and nulls go last either way. */
export function orderOf(
  rank: Int32Array<ArrayBuffer>,
  byId: Uint32Array = Uint32Array.from(rank.keys()),
): OrderTable & { readonly descending: Uint32Array<ArrayBuffer> } {
  let distinct = 0;
  for (const one of rank) if (one > distinct) distinct = one;
  const sorted = (key: (rank: number) => number): Uint32Array<ArrayBuffer> =>
    postingsOf(distinct + 1, rank.length, (place) => {
      const one = rank[byId[place]!]!;
      return one === 0 ? distinct : key(one);
    }).items.map((place) => byId[place]!);
  return {
    rank,
    ascending: sorted((one) => one - 1),
    descending: sorted((one) => distinct - one),
  };
}
