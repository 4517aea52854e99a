import { BAYES_NAME, bayesianFactors, type BayesLearner } from './bayes.js';
import { biasBaseline, meanRating } from './bias.js';
import { innerSplit } from './blend.js';
import { biasedFactors, svdPlusPlus } from './descent.js';
import { inScale, type PersonalLearner } from './model.js';
import { itemNeighbours } from './neighbours.js';
import type { Ratings } from './ratings.js';
import { rmse } from '../metrics.js';

/** One kind of model with the settings among which it may choose, inside its training ratings. */
export interface Family<Learner extends PersonalLearner = PersonalLearner> {
  readonly name: string;
  readonly settings: readonly { readonly label: string; readonly learner: Learner }[];
}

/** Draws that factors are averaged over, of one chain. */
const CHAIN = { burnIn: 20, draws: 120, thin: 3 } as const;
/** Shorter while the number of factors is chosen. */
const TRIAL = { burnIn: 15, draws: 45, thin: 3 } as const;

const FACTORS = [4, 8, 12] as const;

const of = <Learner extends PersonalLearner>(
  settings: readonly (readonly [string, Learner])[],
): Family<Learner> => ({
  name: settings[0]![1].name,
  settings: settings.map(([label, learner]) => ({ label, learner })),
});

const still = { biasWeight: 0.02, decay: 0.97 } as const;

export const BAYES_FAMILY: Family<BayesLearner> = of(
  FACTORS.map((factors) => [`${factors} factors`, bayesianFactors({ factors, ...CHAIN })]),
);

export const FAMILIES: readonly Family[] = [
  of([['', meanRating]]),
  of([['', biasBaseline]]),
  of([
    [
      '20 factors, pull 0.08',
      biasedFactors({ factors: 20, rounds: 60, step: 0.015, factorWeight: 0.08, ...still }),
    ],
    [
      '20 factors, pull 0.1',
      biasedFactors({ factors: 20, rounds: 60, step: 0.012, factorWeight: 0.1, ...still }),
    ],
    [
      '40 factors, pull 0.12',
      biasedFactors({ factors: 40, rounds: 60, step: 0.015, factorWeight: 0.12, ...still }),
    ],
  ]),
  of([
    ['40 films, shrinkage 100', itemNeighbours({ neighbours: 40, shrinkage: 100 })],
    ['60 films, shrinkage 150', itemNeighbours({ neighbours: 60, shrinkage: 150 })],
    ['30 films, shrinkage 60', itemNeighbours({ neighbours: 30, shrinkage: 60 })],
  ]),
  of([
    [
      '20 factors, pull 0.05',
      svdPlusPlus({ factors: 20, rounds: 25, step: 0.01, factorWeight: 0.05, ...still }),
    ],
    [
      '40 factors, pull 0.08',
      svdPlusPlus({ factors: 40, rounds: 30, step: 0.012, factorWeight: 0.08, ...still }),
    ],
    [
      '60 factors, pull 0.1',
      svdPlusPlus({ factors: 60, rounds: 30, step: 0.02, factorWeight: 0.1, biasWeight: 0.02, decay: 0.94 }),
    ],
  ]),
  BAYES_FAMILY,
];

export interface Choice {
  /** Place in the family's settings. */
  readonly at: number;
  readonly tried: readonly { readonly label: string; readonly rmse: number }[];
}

/** Share of the ratings that settings are compared on. */
const HELD_OUT = 0.1;

/**
 * Chooses a setting by the error on a random part of the ratings that are given, e.g. of a training fold: nothing
 * outside them has a say. Ties go to the earlier, which is the smaller.
 */
export function chooseSetting(family: Family, ratings: Ratings, seed: number | string): Choice {
  if (family.settings.length === 1) return { at: 0, tried: [] };
  const { train, test } = innerSplit(ratings, HELD_OUT, `${seed}/settings`);
  const tried = trials(family).map(({ label, learner }) => ({
    label,
    rmse: rmse(test.value, inScale(learner.fit(train, seed).predict(test), ratings)),
  }));
  const best = Math.min(...tried.map((one) => one.rmse));
  return { at: tried.findIndex((one) => one.rmse === best), tried };
}

function trials(family: Family): Family['settings'] {
  if (family.name !== BAYES_NAME) return family.settings;
  return FACTORS.map((factors) => ({
    label: `${factors} factors`,
    learner: bayesianFactors({ factors, ...TRIAL }),
  }));
}
