import { seededDraws, type Draws } from './draws.js';
import type { Ratings } from './ratings.js';

/**
 * Bayesian SVD++ on both sides ("timeless flipped SVD++", Rendle, Zhang & Koren 2019, without the time), drawn by Gibbs
 * sampling: r = mean + b_u + b_i + p_u·q_i, where p_u is the user's own vector and the shared vectors of all films that the
 * user rated, divided by the root of their number, and q_i likewise of all users that rated the film. Priors of every
 * factor are learned, so there is little to tune; the prediction is the mean over the draws.
 */
export interface GibbsParams {
  readonly factors: number;
  /** Draws that are thrown away first. */
  readonly burnIn: number;
  readonly draws: number;
}

/** One side's column k: own values, values shared through what was rated, and their sum as it enters the product. */
export interface Side {
  readonly count: number;
  readonly own: Float64Array[];
  readonly shared: Float64Array[];
  readonly whole: Float64Array[];
  readonly ownPrior: Prior[];
  readonly sharedPrior: Prior[];
  /** 1 / √ratings of each user (or item); 0 for none. */
  readonly scale: Float64Array;
  readonly start: Int32Array;
  readonly others: Int32Array;
  /** Where in the residuals each of this side's ratings is. */
  readonly at: Int32Array;
}

interface Prior {
  mean: number;
  precision: number;
}

/** Column 0 holds the biases: its counterpart is 1 on the other side. */
export interface GibbsState {
  readonly users: Side;
  readonly items: Side;
  centre: number;
  precision: number;
}

export interface GibbsOptions extends GibbsParams {
  readonly seed: number | string;
  /** Called after each draw that counts, with the chain's own arrays: copy what is kept. */
  readonly onDraw: (state: GibbsState, draw: number) => void;
}

export function sampleFactors(ratings: Ratings, options: GibbsOptions): void {
  const draws = seededDraws(options.seed);
  const order = Int32Array.from({ length: ratings.size }, (_, r) => r);
  const columns = options.factors + 1;
  const users = sideOf(ratings.users, columns, ratings.userStart, ratings.itemOf, order, draws);
  const items = sideOf(
    ratings.items,
    columns,
    ratings.itemStart,
    ratings.itemUsers,
    ratings.itemRatings,
    draws,
  );
  const state: GibbsState = { users, items, centre: ratings.mean, precision: 1 };
  const residual = residuals(ratings, state);
  const ones = [users, items].map(({ count }) => new Float64Array(count).fill(1));
  const work = new Float64Array(ratings.size);
  for (let round = 0; round < options.burnIn + options.draws; round++) {
    drawPrecision(state, residual, draws);
    drawCentre(state, residual, draws);
    drawSide(users, items, ones[1]!, residual, work, state.precision, draws);
    drawSide(items, users, ones[0]!, residual, work, state.precision, draws);
    if (round >= options.burnIn) options.onDraw(state, round - options.burnIn);
  }
}

function sideOf(
  count: number,
  columns: number,
  start: Int32Array,
  others: Int32Array,
  at: Int32Array,
  draws: Draws,
): Side {
  const scale = new Float64Array(count);
  for (let u = 0; u < count; u++) {
    const rated = start[u + 1]! - start[u]!;
    scale[u] = rated === 0 ? 0 : 1 / Math.sqrt(rated);
  }
  const column = (fill: () => number, size: number): Float64Array => new Float64Array(size).map(fill);
  const perColumn = <T>(make: (k: number) => T): T[] => Array.from({ length: columns }, (_, k) => make(k));
  const otherCount = others.reduce((most, one) => Math.max(most, one), -1) + 1;
  const own = perColumn((k) => column(k === 0 ? () => 0 : () => 0.1 * draws.normal(), count));
  return {
    count,
    own,
    shared: perColumn(() => new Float64Array(otherCount)),
    whole: own.map((values) => values.slice()),
    ownPrior: perColumn(() => ({ mean: 0, precision: 10 })),
    sharedPrior: perColumn(() => ({ mean: 0, precision: 100 })),
    scale,
    start,
    others,
    at,
  };
}

function residuals(ratings: Ratings, { users, items, centre }: GibbsState): Float64Array {
  return ratings.values.map((value, r) => {
    const [u, i] = [ratings.userOf[r]!, ratings.itemOf[r]!];
    let predicted = centre + users.whole[0]![u]! + items.whole[0]![i]!;
    for (let k = 1; k < users.whole.length; k++) predicted += users.whole[k]![u]! * items.whole[k]![i]!;
    return value - predicted;
  });
}

/**
 * Draws all columns of one side, one after the other, given the other side's, and takes them out of the residuals.
 * `work`: room for the residuals in this side's order, in which every pass reads them from first to last.
 */
