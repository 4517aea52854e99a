import { describe, expect, it } from 'vitest';
import { rmse } from '../../../models/metrics.js';
import {
  BackendUnavailable,
  openEngine,
  openFastest,
  type Backend,
} from '../../../models/networks/backend.js';
import { gradientOf, type Examples } from '../../../models/networks/gradient.js';
import {
  networkJson,
  newNetwork,
  predictNetwork,
  readNetwork,
  type NetworkShape,
} from '../../../models/networks/network.js';
import { trainNetwork } from '../../../models/networks/train.js';
import { seededRandom } from '../../../models/random.js';

/** Set to 1 where `npm run native` has provided the native library: a missing one is then an error. */
const NATIVE = process.env['MARQUEE_TEST_NATIVE'] === '1';
const BACKENDS: readonly Backend[] = NATIVE ? ['cpu', 'wasm', 'native'] : ['cpu', 'wasm'];

const SHAPE: NetworkShape = {
  numbers: 3,
  bags: [{ names: 5, width: 2, most: 2 }],
  hidden: [16, 8],
  outputs: 1,
};
const PARAMS = { epochs: 25, batch: 64, learningRate: 0.02, decay: 0.01, dropout: 0.1 };

/** y = x0 · x1 + what the row's names are worth + noise; nothing linear would find the product. */
function plant(rows: number, seed: string): Examples {
  const random = seededRandom(seed);
  const worth = [-1, -0.5, 0, 0.5, 1];
  const numbers = new Float32Array(rows * 3).map(() => 2 * random() - 1);
  const bag = new Int32Array(rows * 2).fill(-1);
  const targets = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const count = Math.floor(3 * random());
    let sum = 0;
    for (let i = 0; i < count; i++) {
      bag[2 * row + i] = Math.floor(5 * random());
      sum += worth[bag[2 * row + i]!]!;
    }
    const noise = 0.1 * (random() + random() + random() - 1.5);
    targets[row] = 2 * numbers[3 * row]! * numbers[3 * row + 1]! + sum / Math.max(1, count) + noise;
  }
  return { rows, numbers, bags: [bag], targets };
}

const train = plant(1000, 'train');
const test = plant(500, 'test');
const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

describe.each(BACKENDS)('on %s, a network', (backend) => {
  it('finds products and what names are worth, where the mean finds nothing', async () => {
    const engine = await openEngine(backend);
    const network = trainNetwork(engine, SHAPE, train, PARAMS, 1);
    const error = rmse(test.targets, predictNetwork(network, test));
    const mean = train.targets.reduce((a, b) => a + b, 0) / train.rows;
    expect(error).toBeLessThan(
      0.4 *
        rmse(
          test.targets,
          test.targets.map(() => mean),
        ),
    );
  });

  it('is the same, byte for byte, for the same seed, and another for another', async () => {
    const engine = await openEngine(backend);
    const fit = (seed: number): string =>
      JSON.stringify(networkJson(trainNetwork(engine, SHAPE, train, { ...PARAMS, epochs: 3 }, seed)));
    const first = fit(1);
    expect(fit(1)).toBe(first);
    expect(fit(2)).not.toBe(first);
  });

  it('has the derivatives that small changes of its weights show', async () => {
    const engine = await openEngine(backend);
    const network = newNetwork(SHAPE, 3);
    const rows = { ...plant(40, 'derivatives'), weights: new Float32Array(40).map((_, i) => 1 + (i % 3)) };
    const loss = (): number => {
      const predicted = predictNetwork(network, rows);
      let [sum, weight] = [0, 0];
      rows.weights.forEach((w, i) => ((sum += w * (rows.targets[i]! - predicted[i]!) ** 2), (weight += w)));
      return sum / weight;
    };
    const { loss: said, by } = gradientOf(engine, network, rows);
    expect(said).toBeCloseTo(loss(), 5);
    network.weights.forEach((weights, w) => {
      for (const at of [0, Math.floor(weights.length / 2), weights.length - 1]) {
        const old = weights[at]!;
        const [up, down] = [1e-3, -1e-3].map((step) => ((weights[at] = old + step), loss()));
        weights[at] = old;
        expect(by[w]![at]).toBeCloseTo((up! - down!) / 2e-3, 3);
      }
    });
  });
});

describe('results of different backends', () => {
  it.each(BACKENDS.slice(1))(
    'agree with plain JavaScript within 1e-3 after training: %s',
    async (backend) => {
      const fit = async (on: Backend): Promise<Float64Array> =>
        predictNetwork(trainNetwork(await openEngine(on), SHAPE, train, PARAMS, 1), test);
      expect(difference(await fit('cpu'), await fit(backend))).toBeLessThan(1e-3);
    },
  );

  it('agree with the forward pass that answers without TensorFlow within 1e-5', async () => {
    const { tf } = await openEngine('wasm');
    const network = newNetwork({ ...SHAPE, bags: [] }, 5);
    const [k1, b1, k2, b2, k3, b3] = network.weights;
    const said = tf.tidy(() => {
      const one = tf.relu(
        tf.add(tf.matMul(tf.tensor2d(test.numbers, [test.rows, 3]), tf.tensor2d(k1!, [3, 16])), b1!),
      );
      const two = tf.relu(tf.add(tf.matMul(one, tf.tensor2d(k2!, [16, 8])), b2!));
      return tf.add(tf.matMul(two, tf.tensor2d(k3!, [8, 1])), b3!).dataSync();
    });
    const { numbers, rows } = test;
    expect(difference(said, predictNetwork(network, { rows, numbers, bags: [] }))).toBeLessThan(1e-5);
  });
});

describe('a backend', () => {
  it('that was replaced by another computes nothing in its name', async () => {
    const engine = await openEngine('cpu');
    await openEngine('wasm');
    expect(() => gradientOf(engine, newNetwork(SHAPE, 1), test)).toThrow('no longer current');
  });

  it('that is not there is refused, never replaced; the fastest says which it is', async () => {
    const native = await openEngine('native').catch((error: unknown) => error);
    const fastest = await openFastest();
    if (native instanceof Error) {
      expect(native).toBeInstanceOf(BackendUnavailable);
      expect(native.message).toContain('npm run native');
      expect(fastest.backend).toBe('wasm');
      expect(NATIVE, 'MARQUEE_TEST_NATIVE=1 asks for the native backend').toBe(false);
    } else expect(fastest.backend).toBe('native');
  });
});

describe('a written network', () => {
  const network = newNetwork(SHAPE, 9);

  it('is read again bit for bit', () => {
    const again = readNetwork(JSON.parse(JSON.stringify(networkJson(network))));
    expect(again).toEqual(network);
    expect(predictNetwork(again, test)).toEqual(predictNetwork(network, test));
  });

  it('is refused when its weights do not fit its shape', () => {
    const json = networkJson(network);
    expect(() => readNetwork({ ...json, weights: json.weights.slice(1) })).toThrow('train it again');
  });
});
