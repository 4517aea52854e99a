import { seededRandom } from './random.js';
import type { Fold } from './splits.js';

/**
 * What each parameter of an estimator may be. A list is tried as it is; a range is for random search: uniform, or
 * uniform in the logarithm where `log` is true, rounded to whole numbers where `whole` is true.
 */
export type Space<Params> = { readonly [Name in keyof Params]?: readonly Params[Name][] | Range };

interface Range {
  readonly from: number;
  readonly to: number;
  readonly log?: boolean;
  readonly whole?: boolean;
}

/** A candidate after its cross-validation: plain data, so that it can be kept and a search go on from it. */
export interface Trial<Params> {
  /** Place among the candidates. */
  readonly at: number;
  readonly params: Params;
  /** The error on each fold. */
  readonly errors: readonly number[];
  readonly seconds: number;
}

/** Every combination of the lists, the last parameter changing fastest; what the space leaves out is as in `base`. */
export function grid<Params extends object>(base: Params, space: Space<Params>): Params[] {
  return (Object.keys(space) as (keyof Params & string)[]).reduce<Params[]>(
    (all, name) => {
      const values = space[name]!;
      if (!isList(values)) throw new Error(`A grid needs a list for ${name}; a range is for random search.`);
      return all.flatMap((params) => values.map((value) => ({ ...params, [name]: value })));
    },
    [base],
  );
}

/** `base` and then `count` - 1 draws from the space: better than a grid of as many (Bergstra & Bengio 2012). */
export function randomCandidates<Params extends object>(
  base: Params,
  space: Space<Params>,
  count: number,
  seed: number | string,
): Params[] {
  const names = (Object.keys(space) as (keyof Params & string)[]).sort();
  return Array.from({ length: count }, (_, at) => {
    if (at === 0) return base;
    const random = seededRandom(`${seed}/candidate/${at}`);
    const drawn = names.map((name) => [name, draw(space[name]!, random())]);
    return { ...base, ...(Object.fromEntries(drawn) as Partial<Params>) };
  });
}

/**
 * Scores candidates one after the other. `finished` are trials of an earlier attempt at this search, which are taken
 * over where they are of the same parameters; `onTrial` is told of each new one, so that an attempt that is cut short
 * loses one candidate at most. `score` gives the error on each fold. Trials come in the candidates' order.
 */
export function search<Params>(
  candidates: readonly Params[],
  score: (params: Params) => readonly number[],
  options: {
    readonly finished?: readonly Trial<Params>[];
    readonly onTrial?: (trial: Trial<Params>) => void;
    /** Milliseconds from any fixed point. */
    readonly clock: () => number;
  },
): Trial<Params>[] {
  const finished = new Map(options.finished?.map((trial) => [trial.at, trial]));
  return candidates.map((params, at) => {
    const known = finished.get(at);
    if (known !== undefined && JSON.stringify(known.params) === JSON.stringify(params)) return known;
    const from = options.clock();
    const errors = score(params);
    const trial = { at, params, errors, seconds: (options.clock() - from) / 1000 };
    options.onTrial?.(trial);
    return trial;
  });
}

/** The trial with the least mean error over the folds; ties go to the earlier. Throws when there is none. */
export function bestTrial<Params>(trials: readonly Trial<Params>[]): Trial<Params> {
  if (trials.length === 0) throw new Error('A search needs at least one candidate.');
  return trials.reduce((best, trial) => (meanError(trial) < meanError(best) ? trial : best));
}

export function meanError({ errors }: Pick<Trial<unknown>, 'errors'>): number {
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

/**
 * Cross-validation: the error on each fold's test rows of what was fitted to its training rows. `take` gives the rows
 * at these places, in that order.
 */
export function crossValidate<X, Y>(
  folds: readonly Fold[],
  take: (rows: Int32Array) => { readonly x: X; readonly y: Y },
  fit: (x: X, y: Y) => { predict(x: X): ArrayLike<number> },
  error: (actual: Y, predicted: ArrayLike<number>) => number,
): number[] {
  return folds.map(({ train, test }) => {
    const known = take(train);
    const held = take(test);
    return error(held.y, fit(known.x, known.y).predict(held.x));
  });
}

function draw(values: readonly unknown[] | Range, share: number): unknown {
  if (isList(values)) return values[Math.floor(share * values.length)];
  const { from, to, log = false, whole = false } = values;
  const value = log ? from * (to / from) ** share : from + share * (to - from);
  return whole ? Math.round(value) : value;
}

function isList(values: readonly unknown[] | Range): values is readonly unknown[] {
  return Array.isArray(values);
}
