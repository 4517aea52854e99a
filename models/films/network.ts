import type { Engine } from '../networks/backend.js';
import {
  answersOf,
  inputsOf,
  networkJson,
  predictNetwork,
  readNetwork,
  type Network,
  type NetworkJson,
} from '../networks/network.js';
import { trainNetwork, type NetworkParams } from '../networks/train.js';
import { readerOf, type Answer, type Learner } from './answer.js';
import { Encoder, type EncoderJson } from './encoder.js';
import { describe } from './knowledge.js';
import { setSums, shapleyValues } from './shapley.js';

const PARAMS: NetworkParams = { epochs: 14, batch: 256, learningRate: 0.004, decay: 0.3, dropout: 0.25 };
/** Films that a network sees, again and again: of many, fewer passes teach it as much. */
const SEEN = 150_000;
/** Passes over however many films. */
const LEAST_EPOCHS = 3;
const HIDDEN = [32, 16] as const;
/** Networks whose mean answers: their errors from where they began differ. */
const NETWORKS = 2;

/** What stands in a model's file. */
export interface NetworkAnswerJson {
  readonly kind: 'network';
  readonly encoder: EncoderJson;
  readonly networks: readonly NetworkJson[];
  /** Of the training films' values: the networks answer in standard deviations around the mean. */
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Networks over the same features as the trees, with vectors for genres, language, directors, cast, companies and
 * keywords. Scales and vocabularies are learned from the training films alone.
 */
export function filmNetwork(engine: Engine): Learner {
  return {
    name: 'network',
    baseline: false,
    backend: `TensorFlow.js, ${engine.backend}`,
    params: { ...PARAMS, hidden: HIDDEN, networks: NETWORKS },
    fit({ table, films, values }, seed) {
      const encoder = Encoder.fit(table, films);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      const deviation = Math.sqrt(spread) || 1;
      const shape = { numbers: encoder.numbers, bags: encoder.bags, hidden: HIDDEN, outputs: 1 };
      const examples = {
        ...encoder.encode(table, films),
        targets: Float32Array.from(values, (value) => (value - mean) / deviation),
      };
      const passes = Math.max(LEAST_EPOCHS, Math.round(SEEN / films.length));
      const params = { ...PARAMS, epochs: Math.min(PARAMS.epochs, passes) };
      const networks = Array.from({ length: NETWORKS }, (_, n) =>
        trainNetwork(engine, shape, examples, params, `${seed}/network ${n}`),
      );
      return networkAnswer(encoder, networks, mean, deviation);
    },
    read: readerOf('network', readNetworkAnswer),
  };
}

/** The same answer again, bit for bit; needs no TensorFlow. */
export function readNetworkAnswer({ encoder, networks, mean, deviation }: NetworkAnswerJson): Answer {
  return networkAnswer(new Encoder(encoder), networks.map(readNetwork), mean, deviation);
}

function networkAnswer(
  encoder: Encoder,
  networks: readonly Network[],
  mean: number,
  deviation: number,
): Answer {
  return {
    predict({ films, knowledge, table = describe(films, knowledge) }) {
      const rows = encoder.encode(table, films);
      const sums = new Float64Array(films.length);
      for (const network of networks)
        predictNetwork(network, rows).forEach((value, i) => (sums[i]! += value));
      return sums.map((sum) => mean + (deviation * sum) / networks.length);
    },
    explain(film, knowledge) {
      const rows = encoder.encode(describe([film], knowledge), [film]);
      const topics = encoder.topics(knowledge.vocabulary);
      const names = [...new Set(topics)];
      const parts = networks.map((network) => partsOf(network, inputsOf(network, rows), topics, names));
      // What adds nothing to any sum has no effect; every other topic doubles the sets.
      const told = names.flatMap((_, t) => (parts.some((of) => of[t]!.some((sum) => sum !== 0)) ? [t] : []));
      const values = new Float64Array(2 ** told.length);
      networks.forEach((network, n) => {
        // With every input at its mean, which is 0, and no names, a film is the average one.
        const average = network.weights[network.shape.bags.length + 1]!;
        const sums = setSums(
          average,
          told.map((t) => parts[n]![t]!),
        );
        answersOf(network, sums, values.length).forEach((value, set) => (values[set]! += value));
      });
      const { none, effects } = shapleyValues(values);
      const scale = deviation / networks.length;
      const effectOf = new Map(told.map((t, i) => [t, scale * effects[i]!]));
      return {
        average: mean + scale * none,
        effects: new Map(names.map((name, t) => [name, effectOf.get(t) ?? 0])),
      };
    },
    toJSON: () => ({
      kind: 'network',
      encoder: encoder.json,
      networks: networks.map(networkJson),
      mean,
      deviation,
    }),
  };
}

/** What each topic's inputs add to the sums of the first layer. */
function partsOf<Topic>(
  { shape, weights }: Network,
  inputs: Float32Array,
  topics: readonly Topic[],
  names: readonly Topic[],
): Float64Array[] {
  const kernel = weights[shape.bags.length]!;
  const units = weights[shape.bags.length + 1]!.length;
  const parts = names.map(() => new Float64Array(units));
  topics.forEach((topic, i) => {
    const part = parts[names.indexOf(topic)]!;
    for (let u = 0; u < units; u++) part[u]! += inputs[i]! * kernel[i * units + u]!;
  });
  return parts;
}
