import { requireKind } from '../estimator.js';
import { doublesOf, packed } from '../packed.js';
import type { PersonalFit, PersonalLearner } from './model.js';
import type { Pairs, Ratings } from './ratings.js';

export interface Biases {
  readonly mean: number;
  readonly user: Float64Array;
  readonly item: Float64Array;
}

/** Everybody's mean for every film. */
export const meanRating: PersonalLearner<MeanJson> = {
  name: 'mean',
  baseline: true,
  fit: ({ mean }) => meanFit(mean),
  read(json) {
    requireKind(json, 'mean rating');
    return meanFit(json.mean);
  },
};

interface MeanJson {
  readonly kind: 'mean rating';
  readonly mean: number;
}

function meanFit(mean: number): PersonalFit<MeanJson> {
  return {
    predict: ({ user }) => new Float64Array(user.length).fill(mean),
    toJSON: () => ({ kind: 'mean rating', mean }),
  };
}

/** How generous a person is and how well a film is liked, both shrunk to the mean (Koren 2010, equation 1). */
export const biasBaseline: PersonalLearner<BiasesJson> = {
  name: 'user and film means',
  baseline: true,
  fit: (ratings) => biasFit(fitBiases(ratings)),
  read: (json) => biasFit(readBiases(json)),
};

function biasFit(biases: Biases): PersonalFit<BiasesJson> {
  return { predict: (pairs) => predictBiases(biases, pairs), toJSON: () => biasesJson(biases) };
}

export interface BiasesJson {
  readonly kind: 'biases';
  readonly mean: number;
  readonly user: string;
  readonly item: string;
}

export function biasesJson({ mean, user, item }: Biases): BiasesJson {
  return { kind: 'biases', mean, user: packed(user), item: packed(item) };
}

/** @throws NotThisModel */
export function readBiases(json: BiasesJson): Biases {
  requireKind(json, 'biases');
  return { mean: json.mean, user: doublesOf(json.user), item: doublesOf(json.item) };
}

/** Ratings' worth of weight that pulls a film's, or a person's, bias to 0: Surprise's defaults. */
const ITEM_WEIGHT = 10;
const USER_WEIGHT = 15;
const ROUNDS = 10;

/** Alternating least squares. */
export function fitBiases(ratings: Ratings): Biases {
  const { users, items, size, userOf, itemOf, values, mean } = ratings;
  const user = new Float64Array(users);
  const item = new Float64Array(items);
  const settle = (
    own: Float64Array,
    of: Int32Array,
    other: Float64Array,
    otherOf: Int32Array,
    weight: number,
  ) => {
    const sum = new Float64Array(own.length);
    const count = new Float64Array(own.length).fill(weight);
    for (let r = 0; r < size; r++) {
      sum[of[r]!]! += values[r]! - mean - other[otherOf[r]!]!;
      count[of[r]!]!++;
    }
    for (let i = 0; i < own.length; i++) own[i] = sum[i]! / count[i]!;
  };
  for (let round = 0; round < ROUNDS; round++) {
    settle(item, itemOf, user, userOf, ITEM_WEIGHT);
    settle(user, userOf, item, itemOf, USER_WEIGHT);
  }
  return { mean, user, item };
}

export function predictBiases({ mean, user, item }: Biases, pairs: Pairs): Float64Array {
  return Float64Array.from(pairs.user, (u, i) => mean + user[u]! + item[pairs.item[i]!]!);
}
