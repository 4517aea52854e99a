import type { GenreYear } from '../forest50.js';
import type { Engine } from '../networks/backend.js';
import type { Clock } from '../report.js';
import { randomCandidates, type Space } from '../search.js';
import type { ForestParams } from '../trees/forest.js';
import { searcher, type SearchRow, type Tuning } from '../tuning.js';
import type { Forecaster } from './forecaster.js';
import { LAG_SETTINGS, lagForest, lagNetwork, type LagNetworkParams, type LagSettings } from './global.js';
import { panelAt, type Panel } from './panel.js';
import type { Series } from './series.js';

interface TuneOptions {
  readonly series: Series;
  readonly horizon: number;
  /** First year of the series. */
  readonly from: number;
  readonly seed: number;
  readonly clock: Clock;
  /** What trains the network; null: only the forest is tuned. */
  readonly engine: Engine | null;
}

interface Tuned {
  readonly settings: LagSettings;
  readonly rows: readonly SearchRow[];
}

/** Years from whose end the candidates forecast, the last that have a year after them. */
const ORIGINS = 6;
/** Years that the first of them looks back on. */
const LEAST_YEARS = 10;

const FOREST_SPACE: Space<ForestParams> = {
  trees: { from: 20, to: 60, whole: true },
  maxDepth: { from: 3, to: 9, whole: true },
  minLeaf: { from: 5, to: 60, log: true, whole: true },
  featuresPerSplit: { from: 0.25, to: 1 },
};

const NETWORK_SPACE: Space<LagNetworkParams> = {
  hidden: [[4], [8], [16], [8, 4]],
  epochs: { from: 4, to: 16, whole: true },
  learningRate: { from: 0.005, to: 0.05, log: true },
  decay: { from: 0.01, to: 0.3, log: true },
  dropout: [0, 0.1],
};

/**
 * Chooses what the forest and the network on lags are fitted with, by rolling origin inside the years to `last`, the
 * first year that a backtest forecasts from: no year that a model is later judged or calibrated on has a say. Too few
 * years before it: nothing is tuned.
 */
export function tuneForecasters(
  cells: readonly GenreYear[],
  last: number,
  tuning: Tuning,
  { series, horizon, from, seed, clock, engine }: TuneOptions,
): Tuned {
  const known = cells.filter(({ year }) => year >= from && year <= last);
  const first = known.reduce((year, cell) => Math.min(year, cell.year), Infinity);
  const panels = Array.from({ length: ORIGINS }, (_, i) => last - ORIGINS + i)
    .filter((origin) => origin >= first + LEAST_YEARS - 1)
    .map((origin) => panelAt(known, origin, from, series));
  if (panels.length < ORIGINS) return { settings: LAG_SETTINGS, rows: [] };
  const actual = new Map(known.map((cell) => [`${cell.year} ${cell.genre}`, series.valueOf(cell)]));
  const errorsOf = (forecaster: Forecaster): number[] =>
    panels.map((panel) => meanError(panel, forecaster.fit(panel, seed).predict(horizon), actual));

  const { candidates } = tuning;
  const forests = randomCandidates(LAG_SETTINGS.forest, FOREST_SPACE, candidates, `${seed}/lag forest`);
  const networks =
    engine === null
      ? []
      : randomCandidates(LAG_SETTINGS.network, NETWORK_SPACE, candidates, `${seed}/lag network`);
  const run = searcher(
    tuning,
    panels.map(({ origin }) => `from ${origin}`),
    forests.length + networks.length,
    clock,
  );
  const grown = run({
    name: 'lag forest',
    candidates: forests,
    score: (params) => errorsOf(lagForest(horizon, params)),
  });
  if (engine === null) return { settings: { ...LAG_SETTINGS, forest: grown.best }, rows: grown.rows };
  const learnt = run({
    name: 'lag network',
    candidates: networks,
    score: (params) => errorsOf(lagNetwork(horizon, engine, params)),
  });
  return {
    settings: { forest: grown.best, network: learnt.best },
    rows: [...grown.rows, ...learnt.rows],
  };
}

/** In each genre's mean yearly change, as MASE, over genres and the years ahead that have come. */
function meanError(
  { genres, origin, scales }: Panel,
  forecasts: readonly Float64Array[],
  actual: ReadonlyMap<string, number>,
): number {
  let sum = 0;
  let count = 0;
  genres.forEach((genre, g) =>
    forecasts[g]!.forEach((value, h) => {
      const came = actual.get(`${origin + 1 + h} ${genre}`);
      if (came === undefined) return;
      sum += Math.abs(came - Math.max(0, value)) / scales[g]!;
      count++;
    }),
  );
  return sum / count;
}
