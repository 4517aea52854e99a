import { seededRandom } from '../random.js';

/** Random draws from one seed: the same sequence on every machine. */
export interface Draws {
  uniform(): number;
  normal(): number;
  /** Shape > 0, rate > 0; mean shape / rate. */
  gamma(shape: number, rate: number): number;
}

export function seededDraws(seed: number | string): Draws {
  const uniform = seededRandom(seed);
  const normal = (): number => {
    for (;;) {
      const layer = (uniform() * LAYERS) | 0;
      const u = 2 * uniform() - 1;
      const x = u * EDGE[layer]!;
      if (Math.abs(x) < EDGE[layer + 1]!) return x;
      if (layer === 0) return tail(uniform, u < 0);
      const low = HEIGHT[layer]!;
      if (low + (HEIGHT[layer + 1]! - low) * uniform() < Math.exp(-0.5 * x * x)) return x;
    }
  };
  return {
    uniform,
    normal,
    gamma(shape, rate) {
      // Marsaglia & Tsang (2000); a shape below 1 is lifted and scaled back.
      const lift = shape < 1 ? Math.pow(1 - uniform(), 1 / shape) : 1;
      const d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
      const c = 1 / Math.sqrt(9 * d);
      for (;;) {
        const x = normal();
        const v = (1 + c * x) ** 3;
        if (v <= 0) continue;
        if (Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return (lift * d * v) / rate;
      }
    },
  };
}

/** The ziggurat of Marsaglia & Tsang (2000) for the normal density without its constant: 128 layers of equal area. */
const LAYERS = 128;
const TAIL = 3.442619855899;
const AREA = 9.91256303526217e-3;
const EDGE = new Float64Array(LAYERS + 1);
const HEIGHT = new Float64Array(LAYERS + 1);
EDGE[0] = AREA / Math.exp(-0.5 * TAIL * TAIL);
EDGE[1] = TAIL;
for (let i = 2; i < LAYERS; i++) {
  const last = EDGE[i - 1]!;
  EDGE[i] = Math.sqrt(-2 * Math.log(AREA / last + Math.exp(-0.5 * last * last)));
}
EDGE[LAYERS] = 0;
for (let i = 0; i <= LAYERS; i++) HEIGHT[i] = Math.exp(-0.5 * EDGE[i]! * EDGE[i]!);

/** Beyond the last layer's edge (Marsaglia 1964). */
function tail(uniform: () => number, negative: boolean): number {
  for (;;) {
    const x = Math.log(1 - uniform()) / TAIL;
    const y = Math.log(1 - uniform());
    if (-2 * y >= x * x) return negative ? x - TAIL : TAIL - x;
  }
}
