import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { ROOT } from '../support/system.js';

/**
 * temporal.yml with one more profile: every task runs, and the models train on few films, so that the time of a run
 * goes into what can be broken by a kill and not into the same trees over and over.
 */
export function chaosPlan(): string {
  const plan = parse(readFileSync(join(ROOT, 'temporal.yml'), 'utf8')) as {
    profile: string;
    profiles: Record<string, unknown>;
  };
  plan.profile = 'chaos';
  plan.profiles['chaos'] = {
    forest50: { trees: 5, years: 1 },
    forecast: { horizon: 1, origins: 2, calibration: 2, years: 20 },
    rating: { minVotes: 2000, maxRows: 1000 },
    revenue: { minRevenue: 100_000_000, maxRows: 1000 },
  };
  return stringify(plan);
}
