import type { Engine } from '../networks/backend.js';
import { predictNetwork, type NetworkShape } from '../networks/network.js';
import { trainNetwork, type NetworkParams } from '../networks/train.js';
import { forest, type ForestParams } from '../trees/forest.js';
import type { FeatureTable } from '../trees/table.js';
import { LAG_NAMES, LagTable, type LagExamples, type Lagged } from './lags.js';
import type { Panel } from './panel.js';

/** Answers for views what their targets would be. */
type Fitted = (views: readonly Lagged[]) => Float64Array;

/** Both as compared on `synthetic:20000` with the seeds 1 to 3: larger ones took longer and were no better. */
export const LAG_FOREST: ForestParams = {
  trees: 30,
  maxDepth: 6,
  minLeaf: 15,
  featuresPerSplit: 1 / 2,
  maxBins: 63,
};
export const LAG_NETWORK: NetworkParams & Pick<NetworkShape, 'hidden'> = {
  hidden: [8],
  epochs: 8,
  batch: 512,
  learningRate: 0.02,
  decay: 0.05,
  dropout: 0,
};

/** Views needed to learn anything from. */
const LEAST_EXAMPLES = 100;

/** A forest on lags of all genres. */
export function lagForest(panel: Panel, horizon: number, seed: number): Float64Array[] {
  return forecast(panel, horizon, ({ views, targets, weights }) => {
    const ensemble = forest.fit(tableOf(views), { values: targets, weights }, LAG_FOREST, seed);
    return (asked) => ensemble.predict(tableOf(asked));
  });
}

/** A small dense network on lags of all genres. */
export function lagNetwork(panel: Panel, horizon: number, seed: number, engine: Engine): Float64Array[] {
  return forecast(panel, horizon, ({ views, targets, weights }) => {
    const scales = LAG_NAMES.map((_, f) => scaleOf(views.map(({ features }) => features[f]!)));
    const ofTargets = scaleOf([...targets]);
    const numbers = (asked: readonly Lagged[]): Float32Array =>
      Float32Array.from(
        asked.flatMap(({ features }) =>
          features.map((value, f) => (value - scales[f]!.mean) / scales[f]!.spread),
        ),
      );
    const { hidden, ...params } = LAG_NETWORK;
    const shape: NetworkShape = { numbers: LAG_NAMES.length, bags: [], hidden, outputs: 1 };
    const examples = {
      rows: views.length,
      numbers: numbers(views),
      bags: [],
      targets: Float32Array.from(targets, (value) => (value - ofTargets.mean) / ofTargets.spread),
      weights: Float32Array.from(weights),
    };
    const network = trainNetwork(engine, shape, examples, params, `${seed}/lags`);
    return (asked) =>
      predictNetwork(network, { rows: asked.length, numbers: numbers(asked), bags: [] }).map(
        (value) => ofTargets.mean + value * ofTargets.spread,
      );
  });
}

/** The median: exp of the expected log index. A genre with too short a series, or too few examples: as last year. */
function forecast(panel: Panel, horizon: number, fit: (examples: LagExamples) => Fitted): Float64Array[] {
  const table = new LagTable(panel);
  const examples = table.examples(horizon);
  const last = panel.series.map((series) => new Float64Array(horizon).fill(series.at(-1)!));
  if (examples.views.length < LEAST_EXAMPLES) return last;
  const fitted = fit(examples);
  return panel.genres.map((_, g) => {
    const views = Array.from({ length: horizon }, (_, h) => table.now(g, h + 1));
    const known = views.filter((view) => view !== null);
    if (known.length < horizon) return last[g]!;
    return fitted(known).map((value, h) => Math.exp(known[h]!.base + value));
  });
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

function scaleOf(values: readonly number[]): { readonly mean: number; readonly spread: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { mean, spread: spread > 0 ? spread : 1 };
}
