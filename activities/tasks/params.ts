import { z } from 'zod';
import { TASK_ACTIVITIES } from '../interface.js';

/** What the parameters of each activity may be: temporal.yml is checked against it when it is read. */
export async function knownActivities(): Promise<Map<string, z.ZodType>> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const known = new Map<string, z.ZodType>();
  for (const name of TASK_ACTIVITIES) {
    // These two take what a run resolves, nothing of the plan.
    if (name === 'listIds' || name === 'publish') known.set(name, z.strictObject({}));
    else {
      const { task } = (await import(`./${name}.${extension}`)) as { task: { params: z.ZodType } };
      known.set(name, task.params);
    }
  }
  return known;
}
