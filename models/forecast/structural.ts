import { requireKind } from '../estimator.js';
import type { GenreYear } from '../forest50.js';
import type { FittedForecaster, Forecaster } from './forecaster.js';

/** One genre's observations: log index per year, and how little its few films blur it. */
interface Observed {
  readonly years: Int32Array;
  readonly values: Float64Array;
  readonly films: Float64Array;
}

/** What all genres share. Variances are of the log index. */
interface Shared {
  /** How much of a deviation from the trend is left after a year. */
  readonly persistence: number;
  /** Of a year's new deviation; of a single film's popularity, which a mean over n films divides by n. */
  readonly shock: number;
  readonly film: number;
  /** Of the genres' levels, of their yearly trends, and of how a level wanders from year to year. */
  readonly level: number;
  readonly slope: number;
  readonly wander: number;
}

interface StructuralJson {
  readonly kind: 'structural';
  readonly persistence: number;
  /** Of each genre, at the origin. */
  readonly states: readonly { readonly level: number; readonly trend: number; readonly deviation: number }[];
}

const START: Shared = {
  persistence: 0.5,
  shock: 0.02,
  film: 0.5,
  level: 0.1,
  slope: 1e-4,
  wander: 1e-4,
};

/** Log index of a year without any heat would be -∞. */
const LEAST_INDEX = 0.02;

/** Rounds of the search; each tries a step up and down of every shared value, in ever smaller steps. */
const ROUNDS = 7;

/**
 * A structural time-series model (Harvey 1989) of all genres at once: log index = level + trend + deviation + blur.
 * Deviations fade (AR(1)), a level may wander, a mean over few films is blurred more than one over many. A genre's
 * level and trend are drawn towards all genres' by as much as these differ (random effects), and what the genres
 * share is found by greatest likelihood over all of them: one short noisy series could not tell. The answer is the
 * median: exp of the expected log.
 */
export const structural: Forecaster<StructuralJson> = {
  name: 'structural',
  fit(panel) {
    const observed = panel.genres.map((genre) => observe(panel.cells, genre, panel.from));
    const mean = centreOf(observed);
    const shared = fit(observed, mean);
    return fitted({
      kind: 'structural',
      persistence: shared.persistence,
      states: observed.map((genre) => {
        const { level, trend, deviation } = filter(genre, mean, shared, panel.origin);
        return { level, trend, deviation };
      }),
    });
  },
  read(json) {
    requireKind(json, 'structural');
    return fitted(json);
  },
};

function fitted(json: StructuralJson): FittedForecaster<StructuralJson> {
  return {
    predict: (horizon) =>
      json.states.map(({ level, trend, deviation }) =>
        Float64Array.from({ length: horizon }, (_, i) =>
          Math.exp(level + (i + 1) * trend + json.persistence ** (i + 1) * deviation),
        ),
      ),
    toJSON: () => json,
  };
}

function observe(cells: readonly GenreYear[], genre: string, from: number): Observed {
  const own = cells.filter((cell) => cell.genre === genre && cell.year >= from);
  own.sort((a, b) => a.year - b.year);
  return {
    years: Int32Array.from(own, ({ year }) => year),
    values: Float64Array.from(own, ({ index }) => Math.log(Math.max(LEAST_INDEX, index))),
    films: Float64Array.from(own, ({ films }) => films),
  };
}

/** Mean log index over genres, each by the films behind it. */
function centreOf(observed: readonly Observed[]): number {
  let sum = 0;
  let weight = 0;
  for (const { values, films } of observed)
    values.forEach((value, i) => {
      const own = films[i]! / (films[i]! + 10);
      sum += own * value;
      weight += own;
    });
  return weight > 0 ? sum / weight : 0;
}

function fit(observed: readonly Observed[], mean: number): Shared {
  const likelihood = (shared: Shared) =>
    observed.reduce((sum, genre) => sum + filter(genre, mean, shared, null).likelihood, 0);
  let best = START;
  let most = likelihood(best);
  for (let round = 0, factor = 4; round < ROUNDS; round++, factor = Math.max(1.2, Math.sqrt(factor))) {
    for (const name of Object.keys(START) as (keyof Shared)[]) {
      const step = (up: boolean): number =>
        name === 'persistence'
          ? Math.min(0.95, Math.max(0, best.persistence + (up ? 1 : -1) * 0.1 * Math.log2(factor)))
          : best[name] * (up ? factor : 1 / factor);
      for (const up of [true, false]) {
        const tried = { ...best, [name]: step(up) };
        const found = likelihood(tried);
        if (found <= most) continue;
        [best, most] = [tried, found];
        break;
      }
    }
  }
  return best;
}

/** Kalman filter over (level, trend, deviation), on to `until` where that is given: the state then. */
function filter(
  { years, values, films }: Observed,
  mean: number,
  { persistence, shock, film, level: spread, slope, wander }: Shared,
  until: number | null,
): { level: number; trend: number; deviation: number; likelihood: number } {
  let [m, b, e] = [mean, 0, 0];
  let [mm, mb, me, bb, be, ee] = [spread, 0, 0, slope, 0, shock / (1 - persistence ** 2)];
  let likelihood = 0;
  const last = until ?? years.at(-1)!;
  const first = years[0]!;
  for (let year = first, at = 0; year <= last; year++) {
    if (year > first) {
      m += b;
      e *= persistence;
      mm += 2 * mb + bb + wander;
      mb += bb;
      me = persistence * (me + be);
      be *= persistence;
      ee = persistence * persistence * ee + shock;
    }
    if (years[at] !== year) continue;
    const variance = mm + 2 * me + ee + film / films[at]!;
    const miss = values[at]! - m - e;
    likelihood -= 0.5 * (Math.log(variance) + (miss * miss) / variance);
    const [toM, toB, toE] = [mm + me, mb + be, me + ee];
    m += (toM / variance) * miss;
    b += (toB / variance) * miss;
    e += (toE / variance) * miss;
    mm -= (toM * toM) / variance;
    mb -= (toM * toB) / variance;
    me -= (toM * toE) / variance;
    bb -= (toB * toB) / variance;
    be -= (toB * toE) / variance;
    ee -= (toE * toE) / variance;
    at++;
  }
  return { level: m, trend: b, deviation: e, likelihood };
}
