import { fitBiases, predictBiases } from './bias.js';
import type { PersonalFit, PersonalLearner } from './model.js';
import type { Pairs, Ratings } from './ratings.js';

export interface NeighbourParams {
  /** Films that a prediction leans on, at most. */
  readonly neighbours: number;
  /** People's worth of weight that pulls a similarity to 0 (Koren 2010, equation 2). */
  readonly shrinkage: number;
}

/**
 * Item neighbourhood: what a person gave the most similar films, above or below what the biases expected. Similarity is
 * the Pearson correlation of the ratings' distances from the biases over the people who rated both, shrunk by their
 * number (Koren 2010; Surprise's KNNBaseline with pearson_baseline). Holds items², so for some ten thousand films.
 */
export function itemNeighbours(params: NeighbourParams): PersonalLearner {
  return {
    name: 'film neighbours',
    baseline: false,
    fit: (ratings): PersonalFit => {
      const biases = fitBiases(ratings);
      const expected = predictBiases(biases, { user: ratings.userOf, item: ratings.itemOf });
      const off = ratings.values.map((value, r) => value - expected[r]!);
      const similarity = similarities(ratings, off, params.shrinkage);
      return {
        predict: (pairs) => {
          const base = predictBiases(biases, pairs);
          return base.map((value, i) => value + lean(ratings, off, similarity, pairs, i, params.neighbours));
        },
      };
    },
  };
}

/** Row-major items × items, 0 on the diagonal. */
function similarities(ratings: Ratings, off: Float64Array, shrinkage: number): Float32Array {
  const { items, itemStart, itemUsers, itemRatings, userStart, itemOf } = ratings;
  const all = new Float32Array(items * items);
  const product = new Float64Array(items);
  const mine = new Float64Array(items);
  const theirs = new Float64Array(items);
  const both = new Int32Array(items);
  for (let i = 0; i < items; i++) {
    product.fill(0);
    mine.fill(0);
    theirs.fill(0);
    both.fill(0);
    for (let at = itemStart[i]!; at < itemStart[i + 1]!; at++) {
      const x = off[itemRatings[at]!]!;
      const user = itemUsers[at]!;
      for (let r = userStart[user]!; r < userStart[user + 1]!; r++) {
        const j = itemOf[r]!;
        if (j >= i) break;
        const y = off[r]!;
        product[j]! += x * y;
        mine[j]! += x * x;
        theirs[j]! += y * y;
        both[j]!++;
      }
    }
    for (let j = 0; j < i; j++) {
      if (both[j]! < 2) continue;
      const size = Math.sqrt(mine[j]! * theirs[j]!);
      if (size === 0) continue;
      const value = ((both[j]! - 1) / (both[j]! - 1 + shrinkage)) * (product[j]! / size);
      all[i * items + j] = value;
      all[j * items + i] = value;
    }
  }
  return all;
}

function lean(
  { items, userStart, itemOf }: Ratings,
  off: Float64Array,
  similarity: Float32Array,
  pairs: Pairs,
  i: number,
  neighbours: number,
): number {
  const [user, item] = [pairs.user[i]!, pairs.item[i]!];
  const row = similarity.subarray(item * items, (item + 1) * items);
  const near: { readonly s: number; readonly r: number }[] = [];
  for (let r = userStart[user]!; r < userStart[user + 1]!; r++) {
    const s = row[itemOf[r]!]!;
    if (s > 0) near.push({ s, r });
  }
  near.sort((a, b) => b.s - a.s || a.r - b.r);
  let sum = 0;
  let weight = 0;
  for (const { s, r } of near.slice(0, neighbours)) {
    sum += s * off[r]!;
    weight += s;
  }
  return weight === 0 ? 0 : sum / weight;
}
