import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Plan } from '../plan/schema.js';
import { readPlanFile } from '../cli/root.js';
import { systemPicture } from './system.js';

/** The picture of the README: a plan's tasks between their source and what is served. SVG text. */
export function printSystem(plan: Plan): string {
  const tasks = Object.entries(plan.tasks).map(([name, { after, workflow }]) => ({
    name,
    after,
    kind: workflow === undefined ? ('activity' as const) : ('workflow' as const),
  }));
  return systemPicture(tasks);
}

// Writes the committed file anew: npm run schema
if (argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('../docs/system.svg', import.meta.url), printSystem(await readPlanFile()));
