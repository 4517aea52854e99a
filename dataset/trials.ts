import { readJson } from './artefacts.js';
import type { Store } from './store.js';

/**
 * A finished candidate of a task's search. It lies in a file of its own until the task's artefact is there, so that an
 * attempt that was killed costs one candidate at most.
 */
export interface KeptTrial {
  /** Temporal run id of the run that scored it. */
  readonly run: string;
  /** Which search of the task, e.g. `boosting`. */
  readonly search: string;
  /** Place among the candidates. */
  readonly at: number;
  readonly trial: unknown;
}

/** `key`: the task's own, so that another code, parameter or input finds none. */
const folderOf = (task: string, key: string): string => `trials/${task}/${key}`;

export async function keepTrial(store: Store, task: string, key: string, kept: KeptTrial): Promise<void> {
  await store.write(`${folderOf(task, key)}/${kept.search}-${kept.at}.json`, JSON.stringify(kept));
}

/** What earlier attempts at this task have scored. */
export async function keptTrials(store: Store, task: string, key: string): Promise<KeptTrial[]> {
  const kept: KeptTrial[] = [];
  for (const { path } of await store.list(folderOf(task, key))) {
    const one = await readJson<KeptTrial>(store, path);
    if (one !== null) kept.push(one);
  }
  return kept;
}

export async function dropTrials(store: Store, task: string, key: string): Promise<void> {
  await store.remove(folderOf(task, key));
}
