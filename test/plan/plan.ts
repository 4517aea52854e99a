import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { PlanError, readPlan, type Known } from '../../plan/read.js';

/** The plan of this project, as text. */
export const TEXT = readFileSync(new URL('../../temporal.yml', import.meta.url), 'utf8');

/** A small plan that is good; tests break one thing of it. */
export const SMALL = `connection: { taskQueue: marquee }
queues:
  io: { concurrency: 4 }
retries:
  network: { initialInterval: 1s, backoff: 2, maximumInterval: 1m, maximumAttempts: 3 }
fetch: { window: 2, batchSeconds: 30, batchFilms: 100, gapThreshold: 0.01 }
storage: { probeInterval: 30s }
maxAge: 36h
schedule:
  calendar: { hour: 9, minute: 30 }
  overlap: skip
  catchUp: 24h
profile: quick
tasks:
  ids:
    activity: listIds
    queue: io
    retry: network
    timeout: 10m
  films:
    activity: cleanFilms
    after: [ids]
    queue: io
    retry: network
    timeout: 10m
profiles:
  quick:
    films: { years: 10 }
`;

export const KNOWN: Known = {
  activities: new Map([
    ['listIds', z.strictObject({})],
    ['cleanFilms', z.strictObject({ years: z.number().int().min(1).max(20).optional() })],
  ]),
};

/** SMALL with one text put for another; fails when that text is not there. */
export function changed(...pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`SMALL has no ${JSON.stringify(from)}`);
    return text.replace(from, to);
  }, SMALL);
}

/** What is wrong with a plan, one problem a line; empty when it is good. */
export function problemsOf(text: string, known: Known = KNOWN): readonly string[] {
  try {
    readPlan(text, 'plan.yml', known);
    return [];
  } catch (error) {
    if (error instanceof PlanError) return error.problems;
    throw error;
  }
}
