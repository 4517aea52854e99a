import { requireKind, type Estimator, type FittedModel } from '../estimator.js';
import type { Method } from './methods.js';
import type { Panel } from './panel.js';

/** A row per genre of the panel, a value per year after its origin. */
export type Forecasts = readonly Float64Array[];

/** Answers how many years ahead it is asked to look. */
export type FittedForecaster<Json = unknown> = FittedModel<number, Forecasts, Json>;

/** Learns from the genres' series as they were known at an origin. */
export type Forecaster<Json = unknown> = Estimator<Panel, number, Forecasts, Json>;

interface PerSeriesJson<State> {
  readonly kind: string;
  readonly states: readonly State[];
}

/** A method of one series, for each genre by itself. */
export function perSeries<State>(
  name: string,
  { learn, go }: Method<State>,
): Forecaster<PerSeriesJson<State>> {
  const fitted = (states: readonly State[]): FittedForecaster<PerSeriesJson<State>> => ({
    predict: (horizon) => states.map((state) => go(state, horizon)),
    toJSON: () => ({ kind: name, states }),
  });
  return {
    name,
    fit: ({ series }) => fitted(series.map(learn)),
    read(json) {
      requireKind(json, name);
      return fitted(json.states);
    },
  };
}

interface CombinationJson {
  readonly kind: string;
  readonly parts: readonly unknown[];
}

export type Centre = (values: number[]) => number;

/** What several say, year by year; each is taken as at least 0. */
export function combination(
  name: string,
  parts: readonly Forecaster[],
  centre: Centre,
): Forecaster<CombinationJson> {
  return {
    name,
    fit: (panel, seed) =>
      combined(
        name,
        parts.map((part) => part.fit(panel, seed)),
        centre,
      ),
    read(json) {
      requireKind(json, name);
      return combined(
        name,
        parts.map((part, i) => part.read(json.parts[i])),
        centre,
      );
    },
  };
}

/** The same of parts that are fitted already. */
export function combined(
  name: string,
  parts: readonly FittedForecaster[],
  centre: Centre,
): FittedForecaster<CombinationJson> {
  return {
    predict(horizon) {
      const all = parts.map((part) => part.predict(horizon));
      return all[0]!.map((_, g) =>
        Float64Array.from({ length: horizon }, (_, h) =>
          centre(all.map((forecasts) => Math.max(0, forecasts[g]![h]!))),
        ),
      );
    },
    toJSON: () => ({ kind: name, parts: parts.map((part) => part.toJSON()) }),
  };
}
