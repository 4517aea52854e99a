import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { ROOT } from './system.js';

/** Tasks of temporal.yml that train or draw: they take most of a run's time and change nothing before them. */
const LEFT_OUT = new Set(['forest50', 'forecast', 'rating', 'revenue', 'personal', 'cards', 'pictures']);

interface PlanFile {
  fetch: Record<string, unknown>;
  storage: Record<string, unknown>;
  tasks: Record<string, { after?: string[] }>;
  profiles: Record<string, Record<string, unknown>>;
}

/**
 * Writes temporal.yml without what is slow, save the tasks to `keep`, for MARQUEE_PLAN; the rest of `over` replaces
 * settings. @returns its path.
 */
export function writeShortPlan(
  folder: string,
  over: { readonly fetch?: object; readonly storage?: object; readonly keep?: readonly string[] } = {},
): string {
  const plan = parse(readFileSync(join(ROOT, 'temporal.yml'), 'utf8')) as PlanFile;
  Object.assign(plan.fetch, over.fetch);
  Object.assign(plan.storage, over.storage);
  const leftOut = [...LEFT_OUT].filter((name) => over.keep?.includes(name) !== true);
  for (const name of leftOut) {
    delete plan.tasks[name];
    for (const profile of Object.values(plan.profiles)) delete profile[name];
  }
  for (const task of Object.values(plan.tasks))
    if (task.after !== undefined) task.after = task.after.filter((name) => !leftOut.includes(name));
  const path = join(folder, 'short.yml');
  writeFileSync(path, stringify(plan));
  return path;
}
