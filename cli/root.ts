import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { knownActivities } from '../activities/tasks/params.js';
import { readPlan } from '../plan/read.js';
import type { Plan } from '../plan/schema.js';
import { UsageError } from './config.js';

/** The package's folder: the nearest one above this file that has a package.json. */
export const ROOT = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
})();

/** This program's version, as package.json has it. */
export async function programVersion(): Promise<string> {
  const text = await readFile(join(ROOT, 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** Reads and checks temporal.yml, or the plan that MARQUEE_PLAN names. @throws PlanError, UsageError. */
export async function readPlanFile(file = join(ROOT, 'temporal.yml')): Promise<Plan> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `The plan ${file} cannot be read (${error.code === 'ENOENT' ? 'there is no such file' : error.code}). MARQUEE_PLAN names it; unset, the package's own temporal.yml is taken.`,
    );
  });
  const name = relative(process.cwd(), file);
  return readPlan(text, name.startsWith('..') ? file : name, { activities: await knownActivities() });
}
