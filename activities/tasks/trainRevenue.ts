import { z } from 'zod';
import { filmNetwork } from '../../models/films/network.js';
import { BACKENDS, openEngine } from '../../models/networks/backend.js';
import { trainRevenue } from '../../models/revenue.js';
import { readFilmSample } from '../filmSample.js';
import { writeFilmTraining } from '../modelFiles.js';
import { UNKEPT, type Task } from '../task.js';
import { treeParams } from '../treeParams.js';

const params = z.strictObject({
  /** US dollars; smaller revenues are slips, such as millions written as units, and are not learned from. */
  minRevenue: z.number().min(1).default(1000),
  /** An earlier film's average tells of a later one from this many votes on. */
  minVotes: z.int().min(0).default(10),
  /** With fewer films nothing is trained. */
  minFilms: z.int().min(20).default(50),
  /** Films that trees are fitted to, at most; all films tell of later ones. */
  maxRows: z.int().min(1000).default(60_000),
  /** Share of the films that an interval is to cover. */
  level: z.number().gt(0).lt(1).default(0.8),
  /** Random candidates for the boosting's parameters, beside a grid for the forest's; 0: the usual parameters. */
  candidates: z.int().min(0).max(1000).default(0),
  /** Whether a network is among the candidates: on many films it takes as long as all others together. */
  network: z.boolean().default(false),
  /** Where TensorFlow.js trains it: the bytes of a model are those of one backend. */
  backend: z.enum(BACKENDS).default('wasm'),
  ...treeParams,
});

/** What a film will earn, from what is known before its release. */
export const task: Task<z.infer<typeof params>> = {
  params,
  async compute({
    params: { minRevenue, minVotes, candidates, network, backend, ...rest },
    inputs,
    out,
    seed,
    progress,
    searches,
  }) {
    const { tables, facts } = inputs['films']!;
    const sample = await readFilmSample(tables['films']!, {
      measures: ['revenue', 'voteAverage', 'voteCount'],
      minVotes,
      minRevenue,
    });
    const training = trainRevenue(sample, {
      ...rest,
      networks: network ? [filmNetwork(await openEngine(backend))] : [],
      seed,
      dataYear: facts['dataYear'] as number | null,
      clock: () => performance.now(),
      progress,
      tuning: candidates === 0 ? null : { ...(searches ?? UNKEPT), candidates },
    });
    return writeFilmTraining(out, 'revenue', training, new Date(), {
      'least revenue of a film (US dollars)': minRevenue,
      'most rows for trees': rest.maxRows,
    });
  },
};
