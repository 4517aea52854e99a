import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { dampedEts, forecastBy, theta } from '../../models/forecast/methods.js';

interface Peer {
  readonly values: readonly number[];
  readonly 'damped ETS': readonly number[];
  readonly theta: readonly number[];
}

/** What statsforecast forecasts of fixed series. bench/statsforecast/fixture.py wrote it; its version stands there. */
const { series } = JSON.parse(
  await readFile(new URL('./fixtures/forecasts.json', import.meta.url), 'utf8'),
) as { readonly series: Readonly<Record<string, Peer>> };

const relative = (ours: ArrayLike<number>, theirs: readonly number[]): number =>
  Math.max(...theirs.map((value, h) => Math.abs(ours[h]! / value - 1)));

describe.each(Object.entries(series))('%s', (_, peer) => {
  const values = Float64Array.from(peer.values);

  it('goes on by Theta as in statsforecast', () => {
    expect(relative(forecastBy(theta, values, 3), peer.theta)).toBeLessThan(1e-9);
  });

  it('has the level, the trend and the damping that statsforecast finds', () => {
    const state = dampedEts.learn(values);
    if ('last' in state) throw new Error('The series is too short.');
    const { level, trend, phi } = state;
    // Its second year adds φ once more, and so on; by the definition it is φ², as ours.
    const theirs = [phi, phi + phi, phi + phi + phi ** 2].map((reach) => level + reach * trend);
    expect(relative(theirs, peer['damped ETS'])).toBeLessThan(1e-9);
    expect(relative(forecastBy(dampedEts, values, 3), peer['damped ETS'])).toBeLessThan(0.005);
  });
});
