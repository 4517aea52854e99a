import { requireKind } from '../estimator.js';
import type { Engine } from '../networks/backend.js';
import {
  networkJson,
  predictNetwork,
  readNetwork,
  type Network,
  type NetworkJson,
  type NetworkShape,
} from '../networks/network.js';
import { trainNetwork, type NetworkParams } from '../networks/train.js';
import { TreeEnsemble, type EnsembleJson } from '../trees/ensemble.js';
import { forest, type ForestParams } from '../trees/forest.js';
import type { FeatureTable } from '../trees/table.js';
import type { FittedForecaster, Forecaster } from './forecaster.js';
import { LAG_NAMES, LagTable, type LagExamples, type Lagged } from './lags.js';

/** Says of views what their targets would be. */
interface Learnt<Json> {
  answer(views: readonly Lagged[]): Float64Array;
  toJSON(): Json;
}

interface LagJson<Json> {
  readonly kind: string;
  /** Genre by genre, how it was seen at the origin for each year ahead; null where its series was too short. */
  readonly views: readonly (readonly Lagged[] | null)[];
  readonly last: readonly number[];
  readonly horizon: number;
  /** Null where there was too little to learn from. */
  readonly learnt: Json | null;
}

export type LagNetworkParams = NetworkParams & Pick<NetworkShape, 'hidden'>;

/** What the models on lags are fitted with. */
export interface LagSettings {
  readonly forest: ForestParams;
  readonly network: LagNetworkParams;
}

/** As compared on `synthetic:20000` with the seeds 1 to 3: larger ones took longer and were no better. */
export const LAG_SETTINGS: LagSettings = {
  forest: { trees: 30, maxDepth: 6, minLeaf: 15, featuresPerSplit: 1 / 2, maxBins: 63 },
  network: { hidden: [8], epochs: 8, batch: 512, learningRate: 0.02, decay: 0.05, dropout: 0 },
};

/** Views needed to learn anything from. */
const LEAST_EXAMPLES = 100;

/** A forest on lags of all genres, for up to `horizon` years ahead. */
export function lagForest(horizon: number, params = LAG_SETTINGS.forest): Forecaster<LagJson<EnsembleJson>> {
  const learnt = (ensemble: TreeEnsemble): Learnt<EnsembleJson> => ({
    answer: (views) => ensemble.predict(tableOf(views)),
    toJSON: () => ensemble.toJSON(),
  });
  return lagForecaster(
    'lag forest',
    horizon,
    params,
    ({ views, targets, weights }, seed) =>
      learnt(forest(params).fit({ table: tableOf(views), values: targets, weights }, seed)),
    (json) => learnt(TreeEnsemble.fromJSON(json)),
  );
}

interface Scale {
  readonly mean: number;
  readonly spread: number;
}

interface LagNetworkJson {
  readonly scales: readonly Scale[];
  readonly ofTargets: Scale;
  readonly network: NetworkJson;
}

/** A small dense network on lags of all genres, for up to `horizon` years ahead. */
export function lagNetwork(
  horizon: number,
  engine: Engine,
  settings = LAG_SETTINGS.network,
): Forecaster<LagJson<LagNetworkJson>> {
  const numbers = (views: readonly Lagged[], scales: readonly Scale[]): Float32Array =>
    Float32Array.from(
      views.flatMap(({ features }) =>
        features.map((value, f) => (value - scales[f]!.mean) / scales[f]!.spread),
      ),
    );
  const learnt = (network: Network, scales: readonly Scale[], ofTargets: Scale): Learnt<LagNetworkJson> => ({
    answer: (views) =>
      predictNetwork(network, { rows: views.length, numbers: numbers(views, scales), bags: [] }).map(
        (value) => ofTargets.mean + value * ofTargets.spread,
      ),
    toJSON: () => ({ scales, ofTargets, network: networkJson(network) }),
  });
  const { hidden, ...params } = settings;
  return lagForecaster(
    'lag network',
    horizon,
    settings,
    ({ views, targets, weights }, seed) => {
      const scales = LAG_NAMES.map((_, f) => scaleOf(views.map(({ features }) => features[f]!)));
      const ofTargets = scaleOf([...targets]);
      const shape: NetworkShape = { numbers: LAG_NAMES.length, bags: [], hidden, outputs: 1 };
      const examples = {
        rows: views.length,
        numbers: numbers(views, scales),
        bags: [],
        targets: Float32Array.from(targets, (value) => (value - ofTargets.mean) / ofTargets.spread),
        weights: Float32Array.from(weights),
      };
      return learnt(trainNetwork(engine, shape, examples, params, `${seed}/lags`), scales, ofTargets);
    },
    ({ network, scales, ofTargets }) => learnt(readNetwork(network), scales, ofTargets),
    `TensorFlow.js, ${engine.backend}`,
  );
}

/** The median: exp of the expected log index. A genre with too short a series, or too few examples: as last year. */
function lagForecaster<Json>(
  name: string,
  horizon: number,
  params: object,
  learn: (examples: LagExamples, seed: number | string) => Learnt<Json>,
  again: (json: Json) => Learnt<Json>,
  backend?: string,
): Forecaster<LagJson<Json>> {
  const fitted = (
    learnt: Learnt<Json> | null,
    rest: Pick<LagJson<Json>, 'views' | 'last' | 'horizon'>,
  ): FittedForecaster<LagJson<Json>> => ({
    predict(years) {
      if (years > rest.horizon)
        throw new RangeError(
          `This ${name} was fitted for ${rest.horizon} years ahead and cannot look ${years} ahead: fit it for more.`,
        );
      return rest.views.map((views, g) => {
        if (learnt === null || views === null) return new Float64Array(years).fill(rest.last[g]!);
        const asked = views.slice(0, years);
        return learnt.answer(asked).map((value, h) => Math.exp(asked[h]!.base + value));
      });
    },
    toJSON: () => ({ kind: name, ...rest, learnt: learnt?.toJSON() ?? null }),
  });
  return {
    name,
    params: { ...params, horizon },
    ...(backend === undefined ? {} : { backend }),
    fit(panel, seed) {
      const table = new LagTable(panel);
      const examples = table.examples(horizon);
      const learnt = examples.views.length < LEAST_EXAMPLES ? null : learn(examples, seed);
      return fitted(learnt, {
        views: panel.genres.map((_, g) => table.now(g, horizon)),
        last: panel.series.map((series) => series.at(-1)!),
        horizon,
      });
    },
    read(json) {
      requireKind(json, name);
      const { learnt, views, last, horizon: years } = json;
      return fitted(learnt === null ? null : again(learnt), { views, last, horizon: years });
    },
  };
}

function tableOf(views: readonly Lagged[]): FeatureTable {
  return {
    rows: views.length,
    columns: LAG_NAMES.map((name, f) => ({
      name,
      kind: 'number' as const,
      values: Float64Array.from(views, ({ features }) => features[f]!),
    })),
  };
}

function scaleOf(values: readonly number[]): Scale {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { mean, spread: spread > 0 ? spread : 1 };
}
