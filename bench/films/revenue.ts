import { readFilmSample } from '../../activities/filmSample.js';
import type { Learner } from '../../models/films/answer.js';
import { prepare, takeFilms } from '../../models/films/knowledge.js';
import { BOOSTING, FOREST } from '../../models/films/trees.js';
import { mae, r2, rmse } from '../../models/metrics.js';
import { revenueLearners } from '../../models/revenue.js';
import { timeSplit } from '../../models/splits.js';
import { round, table } from '../table.js';

/** Of the plan's profile `quick`. */
const REVENUE_BOOSTING = {
  ...BOOSTING,
  trees: 200,
  learningRate: 0.06,
  maxLeaves: 12,
  featuresPerTree: 0.5,
  members: 1,
};

/** Revenue on the same split of the years as the ratings, every candidate of the task and `network`. */
export async function revenueTable(
  films: string,
  [cutoff, last]: readonly [number, number],
  network: Learner,
  seed: number,
): Promise<string> {
  const sample = await readFilmSample(films, {
    measures: ['revenue', 'voteAverage', 'voteCount'],
    minVotes: 10,
    minRevenue: 1000,
  });
  const fold = timeSplit(
    sample.films.map(({ year }) => year),
    cutoff,
    last,
  );
  const training = prepare(takeFilms(sample, fold.train), Infinity, seed);
  const tests = Array.from(fold.test, (i) => sample.films[i]!);
  const actual = Float64Array.from(fold.test, (i) => sample.measures[0]![i]!);
  const rows = [...revenueLearners({ forest: FOREST, boosting: REVENUE_BOOSTING }), network].map(
    (learner) => {
      process.stderr.write(`revenue: ${learner.name}\n`);
      const from = performance.now();
      const answer = learner.fit(training, seed);
      const seconds = (performance.now() - from) / 1000;
      const predicted = answer.predict({ films: tests, knowledge: training.knowledge });
      const measures = [rmse, mae, r2].map((measure) => measure(actual, predicted).toFixed(3));
      return [learner.name, ...measures, round(seconds, 2)];
    },
  );
  return `### Revenue

The same split, log10 of worldwide revenue in US dollars: trained on ${fold.train.length.toLocaleString('en-US')} films, judged on ${fold.test.length.toLocaleString('en-US')}.

${table(['', 'RMSE', 'MAE', 'R²', 'training s'], rows)}`;
}
