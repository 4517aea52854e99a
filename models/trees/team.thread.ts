import { parentPort, workerData } from 'node:worker_threads';
import { growTrees } from './forest.js';
import { GrowSpace } from './space.js';
import { Steps } from './steps.js';
import type { Grown, HelperAnswer, HelperData, TreeJob } from './team.js';

/** A helper's side of a team: it does one job after the other, on memory that it shares. */
const { port, signal } = workerData as HelperData;

port.on('message', (job: TreeJob) => {
  port.postMessage(answer(job));
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
});
parentPort!.postMessage('ready');

function answer(job: TreeJob): HelperAnswer {
  try {
    return { grown: work(job) };
  } catch (error) {
    return { failed: String(error) };
  }
}

function work(job: TreeJob): Grown {
  if (job.kind === 'forest') return growTrees(job, job.region);
  new Steps(GrowSpace.open(job.space, 0), job.rules, 0).help();
  return [];
}