function drawSide(
  side: Side,
  other: Side,
  ones: Float64Array,
  residual: Float64Array,
  work: Float64Array,
  alpha: number,
  draws: Draws,
): void {
  const { count, at } = side;
  for (let i = 0; i < work.length; i++) work[i] = residual[at[i]!]!;
  const square = new Float64Array(count);
  const product = new Float64Array(count);
  const shift = new Float64Array(count);
  let before = ones;
  side.own.forEach((own, k) => {
    const across = k === 0 ? ones : other.whole[k]!;
    drawPrior(own, side.ownPrior[k]!, draws, k === 0);
    drawPrior(side.shared[k]!, side.sharedPrior[k]!, draws, k === 0);
    gather(side, before, across, shift, work, square, product);
    drawOwn(side, k, square, product, shift, alpha, draws);
    drawShared(side, other, k, square, product, shift, alpha, draws);
    const whole = side.whole[k]!;
    for (let u = 0; u < count; u++) whole[u]! += shift[u]!;
    before = across;
  });
  const { start, others } = side;
  for (let u = 0; u < count; u++) {
    const by = shift[u]!;
    for (let i = start[u]!; i < start[u + 1]!; i++) residual[at[i]!] = work[i]! - by * before[others[i]!]!;
  }
}

/**
 * One pass over the ratings: takes the column before (`shift` times its counterpart) out of the residuals, and sums what
 * the next column's draw needs: the squares of its counterpart, and the counterpart times the residuals.
 */
function gather(
  { count, start, others }: Side,
  before: Float64Array,
  across: Float64Array,
  shift: Float64Array,
  work: Float64Array,
  square: Float64Array,
  product: Float64Array,
): void {
  for (let u = 0; u < count; u++) {
    const by = shift[u]!;
    const to = start[u + 1]!;
    let a = 0;
    let b = 0;
    for (let i = start[u]!; i < to; i++) {
      const o = others[i]!;
      const e = work[i]! - by * before[o]!;
      const x = across[o]!;
      work[i] = e;
      a += x * x;
      b += x * e;
    }
    square[u] = a;
    product[u] = b;
  }
}

/** Draws each own value; leaves the sums in units of the shared values' coefficient, which is `scale`. */
function drawOwn(
  { count, scale, ...side }: Side,
  k: number,
  square: Float64Array,
  product: Float64Array,
  shift: Float64Array,
  alpha: number,
  draws: Draws,
): void {
  const own = side.own[k]!;
  const prior = side.ownPrior[k]!;
  for (let u = 0; u < count; u++) {
    const a = square[u]!;
    const b = product[u]!;
    const precision = alpha * a + prior.precision;
    const mean = (alpha * (b + own[u]! * a) + prior.precision * prior.mean) / precision;
    const value = mean + draws.normal() / Math.sqrt(precision);
    shift[u] = value - own[u]!;
    square[u] = a * scale[u]! * scale[u]!;
    product[u] = (b - shift[u]! * a) * scale[u]!;
    own[u] = value;
  }
}

/** Draws each shared value, one after the other: each moves the sums of all who rated its film. */
function drawShared(
  side: Side,
  other: Side,
  k: number,
  square: Float64Array,
  product: Float64Array,
  shift: Float64Array,
  alpha: number,
  draws: Draws,
): void {
  const shared = side.shared[k]!;
  const prior = side.sharedPrior[k]!;
  const { scale } = side;
  const { start, others } = other;
  for (let j = 0; j < shared.length; j++) {
    const to = start[j + 1]!;
    let a = 0;
    let b = 0;
    for (let i = start[j]!; i < to; i++) {
      const u = others[i]!;
      a += square[u]!;
      b += product[u]!;
    }
    const precision = alpha * a + prior.precision;
    const mean = (alpha * (b + shared[j]! * a) + prior.precision * prior.mean) / precision;
    const value = mean + draws.normal() / Math.sqrt(precision);
    const change = value - shared[j]!;
    for (let i = start[j]!; i < to; i++) {
      const u = others[i]!;
      product[u]! -= change * square[u]!;
      shift[u]! += change * scale[u]!;
    }
    shared[j] = value;
  }
}

/** Normal-gamma hyperprior, weak, as libFM's (Rendle 2012). Biases keep a mean of 0: the centre holds it. */
function drawPrior(values: Float64Array, prior: Prior, draws: Draws, centred: boolean): void {
  const n = values.length;
  let sum = 0;
  for (const value of values) sum += value;
  if (!centred) {
    prior.mean = sum / (n + 1) + draws.normal() / Math.sqrt((n + 1) * prior.precision);
  }
  let spread = 0;
  for (const value of values) spread += (value - prior.mean) ** 2;
  prior.precision = draws.gamma((n + 2) / 2, (spread + prior.mean ** 2 + 1) / 2);
}

function drawPrecision(state: GibbsState, residual: Float64Array, draws: Draws): void {
  let spread = 0;
  for (const e of residual) spread += e * e;
  state.precision = draws.gamma((residual.length + 1) / 2, (spread + 1) / 2);
}

function drawCentre(state: GibbsState, residual: Float64Array, draws: Draws): void {
  let sum = 0;
  for (const e of residual) sum += e;
  const shift = sum / residual.length + draws.normal() / Math.sqrt(state.precision * residual.length);
  state.centre += shift;
  for (let r = 0; r < residual.length; r++) residual[r]! -= shift;
}
