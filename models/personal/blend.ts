import { holdout } from '../splits.js';
import { seededRandom } from '../random.js';
import { requireKind } from '../estimator.js';
import { inScale, type PersonalFit, type PersonalLearner } from './model.js';
import { pairsOf, ratingsOf, type Pairs, type Ratings } from './ratings.js';
import { solvePositive } from './solve.js';

/** Share of the training ratings that weights are learned from. */
const SHARE = 0.1;
/** Ratings' worth of pull of all weights to equal ones. */
const RIDGE = 20;

/**
 * Stacking (Wolpert 1992): weights are fitted by ridge to predictions of training ratings that the parts had not
 * seen, then the parts are fitted again to all of them. Costs twice its parts.
 */
export function blend(parts: readonly PersonalLearner[]): PersonalLearner<BlendJson> {
  return {
    name: `blend of ${parts.map(({ name }) => name).join(', ')}`,
    baseline: false,
    params: { parts: parts.map(({ name, params }) => ({ name, ...params })) },
    fit: (ratings, seed) => {
      const { train, test } = innerSplit(ratings, SHARE, seed);
      const tried = parts.map((part) => inScale(part.fit(train, seed).predict(test), ratings));
      const weights = stack(tried, test.value, ratings.mean);
      const fits = parts.map((part) => part.fit(ratings, seed));
      const { mean, lowest, highest } = ratings;
      return fitted(fits, weights, { mean, lowest, highest });
    },
    read(json) {
      requireKind(json, 'blend');
      const fits = parts.map((part, i) => part.read(json.parts[i]));
      return fitted(fits, Float64Array.from(json.weights), json.scale);
    },
  };
}

type Scale = Pick<Ratings, 'mean' | 'lowest' | 'highest'>;

interface BlendJson {
  readonly kind: 'blend';
  readonly weights: readonly number[];
  readonly scale: Scale;
  readonly parts: readonly unknown[];
}

function fitted(fits: readonly PersonalFit[], weights: Float64Array, scale: Scale): PersonalFit<BlendJson> {
  return {
    predict: (pairs) =>
      combine(
        fits.map((fit) => fit.predict(pairs)),
        weights,
        scale,
      ),
    toJSON: () => ({
      kind: 'blend',
      weights: [...weights],
      scale,
      parts: fits.map((fit) => fit.toJSON()),
    }),
  };
}

/** A random part of the ratings held out, inside whatever the ratings are: a training fold knows nothing of its test. */
export function innerSplit(
  ratings: Ratings,
  share: number,
  seed: number | string,
): { readonly train: Ratings; readonly test: Pairs & { readonly value: Float64Array } } {
  const { train, test } = holdout(ratings.size, share, seededRandom(`${seed}/inner`));
  const pairs = pairsOf(ratings);
  return {
    train: ratingsOf(pairs, ratings.users, ratings.items, train),
    test: {
      user: test.map((r) => pairs.user[r]!),
      item: test.map((r) => pairs.item[r]!),
      value: Float64Array.from(test, (r) => pairs.value[r]!),
    },
  };
}

function stack(predicted: readonly Float64Array[], actual: Float64Array, centre: number): Float64Array {
  const n = predicted.length;
  const a = new Float64Array(n * n);
  const b = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let r = 0; r < actual.length; r++)
        a[i * n + j]! += (predicted[i]![r]! - centre) * (predicted[j]![r]! - centre);
    }
    for (let r = 0; r < actual.length; r++) b[i]! += (predicted[i]![r]! - centre) * (actual[r]! - centre);
    a[i * n + i]! += RIDGE;
    b[i]! += RIDGE / n;
  }
  solvePositive(a, b);
  return b;
}

function combine(predicted: readonly Float64Array[], weights: Float64Array, scale: Scale): Float64Array {
  const kept = predicted.map((one) => inScale(one, scale));
  return kept[0]!.map((_, i) =>
    kept.reduce((sum, one, part) => sum + weights[part]! * (one[i]! - scale.mean), scale.mean),
  );
}
