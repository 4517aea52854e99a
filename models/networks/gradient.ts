import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { requireCurrent, type Engine } from './backend.js';
import { eachName, inputsOf, inputWidth, layersOf, type Network, type NetworkRows } from './network.js';

/** Rows to learn from. */
export interface Examples extends NetworkRows {
  /** Row-major rows × outputs. */
  readonly targets: Float32Array;
  /** How much each row counts; all the same when left out. */
  readonly weights?: Float32Array;
}

/** For each hidden layer, row-major rows × units: what its outputs are multiplied by (dropout). */
export type Masks = readonly Float32Array[];

export interface Gradient {
  /** Weighted mean squared error. */
  readonly loss: number;
  /** By the network's weights, in their order. */
  readonly by: readonly Float32Array[];
}

/**
 * The loss over some examples and its derivative by every weight, by TensorFlow.js's automatic differentiation. The
 * means over bags are taken outside of it: WebAssembly knows no derivative of a look-up.
 */
export function gradientOf(
  engine: Engine,
  network: Network,
  examples: Examples,
  masks: Masks = [],
): Gradient {
  requireCurrent(engine);
  const { tf } = engine;
  const { shape, weights } = network;
  const { rows } = examples;
  const layers = layersOf(shape);
  const dense = weights.slice(shape.bags.length);
  return tf.tidy(() => {
    const inputs = tf.tensor2d(inputsOf(network, examples), [rows, inputWidth(shape)]);
    const parameters = dense.map((values, i): Tensor => {
      const { inputs: from, outputs } = layers[i >> 1]!;
      return i % 2 === 0 ? tf.tensor2d(values, [from, outputs]) : tf.tensor1d(values);
    });
    const targets = tf.tensor2d(examples.targets, [rows, shape.outputs]);
    const shares = tf.tensor2d(sharesOf(examples), [rows, 1]);
    const { value, grads } = tf.valueAndGrads((from: Tensor, ...by: Tensor[]) => {
      let values = from as Tensor2D;
      layers.forEach(({ outputs }, layer) => {
        values = tf.add(tf.matMul(values, by[2 * layer] as Tensor2D), by[2 * layer + 1]!);
        if (layer === layers.length - 1) return;
        values = tf.relu(values);
        const mask = masks[layer];
        if (mask !== undefined) values = tf.mul(values, tf.tensor2d(mask, [rows, outputs]));
      });
      return tf.sum(tf.mul(tf.square(tf.sub(values, targets)), shares)) as Scalar;
    })([inputs, ...parameters]);
    const [byInputs, ...byDense] = grads.map((one) => one.dataSync() as Float32Array);
    return { loss: value.dataSync()[0]!, by: [...byNames(network, examples, byInputs!), ...byDense] };
  });
}

/** Of each row in the mean over rows and outputs. */
function sharesOf({ rows, targets, weights }: Examples): Float32Array {
  const outputs = targets.length / rows;
  if (weights === undefined) return new Float32Array(rows).fill(1 / (rows * outputs));
  const sum = weights.reduce((a, b) => a + b, 0) * outputs;
  return weights.map((weight) => weight / sum);
}

function byNames({ shape }: Network, rows: NetworkRows, byInputs: Float32Array): Float32Array[] {
  const width = inputWidth(shape);
  let from = shape.numbers;
  return shape.bags.map((bag, b) => {
    const table = new Float32Array(bag.names * bag.width);
    for (let row = 0; row < rows.rows; row++) {
      const at = row * width + from;
      eachName(rows.bags[b]!, row, bag.most, (name, share) => {
        for (let k = 0; k < bag.width; k++) table[name * bag.width + k]! += share * byInputs[at + k]!;
      });
    }
    from += bag.width;
    return table;
  });
}
