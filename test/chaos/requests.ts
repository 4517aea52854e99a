import { readFileSync } from 'node:fs';
import { faultPlan } from '../../tmdb/catalogues/faults.js';

/** What a server was asked for, by its access log, beside what it had to be asked for. */
export interface Requests {
  readonly films: number;
  /** Failures on purpose that came before a film's first whole answer. */
  readonly faults: number;
  /** Asked for after the film had been answered whole. */
  readonly beyond: number;
}

/**
 * Faults are drawn by (seed, film, how often it was asked for), so the log alone tells which request was the first
 * that was answered whole: everything after it was asked for in vain.
 */
export function countRequests(accessLog: string, faults: number, seed: number): Requests {
  const times = new Map<string, number>();
  for (const line of readFileSync(accessLog, 'utf8').split('\n')) {
    const path = /^\d+ \d+ (\/3\/movie\/\d+)(?:\?|$)/.exec(line)?.[1];
    if (path !== undefined) times.set(path, (times.get(path) ?? 0) + 1);
  }
  let injected = 0;
  let beyond = 0;
  for (const [path, asked] of times) {
    const faultFor = faultPlan(faults, seed);
    let needed = 1;
    for (let fault = faultFor(path); fault !== null && fault.kind !== 'slow'; fault = faultFor(path))
      needed++;
    injected += Math.min(asked, needed - 1);
    beyond += Math.max(0, asked - needed);
  }
  return { films: times.size, faults: injected, beyond };
}
