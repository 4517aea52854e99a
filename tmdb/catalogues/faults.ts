import { seededRandom } from '../../models/random.js';

/** How a request fails, each as often as another. A `slow` one is answered after all. */
export type Fault =
  | { readonly kind: 'limited'; readonly retryAfter: boolean }
  | { readonly kind: 'error'; readonly status: 500 | 502 | 503 }
  | { readonly kind: 'reset' }
  | { readonly kind: 'torn' }
  | { readonly kind: 'slow'; readonly ms: number };

/** After this many failures in a row the next request for the same thing is served. */
export const MOST_IN_A_ROW = 5;

/**
 * Decides for each request whether and how it fails: with the given probability, and the same way for the same
 * (seed, what is asked, how often it was asked before), whatever order requests come in.
 */
export function faultPlan(probability: number, seed: number): (asked: string) => Fault | null {
  const history = new Map<string, { times: number; inARow: number }>();
  return (asked) => {
    if (probability <= 0) return null;
    const past = history.get(asked) ?? { times: 0, inARow: 0 };
    history.set(asked, past);
    const random = seededRandom(`${seed}:fault:${asked}:${past.times++}`);
    if (random() >= probability || past.inARow >= MOST_IN_A_ROW) {
      past.inARow = 0;
      return null;
    }
    past.inARow++;
    return FAULTS[Math.floor(random() * FAULTS.length)]!(random());
  };
}

const FAULTS: readonly ((draw: number) => Fault)[] = [
  () => ({ kind: 'limited', retryAfter: true }),
  () => ({ kind: 'limited', retryAfter: false }),
  () => ({ kind: 'error', status: 500 }),
  (draw) => ({ kind: 'error', status: draw < 0.5 ? 502 : 503 }),
  () => ({ kind: 'reset' }),
  () => ({ kind: 'torn' }),
  (draw) => ({ kind: 'slow', ms: 1000 + Math.round(draw * 2000) }),
];
