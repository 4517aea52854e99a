import { seededRandom } from '../random.js';
import type { Engine } from './backend.js';
import { gradientOf, type Examples, type Masks } from './gradient.js';
import { newNetwork, type Network, type NetworkShape } from './network.js';

export interface NetworkParams {
  readonly epochs: number;
  /** Rows of a step. */
  readonly batch: number;
  /** Of the first step; falls to 0 along half a cosine (Loshchilov & Hutter 2017). */
  readonly learningRate: number;
  /** Share of every kernel and every name's vector that a full step takes away. */
  readonly decay: number;
  /** Share of hidden outputs that a step leaves out. */
  readonly dropout: number;
}

/**
 * Trains a network to the least squared error. Shuffling, first weights and dropout come from the seed, so that the same
 * examples give the same bytes on the same backend. Takes all of the thread it runs on.
 */
export function trainNetwork(
  engine: Engine,
  shape: NetworkShape,
  examples: Examples,
  params: NetworkParams,
  seed: number | string,
  onEpoch: (epoch: number, loss: number) => void = () => undefined,
): Network {
  const network = newNetwork(shape, seed);
  const adam = new Adam(network, params.decay);
  const random = seededRandom(`${seed}/steps`);
  const order = Int32Array.from({ length: examples.rows }, (_, row) => row);
  const steps = Math.ceil(examples.rows / params.batch) * params.epochs;
  let step = 0;
  for (let epoch = 0; epoch < params.epochs; epoch++) {
    shuffle(order, random);
    let loss = 0;
    for (let from = 0; from < order.length; from += params.batch) {
      const batch = take(examples, shape, order.subarray(from, from + params.batch));
      const masks = masksOf(shape, batch.rows, params.dropout, random);
      const gradient = gradientOf(engine, network, batch, masks);
      const rate = (params.learningRate * (1 + Math.cos((Math.PI * step++) / steps))) / 2;
      adam.step(gradient.by, rate);
      loss += gradient.loss * batch.rows;
    }
    onEpoch(epoch, loss / examples.rows);
  }
  return network;
}

/** Fisher-Yates; TensorFlow's own shuffle takes no seed. */
function shuffle(order: Int32Array, random: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
}

function take(examples: Examples, shape: NetworkShape, rows: Int32Array): Examples {
  const pick = <Values extends Float32Array | Int32Array>(values: Values, width: number): Values => {
    const taken = new (values.constructor as new (size: number) => Values)(rows.length * width);
    rows.forEach((row, i) => taken.set(values.subarray(row * width, (row + 1) * width), i * width));
    return taken;
  };
  return {
    rows: rows.length,
    numbers: pick(examples.numbers, shape.numbers),
    bags: examples.bags.map((bag, b) => pick(bag, shape.bags[b]!.most)),
    targets: pick(examples.targets, shape.outputs),
    ...(examples.weights === undefined ? {} : { weights: pick(examples.weights, 1) }),
  };
}

function masksOf({ hidden }: NetworkShape, rows: number, dropout: number, random: () => number): Masks {
  if (dropout === 0) return [];
  const kept = 1 / (1 - dropout);
  return hidden.map((units) => {
    const mask = new Float32Array(rows * units);
    for (let i = 0; i < mask.length; i++) mask[i] = random() < dropout ? 0 : kept;
    return mask;
  });
}

const MEAN = 0.9;
const SQUARE = 0.999;
const EPSILON = 1e-7;

/** AdamW (Loshchilov & Hutter 2019): Adam with the decay of weights beside the gradient. Biases do not decay. */
class Adam {
  readonly #network: Network;
  readonly #decay: readonly number[];
  readonly #means: readonly Float32Array[];
  readonly #squares: readonly Float32Array[];
  #steps = 0;

  constructor(network: Network, decay: number) {
    const { shape, weights } = network;
    this.#network = network;
    this.#decay = weights.map((_, i) =>
      i < shape.bags.length || (i - shape.bags.length) % 2 === 0 ? decay : 0,
    );
    this.#means = weights.map(({ length }) => new Float32Array(length));
    this.#squares = weights.map(({ length }) => new Float32Array(length));
  }

  step(gradient: readonly Float32Array[], rate: number): void {
    this.#steps++;
    const scale = rate / (1 - MEAN ** this.#steps);
    const unbias = 1 / (1 - SQUARE ** this.#steps);
    this.#network.weights.forEach((weights, i) => {
      const [by, mean, square] = [gradient[i]!, this.#means[i]!, this.#squares[i]!];
      const keep = 1 - rate * this.#decay[i]!;
      for (let w = 0; w < weights.length; w++) {
        const g = by[w]!;
        mean[w] = MEAN * mean[w]! + (1 - MEAN) * g;
        square[w] = SQUARE * square[w]! + (1 - SQUARE) * g * g;
        weights[w] = keep * weights[w]! - (scale * mean[w]!) / (Math.sqrt(square[w]! * unbias) + EPSILON);
      }
    });
  }
}
