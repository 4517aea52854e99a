import { readJson } from '../dataset/artefacts.js';
import { listSnapshots, type SnapshotManifest } from '../dataset/snapshots.js';
import type { Store } from '../dataset/store.js';
import type { ModelReport } from '../models/report.js';
import type { ArtefactRef, TaskInput } from '../workflows/records.js';
import { MAIN_MEASURE, measureOf, type ServedBefore } from './card.js';
import { codeHash } from './code.js';
import { inputArtefacts, runTask } from './runner.js';
import type { WorkerContext } from './worker.js';

/**
 * Writes the models' cards. What an earlier snapshot served stands in them, for people: cards belong to the run
 * record, and no content depends on earlier runs.
 */
export async function writeCards(worker: WorkerContext, input: TaskInput): Promise<ArtefactRef> {
  const plan = await worker.plans.read(input.run.plan);
  const code = Object.fromEntries(
    await Promise.all(
      input.inputs.map(async ({ task }) => {
        const activity = plan.tasks[task]?.activity;
        return [task, activity === undefined ? '' : await codeHash(`tasks/${activity}`)] as const;
      }),
    ),
  );
  const before = await servedBefore(worker, input);
  const data = input.inputs.find(({ task }) => task === 'films')?.sha256 ?? '';
  const params = { version: worker.version, data, code, before };
  return await runTask(worker, 'writeCards', input, { params, identity: params });
}

/** The models of the newest snapshot whose models are not those of this run. */
async function servedBefore(worker: Pick<WorkerContext, 'store'>, input: TaskInput): Promise<ServedBefore[]> {
  const artefacts = await inputArtefacts(worker, input.inputs);
  const catalogue = artefacts.find(({ task }) => task === 'films')?.facts['catalogue'];
  const own = new Set(artefacts.flatMap(({ tables }) => tables.map(({ sha256 }) => sha256)));
  const snapshots = await listSnapshots(worker.store, String(catalogue));
  const earlier = snapshots.find(({ tables }) =>
    tables.some(({ table, content, sha256 }) => content && table.endsWith('Backtest') && !own.has(sha256)),
  );
  return earlier === undefined ? [] : await servedIn(worker.store, earlier);
}

async function servedIn(store: Store, { id, tables }: SnapshotManifest): Promise<ServedBefore[]> {
  const served: ServedBefore[] = [];
  for (const { table, path } of tables) {
    if (!table.endsWith('Report')) continue;
    const report = (await readJson<ModelReport[]>(store, path))?.find((one) => one.served);
    if (report === undefined) continue;
    const recorded = measureOf(report, MAIN_MEASURE[report.task]);
    served.push({ task: report.task, snapshot: id, model: report.name, recorded });
  }
  return served;
}
