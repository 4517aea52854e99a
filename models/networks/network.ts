import { floatsOf, packed } from '../packed.js';
import { seededRandom } from '../random.js';

/**
 * A dense network with embeddings: each row has `numbers`, and for each bag up to `most` names, whose vectors are
 * averaged (zero for none). Hidden layers are ReLU, outputs linear.
 */
export interface NetworkShape {
  readonly numbers: number;
  readonly bags: readonly BagShape[];
  readonly hidden: readonly number[];
  readonly outputs: number;
}

export interface BagShape {
  readonly names: number;
  /** Length of a name's vector. */
  readonly width: number;
  readonly most: number;
}

/** What a network looks at. */
export interface NetworkRows {
  readonly rows: number;
  /** Row-major rows × numbers. */
  readonly numbers: Float32Array;
  /** One for each bag, row-major rows × most: names from 0, then -1 for no more. */
  readonly bags: readonly Int32Array[];
}

/**
 * `weights`: a table (names × width) for each bag, then a kernel (inputs × outputs) and a bias for each layer, all
 * row-major. The first layer's inputs are the numbers, then the bags.
 */
export interface Network {
  readonly shape: NetworkShape;
  readonly weights: readonly Float32Array[];
}

export interface NetworkJson {
  readonly shape: NetworkShape;
  /** Float32, little-endian, base64: the same bits again. */
  readonly weights: readonly string[];
}

/** Length of the first layer's input. */
function inputWidth({ numbers, bags }: NetworkShape): number {
  return bags.reduce((sum, { width }) => sum + width, numbers);
}

/** Inputs and outputs of each layer. */
export function layersOf(shape: NetworkShape): { readonly inputs: number; readonly outputs: number }[] {
  const sizes = [inputWidth(shape), ...shape.hidden, shape.outputs];
  return sizes.slice(1).map((outputs, i) => ({ inputs: sizes[i]!, outputs }));
}

/** Range of a new vector of an embedding. */
const NAME_RANGE = 0.05;

/** Weights to begin with: kernels uniform as He et al. (2015), for ReLU; biases 0; small vectors for names. */
export function newNetwork(shape: NetworkShape, seed: number | string): Network {
  const random = seededRandom(`${seed}/weights`);
  const uniform = (size: number, range: number): Float32Array =>
    new Float32Array(size).map(() => range * (2 * random() - 1));
  const weights = shape.bags.map(({ names, width }) => uniform(names * width, NAME_RANGE));
  for (const { inputs, outputs } of layersOf(shape)) {
    weights.push(uniform(inputs * outputs, Math.sqrt(6 / Math.max(1, inputs))), new Float32Array(outputs));
  }
  return { shape, weights };
}

/**
 * What the network says, row-major rows × outputs: its forward pass in plain arithmetic, so that an answer needs no
 * TensorFlow. Sums are in double precision, so it differs from TensorFlow's by rounding.
 */
export function predictNetwork(network: Network, rows: NetworkRows): Float64Array {
  const inputs = new Float64Array(inputsOf(network, rows));
  return answersOf(network, sumsOf(network, 0, inputs, rows.rows), rows.rows);
}

/** The same from the first layer's sums, row-major rows × its outputs; these are changed. */
export function answersOf(network: Network, sums: Float64Array, rows: number): Float64Array {
  let values = sums;
  for (let layer = 1; layer <= network.shape.hidden.length; layer++) {
    for (let i = 0; i < values.length; i++) values[i] = Math.max(0, values[i]!);
    values = sumsOf(network, layer, values, rows);
  }
  return values;
}

/** One layer's sums for rows of its inputs, before what follows it. */
function sumsOf(
  { shape, weights }: Network,
  layer: number,
  inputs: Float64Array,
  rows: number,
): Float64Array {
  const kernel = weights[shape.bags.length + 2 * layer]!;
  const bias = weights[shape.bags.length + 2 * layer + 1]!;
  const outputs = bias.length;
  const width = kernel.length / outputs;
  const sums = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    const from = row * width;
    const to = row * outputs;
    let o = 0;
    // Four at a time: each alone waits for its own last addition.
    for (; o + 4 <= outputs; o += 4) {
      let a = bias[o]!;
      let b = bias[o + 1]!;
      let c = bias[o + 2]!;
      let d = bias[o + 3]!;
      for (let i = 0, k = o; i < width; i++, k += outputs) {
        const value = inputs[from + i]!;
        a += value * kernel[k]!;
        b += value * kernel[k + 1]!;
        c += value * kernel[k + 2]!;
        d += value * kernel[k + 3]!;
      }
      sums[to + o] = a;
      sums[to + o + 1] = b;
      sums[to + o + 2] = c;
      sums[to + o + 3] = d;
    }
    for (; o < outputs; o++) {
      let a = bias[o]!;
      for (let i = 0, k = o; i < width; i++, k += outputs) a += inputs[from + i]! * kernel[k]!;
      sums[to + o] = a;
    }
  }
  return sums;
}

/** The first layer's inputs, row-major: the numbers, then each bag's mean vector. */
export function inputsOf(network: Network, rows: NetworkRows): Float32Array {
  const { numbers } = network.shape;
  const width = inputWidth(network.shape);
  const means = meansOf(network, rows);
  const inputs = new Float32Array(rows.rows * width);
  for (let row = 0; row < rows.rows; row++) {
    inputs.set(rows.numbers.subarray(row * numbers, (row + 1) * numbers), row * width);
    inputs.set(means.subarray(row * (width - numbers), (row + 1) * (width - numbers)), row * width + numbers);
  }
  return inputs;
}

/** Each bag's mean vector, row-major, one bag after the other. */
export function meansOf({ shape, weights }: Network, rows: NetworkRows): Float32Array {
  const width = inputWidth(shape) - shape.numbers;
  const means = new Float32Array(rows.rows * width);
  let from = 0;
  shape.bags.forEach((bag, b) => {
    const table = weights[b]!;
    for (let row = 0; row < rows.rows; row++) {
      const at = row * width + from;
      eachName(rows.bags[b]!, row, bag.most, (name, share) => {
        for (let k = 0; k < bag.width; k++) means[at + k]! += share * table[name * bag.width + k]!;
      });
    }
    from += bag.width;
  });
  return means;
}

/** Each name of a row's bag with its share of the mean. */
export function eachName(
  bag: Int32Array,
  row: number,
  most: number,
  take: (name: number, share: number) => void,
): void {
  const from = row * most;
  let count = 0;
  while (count < most && bag[from + count]! >= 0) count++;
  for (let i = from; i < from + count; i++) take(bag[i]!, 1 / count);
}

export function networkJson({ shape, weights }: Network): NetworkJson {
  return {
    shape,
    weights: weights.map(packed),
  };
}

/** @throws Error when the weights are not those of the shape. */
export function readNetwork({ shape, weights }: NetworkJson): Network {
  const sizes = newNetwork(shape, 0).weights.map(({ length }) => length);
  const read = weights.map(floatsOf);
  if (read.length !== sizes.length || read.some(({ length }, i) => length !== sizes[i]))
    throw new Error('The weights of this network do not fit its shape: train it again.');
  return { shape, weights: read };
}
