import { readJson } from '../dataset/artefacts.js';
import { MissingFile } from '../dataset/errors.js';
import type { Store } from '../dataset/store.js';
import { freezePlan } from '../plan/read.js';
import type { Plan } from '../plan/schema.js';

/** The plans that runs have fixed, by sha256: an edit of temporal.yml does not reach a run that has begun. */
export interface Plans {
  fix(plan: Plan): Promise<string>;
  read(sha256: string): Promise<Plan>;
}

export function storedPlans(store: Store): Plans {
  const known = new Map<string, Plan>();
  const pathOf = (sha256: string): string => `plans/${sha256}.json`;
  return {
    async fix(plan) {
      const { text, sha256 } = freezePlan(plan);
      await store.create(pathOf(sha256), text);
      known.set(sha256, plan);
      return sha256;
    },
    async read(sha256) {
      const found = known.get(sha256) ?? (await readJson<Plan>(store, pathOf(sha256)));
      if (found === null) throw new MissingFile(pathOf(sha256));
      known.set(sha256, found);
      return found;
    },
  };
}
