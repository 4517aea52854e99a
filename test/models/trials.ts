import type { Trial } from '../../models/search.js';
import type { Tuning } from '../../models/tuning.js';

export interface Kept {
  readonly name: string;
  readonly trial: Trial<unknown>;
}

/** Remembers trials in `kept`, as a file would; `known`: what an earlier attempt has kept. Fails after `most`. */
export function remembering(
  known: readonly Kept[],
  kept: Kept[],
  most: number,
): Pick<Tuning, 'finished' | 'keep'> {
  return {
    finished: (name) => known.filter((one) => one.name === name).map(({ trial }) => trial),
    keep: (name, trial) => {
      if (kept.length === most) throw new Error('killed');
      kept.push({ name, trial: JSON.parse(JSON.stringify(trial)) as Trial<unknown> });
    },
  };
}
