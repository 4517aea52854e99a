import { requireKind } from '../estimator.js';
import { doublesOf, packed } from '../packed.js';
import { seededDraws } from './draws.js';
import type { PersonalFit, PersonalLearner } from './model.js';
import type { Ratings } from './ratings.js';

export interface DescentParams {
  readonly factors: number;
  readonly rounds: number;
  /** Step of the first round; each later one is `decay` times the one before. */
  readonly step: number;
  readonly decay: number;
  /** Pull of biases and of factors to 0. */
  readonly biasWeight: number;
  readonly factorWeight: number;
}

/** Biased matrix factorisation by stochastic gradient descent (Funk 2006; Koren, Bell & Volinsky 2009). */
export function biasedFactors(params: DescentParams): PersonalLearner<FactorsJson> {
  return {
    name: 'biased factors',
    baseline: false,
    params,
    fit: (ratings, seed) => fitted(descend(ratings, params, seed, false)),
    read: (json) => fitted(readFactors(json)),
  };
}

/** SVD++ (Koren 2008): a person's vector also holds a shared vector of every film that they rated. */
export function svdPlusPlus(params: DescentParams): PersonalLearner<FactorsJson> {
  return {
    name: 'SVD++',
    baseline: false,
    params,
    fit: (ratings, seed) => fitted(descend(ratings, params, seed, true)),
    read: (json) => fitted(readFactors(json)),
  };
}

function descend(ratings: Ratings, params: DescentParams, seed: number | string, implicit: boolean): Factors {
  const { factors: width, biasWeight, factorWeight } = params;
  const { users, items, userStart, itemOf, values, mean } = ratings;
  const draws = seededDraws(seed);
  const random = (count: number): Float64Array =>
    new Float64Array(count * width).map(() => (0.1 * draws.normal()) / Math.sqrt(width / 10));
  const [own, film] = [random(users), random(items)];
  const shared = implicit ? random(items).map((value) => value / 2) : new Float64Array(0);
  const [userBias, itemBias] = [new Float64Array(users), new Float64Array(items)];
  /** A person's whole vector while their ratings are gone through, and the shared vectors' part of it. */
  const whole = new Float64Array(width);
  const part = new Float64Array(width);
  const order = Int32Array.from({ length: users }, (_, u) => u);
  let { step } = params;
  for (let round = 0; round < params.rounds; round++, step *= params.decay) {
    shuffle(order, draws.uniform);
    for (const u of order) {
      const [from, to] = [userStart[u]!, userStart[u + 1]!];
      if (from === to) continue;
      const scale = 1 / Math.sqrt(to - from);
      part.fill(0);
      if (implicit) addShared(part, shared, itemOf, from, to, scale);
      const before = part.slice();
      for (let r = from; r < to; r++) {
        const f = itemOf[r]! * width;
        let predicted = mean + userBias[u]! + itemBias[itemOf[r]!]!;
        for (let k = 0; k < width; k++) {
          whole[k] = own[u * width + k]! + part[k]!;
          predicted += whole[k]! * film[f + k]!;
        }
        const error = values[r]! - predicted;
        userBias[u]! += step * (error - biasWeight * userBias[u]!);
        itemBias[itemOf[r]!]! += step * (error - biasWeight * itemBias[itemOf[r]!]!);
        for (let k = 0; k < width; k++) {
          const [p, q] = [own[u * width + k]!, film[f + k]!];
          own[u * width + k] = p + step * (error * q - factorWeight * p);
          film[f + k] = q + step * (error * whole[k]! - factorWeight * q);
          // All shared vectors of a person get the same push, so that it is summed here and handed out once below.
          if (implicit) part[k]! += step * (error * q - factorWeight * part[k]!);
        }
      }
      if (!implicit) continue;
      for (let r = from; r < to; r++) {
        for (let k = 0; k < width; k++) shared[itemOf[r]! * width + k]! += (part[k]! - before[k]!) * scale;
      }
    }
  }
  if (implicit) {
    for (let u = 0; u < users; u++) {
      const [from, to] = [userStart[u]!, userStart[u + 1]!];
      const vector = own.subarray(u * width, (u + 1) * width);
      if (from < to) addShared(vector, shared, itemOf, from, to, 1 / Math.sqrt(to - from));
    }
  }
  return { width, mean, people: own, films: film, userBias, itemBias };
}

/** Vectors are row-major, `width` long; people's hold the shared vectors of what they rated. */
interface Factors {
  readonly width: number;
  readonly mean: number;
  readonly people: Float64Array;
  readonly films: Float64Array;
  readonly userBias: Float64Array;
  readonly itemBias: Float64Array;
}

/** Arrays are packed. */
interface FactorsJson {
  readonly kind: 'factors';
  readonly width: number;
  readonly mean: number;
  readonly people: string;
  readonly films: string;
  readonly userBias: string;
  readonly itemBias: string;
}

function fitted(factors: Factors): PersonalFit<FactorsJson> {
  const { width, mean, people, films, userBias, itemBias } = factors;
  return {
    predict: ({ user, item }) =>
      Float64Array.from(user, (u, i) => {
        const film = item[i]!;
        let sum = mean + userBias[u]! + itemBias[film]!;
        for (let k = 0; k < width; k++) sum += people[u * width + k]! * films[film * width + k]!;
        return sum;
      }),
    toJSON: () => ({
      kind: 'factors',
      width,
      mean,
      people: packed(people),
      films: packed(films),
      userBias: packed(userBias),
      itemBias: packed(itemBias),
    }),
  };
}

/** @throws NotThisModel */
function readFactors(json: FactorsJson): Factors {
  requireKind(json, 'factors');
  const { width, mean, people, films, userBias, itemBias } = json;
  return {
    width,
    mean,
    people: doublesOf(people),
    films: doublesOf(films),
    userBias: doublesOf(userBias),
    itemBias: doublesOf(itemBias),
  };
}

function addShared(
  sum: Float64Array,
  shared: Float64Array,
  itemOf: Int32Array,
  from: number,
  to: number,
  scale: number,
): void {
  const width = sum.length;
  for (let r = from; r < to; r++) {
    for (let k = 0; k < width; k++) sum[k]! += scale * shared[itemOf[r]! * width + k]!;
  }
}

function shuffle(order: Int32Array, uniform: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
}
