import type * as TensorFlow from '@tensorflow/tfjs';

/**
 * Where TensorFlow.js computes: `native` is libtensorflow (`npm run native` provides it), `wasm` its WebAssembly, `cpu`
 * plain JavaScript. Results agree within rounding, bytes only on the same one.
 */
export const BACKENDS = ['native', 'wasm', 'cpu'] as const;
export type Backend = (typeof BACKENDS)[number];

/** TensorFlow.js, ready to compute on the backend that it names. */
export interface Engine {
  readonly backend: Backend;
  readonly tf: typeof TensorFlow;
}

/** Thrown when a backend was asked for that does not load here: nothing else is taken in its place. */
export class BackendUnavailable extends Error {
  override readonly name = 'BackendUnavailable';
}

/** What TensorFlow.js calls them. */
const REGISTERED: Readonly<Record<Backend, string>> = { native: 'tensorflow', wasm: 'wasm', cpu: 'cpu' };

/**
 * Loads TensorFlow.js with one backend. A thread computes on one at a time: the last one opened.
 * @throws BackendUnavailable
 */
export async function openEngine(backend: Backend): Promise<Engine> {
  try {
    const tf = await load[backend]();
    if (!(await tf.setBackend(REGISTERED[backend]))) throw new Error('it does not start');
    await tf.ready();
    const engine = { backend, tf };
    requireCurrent(engine);
    return engine;
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error))
      .split('\n')[0]!
      .replace(/[.\s]+$/, '');
    const advice =
      backend === 'native'
        ? ' Run `npm run native` once to provide it, or set the backend to wasm.'
        : ' Install the packages again with `npm ci`.';
    throw new BackendUnavailable(
      `TensorFlow.js has no backend "${backend}" on this machine: ${why}.${advice}`,
      {
        cause: error,
      },
    );
  }
}

/** The fastest that loads: native, else WebAssembly, else plain JavaScript; `backend` says which it is. */
export async function openFastest(): Promise<Engine> {
  for (const backend of BACKENDS) {
    try {
      return await openEngine(backend);
    } catch (error) {
      if (!(error instanceof BackendUnavailable)) throw error;
    }
  }
  throw new BackendUnavailable('TensorFlow.js has no backend on this machine: install the packages again.');
}

/** @throws Error when another engine was opened since: the results would be another backend's. */
export function requireCurrent({ backend, tf }: Engine): void {
  const current = tf.getBackend();
  if (current !== REGISTERED[backend])
    throw new Error(
      `The engine of backend "${backend}" is no longer current: "${current}" was opened since.`,
    );
}

const load: Readonly<Record<Backend, () => Promise<typeof TensorFlow>>> = {
  async native() {
    const tf = await core();
    // Its binary may be missing: the package is installed without running its download.
    await import('@tensorflow/tfjs-node');
    return tf;
  },
  async wasm() {
    const tf = await core();
    await import('@tensorflow/tfjs-backend-wasm');
    // Threads would add in another order.
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    return tf;
  },
  cpu: core,
};

async function core(): Promise<typeof TensorFlow> {
  const tf = await import('@tensorflow/tfjs');
  // Without checks of every result for NaN, and without advice on the console to install another backend.
  tf.enableProdMode();
  return tf;
}
