import type { Forest50 } from '../forest50.js';
import { forest50, forest50Params } from '../forest50.js';
import type { Clock } from '../report.js';
import type { Engine } from '../networks/backend.js';
import { lagForest, lagNetwork } from './global.js';
import { dampedEts, drift, naive, theta, windowMean, type Method } from './methods.js';
import type { Panel } from './panel.js';
import { INDEX, type Series } from './series.js';
import { structural } from './structural.js';

/** Forecasts of a panel: a row per genre, a value per year after the origin. */
export type Forecasts = readonly Float64Array[];

const METHODS: Readonly<Record<string, Method>> = {
  naive,
  drift,
  'window mean': windowMean,
  'damped ETS': dampedEts,
  theta,
};

/** What every model has to beat. */
export const FORECAST_BASELINE = 'naive';

/**
 * In the order of the reports, the baseline first. Those that know of the films behind an index have nothing to say of
 * how many there are. Without an engine there is no network among them.
 */
export function forecastModels({ series, engine }: Pick<PanelOptions, 'series' | 'engine'>): string[] {
  const ofIndex = ['structural', 'lag forest', ...(engine === null ? [] : ['lag network']), 'forest50'];
  return [
    ...Object.keys(METHODS),
    ...(series === INDEX ? ofIndex : []),
    'combination mean',
    'combination median',
  ];
}

export interface PanelOptions {
  /** What the panel is of. */
  readonly series: Series;
  readonly horizon: number;
  readonly seed: number;
  readonly clock: Clock;
  /** What trains the network; null: it is left out. */
  readonly engine: Engine | null;
  /** A forest fitted to this very panel; without it one is fitted. */
  readonly forest?: Forest50;
  /** Told how long each model took, in seconds. */
  readonly spent?: (model: string, seconds: number) => void;
}

/** All models' forecasts of one panel, by name. None is negative. */
export function forecastPanel(panel: Panel, options: PanelOptions): Map<string, Forecasts> {
  const { horizon, clock, engine, seed, series } = options;
  const all = new Map<string, Forecasts>();
  const run = (name: string, forecast: () => Forecasts) => {
    const from = clock();
    all.set(
      name,
      forecast().map((values) => values.map((value) => Math.max(0, value))),
    );
    options.spent?.(name, (clock() - from) / 1000);
  };
  for (const [name, method] of Object.entries(METHODS))
    run(name, () => panel.series.map((series) => method(series, horizon)));
  if (series === INDEX) {
    run('structural', () => structural(panel, horizon));
    run('lag forest', () => lagForest(panel, horizon, seed));
    if (engine !== null) run('lag network', () => lagNetwork(panel, horizon, seed, engine));
    run('forest50', () => forestForecast(panel, options));
  }
  const single = [...all.values()];
  run('combination mean', () => combine(panel, horizon, single, mean));
  run('combination median', () => combine(panel, horizon, single, median));
  return all;
}

/** The index that the plain forest's popularities imply. */
function forestForecast(panel: Panel, { horizon, seed, forest }: PanelOptions): Forecasts {
  const fitted = forest ?? forest50.fit(panel.cells, null, forest50Params, seed);
  const years = Array.from({ length: horizon }, (_, h) => fitted.indexes(panel.origin + 1 + h));
  return panel.genres.map((genre, g) =>
    Float64Array.from(years, (indexes) => indexes.get(genre) ?? panel.series[g]!.at(-1)!),
  );
}

function combine(
  panel: Panel,
  horizon: number,
  single: readonly Forecasts[],
  centre: (values: number[]) => number,
): Forecasts {
  return panel.genres.map((_, g) =>
    Float64Array.from({ length: horizon }, (_, h) => centre(single.map((forecasts) => forecasts[g]![h]!))),
  );
}

function mean(values: number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
