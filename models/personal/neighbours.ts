import { requireKind } from '../estimator.js';
import { doublesOf, floatsOf, integersOf, packed } from '../packed.js';
import { biasesJson, fitBiases, predictBiases, readBiases, type Biases, type BiasesJson } from './bias.js';
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
 * number (Koren 2010; Surprise's KNNBaseline with pearson_baseline). Only films that enough people rated have neighbours: the table
 * holds the square of their number.
 */
export function itemNeighbours(params: NeighbourParams): PersonalLearner<NeighboursJson> {
  return {
    name: 'film neighbours',
    baseline: false,
    params,
    fit(ratings) {
      const biases = fitBiases(ratings);
      const expected = predictBiases(biases, { user: ratings.userOf, item: ratings.itemOf });
      const off = ratings.values.map((value, r) => value - expected[r]!);
      const similarity = similarities(ratings, off, params.shrinkage);
      const { userStart, itemOf } = ratings;
      return fitted({ neighbours: params.neighbours, biases, userStart, itemOf, off, similarity });
    },
    read(json) {
      requireKind(json, 'neighbours');
      const { neighbours, similarity } = json;
      return fitted({
        neighbours,
        biases: readBiases(json.biases),
        userStart: integersOf(json.userStart),
        itemOf: integersOf(json.itemOf),
        off: doublesOf(json.off),
        similarity: {
          rowOf: integersOf(similarity.rowOf),
          count: similarity.count,
          values: floatsOf(similarity.values),
        },
      });
    },
  };
}

interface Neighbours extends Pick<Ratings, 'userStart' | 'itemOf'> {
  readonly neighbours: number;
  readonly biases: Biases;
  /** How far each rating is from what the biases expect. */
  readonly off: Float64Array;
  readonly similarity: Similarities;
}

/** Arrays are packed. */
interface NeighboursJson {
  readonly kind: 'neighbours';
  readonly neighbours: number;
  readonly biases: BiasesJson;
  readonly userStart: string;
  readonly itemOf: string;
  readonly off: string;
  readonly similarity: { readonly rowOf: string; readonly count: number; readonly values: string };
}

function fitted(model: Neighbours): PersonalFit<NeighboursJson> {
  const { neighbours, biases, userStart, itemOf, off, similarity } = model;
  return {
    predict: (pairs) => predictBiases(biases, pairs).map((value, i) => value + lean(model, pairs, i)),
    toJSON: () => ({
      kind: 'neighbours',
      neighbours,
      biases: biasesJson(biases),
      userStart: packed(userStart),
      itemOf: packed(itemOf),
      off: packed(off),
      similarity: {
        rowOf: packed(similarity.rowOf),
        count: similarity.count,
        values: packed(similarity.values),
      },
    }),
  };
}

/** People who must have rated a film; with fewer, shrinkage leaves nothing of a similarity. */
const LEAST_PEOPLE = 3;
/** Films with neighbours, at most, the most rated first: 256 MB of similarities. */
const MOST_FILMS = 8000;

interface Similarities {
  /** A film's row; -1 for one without neighbours. */
  readonly rowOf: Int32Array;
  readonly count: number;
  /** Row-major count × count, 0 on the diagonal. */
  readonly values: Float32Array;
}

function similarities(ratings: Ratings, off: Float64Array, shrinkage: number): Similarities {
  const { items, itemStart, itemUsers, itemRatings, userStart, itemOf } = ratings;
  const chosen = chooseFilms(ratings);
  const count = chosen.length;
  const rowOf = new Int32Array(items).fill(-1);
  chosen.forEach((item, row) => (rowOf[item] = row));
  const table = new Float32Array(count * count);
  const product = new Float64Array(items);
  const mine = new Float64Array(items);
  const theirs = new Float64Array(items);
  const both = new Int32Array(items);
  for (const i of chosen) {
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
    for (const j of chosen) {
      if (j >= i) break;
      if (both[j]! < 2) continue;
      const size = Math.sqrt(mine[j]! * theirs[j]!);
      if (size === 0) continue;
      const value = ((both[j]! - 1) / (both[j]! - 1 + shrinkage)) * (product[j]! / size);
      table[rowOf[i]! * count + rowOf[j]!] = value;
      table[rowOf[j]! * count + rowOf[i]!] = value;
    }
  }
  return { rowOf, count, values: table };
}

/** Films that have neighbours, rising. */
function chooseFilms({ items, itemStart }: Ratings): Int32Array {
  const people = (item: number): number => itemStart[item + 1]! - itemStart[item]!;
  return Int32Array.from({ length: items }, (_, item) => item)
    .filter((item) => people(item) >= LEAST_PEOPLE)
    .sort((a, b) => people(b) - people(a) || a - b)
    .slice(0, MOST_FILMS)
    .sort();
}

function lean(
  { userStart, itemOf, off, neighbours, similarity: { rowOf, count, values } }: Neighbours,
  pairs: Pairs,
  i: number,
): number {
  const [user, item] = [pairs.user[i]!, pairs.item[i]!];
  if (rowOf[item]! < 0) return 0;
  const row = values.subarray(rowOf[item]! * count, (rowOf[item]! + 1) * count);
  const near: { readonly s: number; readonly r: number }[] = [];
  for (let r = userStart[user]!; r < userStart[user + 1]!; r++) {
    const other = rowOf[itemOf[r]!]!;
    const s = other < 0 ? 0 : row[other]!;
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
