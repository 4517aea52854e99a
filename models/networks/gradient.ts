import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { requireCurrent, type Engine } from './backend.js';
import { eachName, layersOf, meansOf, type Network, type NetworkRows } from './network.js';

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
  const [first, ...others] = layersOf(shape);
  const [kernel, ...dense] = weights.slice(shape.bags.length);
  const named = first!.inputs - shape.numbers;
  const cut = shape.numbers * first!.outputs;
  let gradient: Gradient | undefined;
  // Nothing is handed through `tidy`, which would look for tensors in every number of it.
  tf.tidy(() => {
    // The first kernel in two: what numbers meet, whose own derivative nobody needs, and what vectors meet.
    const numbers = tf.tensor2d(examples.numbers, [rows, shape.numbers]);
    const parameters: Tensor[] = [tf.tensor2d(kernel!.subarray(0, cut), [shape.numbers, first!.outputs])];
    if (named > 0) {
      parameters.push(
        tf.tensor2d(kernel!.subarray(cut), [named, first!.outputs]),
        tf.tensor2d(meansOf(network, examples), [rows, named]),
      );
    }
    const split = parameters.length;
    dense.forEach((values, i) => {
      const layer = others[(i - 1) >> 1];
      parameters.push(
        i % 2 === 0 ? tf.tensor1d(values) : tf.tensor2d(values, [layer!.inputs, layer!.outputs]),
      );
    });
    const targets = tf.tensor2d(examples.targets, [rows, shape.outputs]);
    const shares = tf.tensor2d(sharesOf(examples), [rows, 1]);
    const { value, grads } = tf.valueAndGrads((...by: Tensor[]) => {
      let values: Tensor = tf.matMul(numbers, by[0] as Tensor2D);
      if (named > 0) values = tf.add(values, tf.matMul(by[2] as Tensor2D, by[1] as Tensor2D));
      values = tf.add(values, by[split]!);
      others.forEach((_, layer) => {
        values = tf.relu(values);
        const mask = masks[layer];
        if (mask !== undefined) values = tf.mul(values, tf.tensor2d(mask, [rows, shape.hidden[layer]!]));
        values = tf.add(tf.matMul(values, by[split + 1 + 2 * layer]!), by[split + 2 + 2 * layer]!);
      });
      return tf.sum(tf.mul(tf.square(tf.sub(values, targets)), shares)) as Scalar;
    })(parameters);
    const arrays = grads.map((one) => one.dataSync() as Float32Array);
    const byKernel = new Float32Array(kernel!.length);
    byKernel.set(arrays[0]!);
    if (named > 0) byKernel.set(arrays[1]!, cut);
    gradient = {
      loss: value.dataSync()[0]!,
      by: [...(named > 0 ? byNames(network, examples, arrays[2]!) : []), byKernel, ...arrays.slice(split)],
    };
  });
  return gradient!;
}

/** Of each row in the mean over rows and outputs. */
function sharesOf({ rows, targets, weights }: Examples): Float32Array {
  const outputs = targets.length / rows;
  if (weights === undefined) return new Float32Array(rows).fill(1 / (rows * outputs));
  const sum = weights.reduce((a, b) => a + b, 0) * outputs;
  return weights.map((weight) => weight / sum);
}

/** The derivative by every name's vector, from those by the bags' means. */
function byNames({ shape }: Network, rows: NetworkRows, byMeans: Float32Array): Float32Array[] {
  const width = byMeans.length / rows.rows;
  let from = 0;
  return shape.bags.map((bag, b) => {
    const table = new Float32Array(bag.names * bag.width);
    for (let row = 0; row < rows.rows; row++) {
      const at = row * width + from;
      eachName(rows.bags[b]!, row, bag.most, (name, share) => {
        for (let k = 0; k < bag.width; k++) table[name * bag.width + k]! += share * byMeans[at + k]!;
      });
    }
    from += bag.width;
    return table;
  });
}
