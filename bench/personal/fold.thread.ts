import { parentPort, workerData } from 'node:worker_threads';
import { mae, rmse } from '../../models/metrics.js';
import { blend } from '../../models/personal/blend.js';
import { chooseSetting, FAMILIES } from '../../models/personal/candidates.js';
import { inScale } from '../../models/personal/model.js';
import { readFold } from './data.js';

/** One thread of the benchmark: it chooses settings, or fits and scores, for one fold at a time. */
export interface FoldJob {
  readonly fold: number;
  readonly work: 'search' | 'score';
  /** Chosen settings by family: one for a model, several for their blend. */
  readonly parts: readonly { readonly family: string; readonly at: number }[];
}

export interface FoldAnswer {
  readonly job: FoldJob;
  readonly at: number;
  readonly label: string;
  readonly rmse: number;
  readonly mae: number;
}

const SEED = 1;
const folder = workerData as string;

parentPort!.on('message', (job: FoldJob) => {
  void answer(job).then((done) => parentPort!.postMessage(done));
});

async function answer(job: FoldJob): Promise<FoldAnswer> {
  const { train, test } = await readFold(folder, job.fold);
  const parts = job.parts.map(({ family, at }) => ({
    family: FAMILIES.find(({ name }) => name === family)!,
    at,
  }));
  if (job.work === 'search') {
    const { family } = parts[0]!;
    const { at } = chooseSetting(family, train, SEED);
    return { job, at, label: family.settings[at]!.label, rmse: NaN, mae: NaN };
  }
  const learners = parts.map(({ family, at }) => family.settings[at]!.learner);
  const learner = learners.length === 1 ? learners[0]! : blend(learners);
  const predicted = inScale(learner.fit(train, SEED).predict(test), train);
  return { job, at: -1, label: '', rmse: rmse(test.value, predicted), mae: mae(test.value, predicted) };
}
