import { z } from 'zod';
import { filmNetwork } from '../../models/films/network.js';
import { BACKENDS, openEngine } from '../../models/networks/backend.js';
import { trainRating } from '../../models/rating.js';
import { readFilmSample } from '../filmSample.js';
import { writeFilmTraining } from '../modelFiles.js';
import { UNKEPT, type Task } from '../task.js';
import { treeParams } from '../treeParams.js';

const params = z.strictObject({
  /** Films whose known votes are fewer are not learned from: their average is a few people's. */
  minVotes: z.int().min(0).default(10),
  /** With fewer films nothing is trained. */
  minFilms: z.int().min(20).default(50),
  /** Films that trees are fitted to, at most; all films tell of later ones. */
  maxRows: z.int().min(1000).default(60_000),
  /** Share of the films that an interval is to cover. */
  level: z.number().gt(0).lt(1).default(0.8),
  /** Random candidates for the boosting's parameters, beside a grid for the forest's; 0: the usual parameters. */
  candidates: z.int().min(0).max(1000).default(0),
  /** Where TensorFlow.js trains the network: the bytes of a model are those of one backend. */
  backend: z.enum(BACKENDS).default('wasm'),
  ...treeParams,
});

/** How a film will be rated, from what is known before its release. */
export const task: Task<z.infer<typeof params>> = {
  params,
  async compute({
    params: { minVotes, candidates, backend, ...rest },
    inputs,
    out,
    seed,
    progress,
    searches,
  }) {
    const { tables, facts } = inputs['films']!;
    const sample = await readFilmSample(tables['films']!, {
      measures: ['voteAverage', 'voteCount'],
      minVotes,
      minRevenue: 0,
    });
    const engine = await openEngine(backend);
    const training = trainRating(sample, {
      ...rest,
      networks: [filmNetwork(engine)],
      seed,
      dataYear: facts['dataYear'] as number | null,
      clock: () => performance.now(),
      progress,
      tuning: candidates === 0 ? null : { ...(searches ?? UNKEPT), candidates },
    });
    return writeFilmTraining(out, 'rating', training, new Date(), {
      'least votes of a film': minVotes,
      'most rows for trees': rest.maxRows,
    });
  },
};
