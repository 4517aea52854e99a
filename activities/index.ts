import type { Client } from '@temporalio/client';
import { nodesOf, planRecord } from '../plan/read.js';
import type { TaskInput } from '../workflows/records.js';
import { BadInput, failingKindly } from './failures.js';
import { fetchBatch } from './fetch.js';
import { resolveHome } from './home.js';
import type { Activities, TaskActivities } from './interface.js';
import { keepPopularity } from './keepPopularity.js';
import { listIds } from './listIds.js';
import { probeStorage } from './probe.js';
import { publish } from './publish.js';
import { runTask } from './runner.js';
import { sealFetch } from './seal.js';
import { sealBatch } from './sealBatch.js';
import { trainPersonal } from './trainPersonal.js';
import type { WorkerContext } from './worker.js';
import { writeCards } from './writeCards.js';

/** Everything that workflows may call, bound to one worker. */
export function createActivities(worker: WorkerContext, temporal: Client): Activities & TaskActivities {
  const run =
    (activity: string) =>
    (input: TaskInput): ReturnType<typeof runTask> =>
      runTask(worker, activity, input);

  return failingKindly<Activities & TaskActivities>({
    home: (input) => resolveHome(worker, input),
    async readPlan({ profile }) {
      const plan = await worker.plan();
      const chosen = profile ?? plan.profile;
      if (plan.profiles[chosen] === undefined)
        throw new BadInput(
          `temporal.yml has no profile "${chosen}"; it has ${Object.keys(plan.profiles).join(', ')}.`,
        );
      return { ...planRecord(plan, await worker.plans.fix(plan)), profile: chosen };
    },
    fetchBatch: (input) => fetchBatch(worker, temporal, input),
    sealBatch: (input) => sealBatch(worker, input),
    sealFetch: (input) => sealFetch(worker, input),
    probeStorage: () => probeStorage(worker.store),
    listIds: (input) => listIds(worker, input),
    cleanFilms: run('cleanFilms'),
    keepPopularity: (input) => keepPopularity(worker, input),
    rankPeople: run('rankPeople'),
    genreTrends: run('genreTrends'),
    rankRoi: run('rankRoi'),
    trainForest50: run('trainForest50'),
    forecastGenres: run('forecastGenres'),
    trainRating: run('trainRating'),
    trainRevenue: run('trainRevenue'),
    prepareServing: run('prepareServing'),
    trainPersonal: (input) => trainPersonal(worker, input),
    async drawPictures(input) {
      const plan = await worker.plans.read(input.run.plan);
      const tasks = nodesOf(plan).map(({ name, after }) => ({
        name,
        after: [...after],
        kind: plan.tasks[name]?.workflow === undefined ? 'activity' : 'workflow',
      }));
      return await runTask(worker, 'drawPictures', input, { params: { tasks }, identity: tasks });
    },
    writeCards: (input) => writeCards(worker, input),
    publish: (input) => publish(worker, input),
  });
}
