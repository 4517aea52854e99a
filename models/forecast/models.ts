import { requireKind } from '../estimator.js';
import { forest50, Forest50, forest50Params, type Forest50Json } from '../forest50.js';
import type { Clock } from '../report.js';
import type { Engine } from '../networks/backend.js';
import {
  combined,
  perSeries,
  type Centre,
  type FittedForecaster,
  type Forecaster,
  type Forecasts,
} from './forecaster.js';
import { lagForest, lagNetwork, type LagSettings } from './global.js';
import { dampedEts, drift, naive, theta, windowMean } from './methods.js';
import type { Panel } from './panel.js';
import { INDEX, type Series } from './series.js';
import { structural } from './structural.js';

/** What every model has to beat. */
export const FORECAST_BASELINE = 'naive';

const SIMPLE: readonly Forecaster[] = [
  perSeries(FORECAST_BASELINE, naive),
  perSeries('drift', drift),
  perSeries('window mean', windowMean),
  perSeries('damped ETS', dampedEts),
  perSeries('theta', theta),
];

/** Of all single models. */
export const COMBINATIONS: Readonly<Record<string, Centre>> = {
  'combination mean': (values) => values.reduce((a, b) => a + b, 0) / values.length,
  'combination median': (values) => {
    const sorted = values.sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  },
};

export interface PanelOptions {
  /** What the panel is of. */
  readonly series: Series;
  readonly horizon: number;
  readonly seed: number;
  readonly clock: Clock;
  /** What trains the network; null: it is left out. */
  readonly engine: Engine | null;
  /** What the models on lags are fitted with. */
  readonly lags: LagSettings;
  /** A forest fitted to this very panel; without it one is fitted. */
  readonly forest?: Forest50;
  /** Told how long each model took, in seconds. */
  readonly spent?: (model: string, seconds: number) => void;
}

type ForecasterOptions = Pick<PanelOptions, 'series' | 'horizon' | 'engine'> & {
  /** Absent: the usual settings. */
  readonly lags?: LagSettings;
  readonly forest?: Forest50 | null;
};

/**
 * All but the combinations, in the order of the reports, the baseline first. Those that know of the films behind an
 * index have nothing to say of how many there are.
 */
export function forecasters({
  series,
  horizon,
  engine,
  lags,
  forest,
}: ForecasterOptions): readonly Forecaster[] {
  if (series !== INDEX) return SIMPLE;
  return [
    ...SIMPLE,
    structural,
    lagForest(horizon, lags?.forest),
    ...(engine === null ? [] : [lagNetwork(horizon, engine, lags?.network)]),
    forest50Forecaster(forest ?? null),
  ];
}

/** Names, in the order of the reports. */
export function forecastModels(options: ForecasterOptions): string[] {
  return [...forecasters(options).map(({ name }) => name), ...Object.keys(COMBINATIONS)];
}

export interface PanelForecast {
  readonly fitted: FittedForecaster;
  readonly forecasts: Forecasts;
}

/** All models fitted to one panel and what they forecast of it, by name. None is negative. */
export function forecastPanel(panel: Panel, options: PanelOptions): Map<string, PanelForecast> {
  const { horizon, clock, seed } = options;
  const all = new Map<string, PanelForecast>();
  const run = (name: string, fit: () => FittedForecaster): FittedForecaster => {
    const from = clock();
    const fitted = fit();
    const forecasts = fitted.predict(horizon).map((values) => values.map((value) => Math.max(0, value)));
    all.set(name, { fitted, forecasts });
    options.spent?.(name, (clock() - from) / 1000);
    return fitted;
  };
  const singles = forecasters(options).map((one) => run(one.name, () => one.fit(panel, seed)));
  for (const [name, centre] of Object.entries(COMBINATIONS)) run(name, () => combined(name, singles, centre));
  return all;
}

interface ForestJson {
  readonly kind: 'forest50 forecast';
  readonly origin: number;
  readonly genres: readonly string[];
  /** Of genres that the forest has never seen. */
  readonly last: readonly number[];
  readonly forest: Forest50Json;
}

/** The index that the plain forest's popularities imply. `fitted`: to the same panel, by another task. */
function forest50Forecaster(fitted: Forest50 | null): Forecaster<ForestJson> {
  const of = (forest: Forest50, rest: Omit<ForestJson, 'forest'>): FittedForecaster<ForestJson> => ({
    predict(horizon) {
      const years = Array.from({ length: horizon }, (_, h) => forest.indexes(rest.origin + 1 + h));
      return rest.genres.map((genre, g) =>
        Float64Array.from(years, (indexes) => indexes.get(genre) ?? rest.last[g]!),
      );
    },
    toJSON: () => ({ ...rest, forest: forest.toJSON() }),
  });
  return {
    name: 'forest50',
    params: forest50Params,
    fit: ({ cells, origin, genres, series }, seed) =>
      of(fitted ?? forest50(forest50Params).fit(cells, seed), {
        kind: 'forest50 forecast',
        origin,
        genres,
        last: series.map((values) => values.at(-1)!),
      }),
    read(json) {
      requireKind(json, 'forest50 forecast');
      const { forest, ...rest } = json;
      return of(Forest50.fromJSON(forest), rest);
    },
  };
}
