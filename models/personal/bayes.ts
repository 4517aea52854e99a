import { requireKind } from '../estimator.js';
import { doublesOf, floatsOf, packed } from '../packed.js';
import { sampleFactors, type GibbsParams, type GibbsState } from './gibbs.js';
import type { PersonalFit, PersonalLearner } from './model.js';
import type { Pairs, Ratings } from './ratings.js';

export interface BayesParams extends GibbsParams {
  /** Every how many draws one is kept: neighbouring draws are nearly the same. */
  readonly thin: number;
}

/**
 * One draw of all that is unknown. Vectors are row-major, `width` = factors + 1 long; element 0 is the bias, so that
 * r = centre + u[0] + f[0] + Σ_{k ≥ 1} u[k] f[k].
 */
export interface FactorDraw {
  readonly centre: number;
  /** 1 / variance of a rating around its prediction. */
  readonly precision: number;
  readonly films: Float32Array;
  /** What having rated each film says of a person: their sum over √(number rated) is added to the person's own vector. */
  readonly shared: Float32Array;
  /** Of a person's own vector, by element. */
  readonly priorMean: Float64Array;
  readonly priorPrecision: Float64Array;
}

export interface BayesFit extends PersonalFit<BayesJson> {
  readonly width: number;
  readonly draws: readonly FactorDraw[];
}

/** Vectors are packed. `people`: of each draw those of everybody who rated. */
interface BayesJson {
  readonly kind: 'Bayesian factors';
  readonly width: number;
  readonly draws: readonly (Pick<FactorDraw, 'centre' | 'precision'> & {
    readonly films: string;
    readonly shared: string;
    readonly priorMean: string;
    readonly priorPrecision: string;
  })[];
  readonly people: readonly string[];
}

export interface BayesLearner extends PersonalLearner<BayesJson> {
  fit(ratings: Ratings, seed: number | string, progress?: (done: number, total: number) => void): BayesFit;
}

export const BAYES_NAME = 'Bayesian factors';

/** Bayesian SVD++ by Gibbs sampling; see gibbs.ts. */
export function bayesianFactors(params: BayesParams): BayesLearner {
  return {
    name: BAYES_NAME,
    baseline: false,
    params,
    fit(ratings, seed, progress) {
      const draws: FactorDraw[] = [];
      const people: Float32Array[] = [];
      sampleFactors(ratings, {
        ...params,
        seed,
        onDraw: (state, draw) => {
          progress?.(draw + 1, params.draws);
          if ((draw + 1) % params.thin !== 0) return;
          draws.push(drawOf(state));
          people.push(rows(state.users.whole, state.users.count));
        },
      });
      return fitted(params.factors + 1, draws, people);
    },
    read(json) {
      requireKind(json, BAYES_NAME);
      const draws = json.draws.map(({ centre, precision, films, shared, priorMean, priorPrecision }) => ({
        centre,
        precision,
        films: floatsOf(films),
        shared: floatsOf(shared),
        priorMean: doublesOf(priorMean),
        priorPrecision: doublesOf(priorPrecision),
      }));
      return fitted(json.width, draws, json.people.map(floatsOf));
    },
  };
}

function fitted(width: number, draws: readonly FactorDraw[], people: readonly Float32Array[]): BayesFit {
  return {
    width,
    draws,
    predict: (pairs) => predict(draws, people, width, pairs),
    toJSON: () => ({
      kind: BAYES_NAME,
      width,
      draws: draws.map(({ centre, precision, films, shared, priorMean, priorPrecision }) => ({
        centre,
        precision,
        films: packed(films),
        shared: packed(shared),
        priorMean: packed(priorMean),
        priorPrecision: packed(priorPrecision),
      })),
      people: people.map(packed),
    }),
  };
}

function predict(
  draws: readonly FactorDraw[],
  people: readonly Float32Array[],
  width: number,
  pairs: Pairs,
): Float64Array {
  const sums = new Float64Array(pairs.user.length);
  draws.forEach(({ centre, films }, d) => {
    const users = people[d]!;
    for (let i = 0; i < sums.length; i++) {
      sums[i]! += centre + meet(users, pairs.user[i]! * width, films, pairs.item[i]! * width, width);
    }
  });
  return sums.map((sum) => sum / draws.length);
}

/** Both biases and the product of the factors of two row-major vectors. */
export function meet(
  a: Float32Array | Float64Array,
  atA: number,
  b: Float32Array | Float64Array,
  atB: number,
  width: number,
): number {
  let sum = a[atA]! + b[atB]!;
  for (let k = 1; k < width; k++) sum += a[atA + k]! * b[atB + k]!;
  return sum;
}

function drawOf({ users, items, centre, precision }: GibbsState): FactorDraw {
  return {
    centre,
    precision,
    films: rows(items.whole, items.count),
    shared: rows(users.shared, items.count),
    priorMean: Float64Array.from(users.ownPrior, (prior) => prior.mean),
    priorPrecision: Float64Array.from(users.ownPrior, (prior) => prior.precision),
  };
}

/** Columns as row-major vectors; a row beyond a column's end is 0. */
function rows(columns: readonly Float64Array[], count: number): Float32Array {
  const width = columns.length;
  const all = new Float32Array(count * width);
  columns.forEach((column, k) => {
    for (let i = 0; i < column.length; i++) all[i * width + k] = column[i]!;
  });
  return all;
}
