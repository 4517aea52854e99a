import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFilmSample } from '../../activities/filmSample.js';
import type { Learner } from '../../models/films/answer.js';
import { permutationImportance } from '../../models/films/importance.js';
import { describe, prepare as prepareFilms, takeFilms } from '../../models/films/knowledge.js';
import { filmNetwork } from '../../models/films/network.js';
import { openEngine } from '../../models/networks/backend.js';
import { FilmModel } from '../../models/films/model.js';
import { BOOSTING, FOREST } from '../../models/films/trees.js';
import { tuneTrees } from '../../models/films/tune.js';
import { loadRatingModel } from '../../models/loading.js';
import { accuracy, mae, r2, rmse } from '../../models/metrics.js';
import { classMetrics, ratingLearners } from '../../models/rating.js';
import { timeSplit } from '../../models/splits.js';
import type { FeatureTable } from '../../models/trees/table.js';
import { measure } from '../measure.js';
import { prepare } from '../prepared.js';
import { python } from '../python.js';
import { round, table } from '../table.js';
import { revenueTable } from './revenue.js';
import { keep } from '../trees/data.js';
import type { Asked, Trained } from '../trees/works.js';

/**
 * Ratings of films: trained on releases to 2012, judged on those of 2013-2015, beside baselines and LightGBM on the
 * same features. Options: `catalogue=<file:…>`; `candidates=<n>` settings of boosting compared on folds up to 2012;
 * `peers=` for none.
 */
const words = process.argv.slice(2);
const option = (name: string): string | undefined =>
  words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
const FILE = fileURLToPath(new URL('../../../shared/data/tmdb-10k.ndjson.gz', import.meta.url));
const catalogue = option('catalogue') ?? `file:${FILE}`;
const candidates = Number(option('candidates') ?? (words.includes('--short') ? 0 : 12));
const [CUTOFF, LAST] = [2012, 2015];
const SEED = 1;

if (catalogue === `file:${FILE}`)
  await access(FILE).catch(() => {
    throw new Error('There is no tmdb-10k.ndjson.gz; give catalogue=file:<TMDB documents as NDJSON>.');
  });

process.stderr.write('films\n');
const { films } = await prepare(catalogue);
const sample = await readFilmSample(films, {
  measures: ['voteAverage', 'voteCount'],
  minVotes: 10,
  minRevenue: 0,
});
const fold = timeSplit(
  sample.films.map(({ year }) => year),
  CUTOFF,
  LAST,
);
const training = prepareFilms(takeFilms(sample, fold.train), Infinity, SEED);
const tests = Array.from(fold.test, (i) => sample.films[i]!);
const actual = Float64Array.from(fold.test, (i) => sample.measures[0]![i]!);

const results: { readonly name: string; readonly seconds: number; readonly predicted: Float64Array }[] = [];
const fitted = new Map<string, ReturnType<Learner['fit']>>();
function add(name: string, learner: Learner): void {
  process.stderr.write(`${name}\n`);
  const from = performance.now();
  const answer = learner.fit(training, SEED);
  const seconds = (performance.now() - from) / 1000;
  results.push({ name, seconds, predicted: answer.predict({ films: tests, knowledge: training.knowledge }) });
  fitted.set(name, answer);
}
for (const learner of ratingLearners({ forest: FOREST, boosting: BOOSTING })) add(learner.name, learner);
const network = filmNetwork(await openEngine('wasm'));
add(`network (${network.backend})`, network);
let searched = '';
if (candidates > 0) {
  process.stderr.write(`${candidates} settings\n`);
  const from = performance.now();
  const { learners, rows } = tuneTrees(
    sample,
    fold.train,
    {
      candidates,
      finished: () => [],
      keep: () => undefined,
      progress: (_, __, doing) => process.stderr.write(`${doing}\n`),
    },
    { seed: SEED, maxRows: Infinity, boosting: BOOSTING, forest: FOREST, clock: () => performance.now() },
  );
  const seconds = round((performance.now() - from) / 1000, 0);
  const chosen = rows.find((row) => row.search === 'boosting' && row.chosen)!;
  searched = ` *searched*: with the settings that were best on folds of the years to ${CUTOFF} alone, of ${candidates} for boosting and a grid for the forest (${seconds} s); of boosting \`${chosen.parameters}\`.`;
  for (const [name, learner] of learners) add(`${name}, searched`, learner);
}
if (option('peers') !== '') {
  const { seconds, predicted } = await lightgbm(
    training.table,
    training.values,
    describe(tests, training.knowledge),
  );
  results.push({ name: 'LightGBM, same features', seconds, predicted });
}

const genre = results.find(({ name }) => name === 'genre mean')!.predicted;
const good = actual.map((value) => (value >= 6.5 ? 1 : 0));
const share = good.reduce((a, b) => a + b, 0) / good.length;
const rows = results.map(({ name, seconds, predicted }) => {
  const metrics = new Map(classMetrics(actual, predicted, genre).map((one) => [one.name, one.value ?? NaN]));
  const span = (of: string) =>
    `${metrics.get(of)!.toFixed(3)} (${metrics.get(`${of}, 95 % from`)!.toFixed(3)}–${metrics.get(`${of}, 95 % to`)!.toFixed(3)})`;
  const called = predicted.map((value) => (value >= 6.5 ? 1 : 0));
  return [
    name,
    rmse(actual, predicted).toFixed(3),
    mae(actual, predicted).toFixed(3),
    r2(actual, predicted).toFixed(3),
    span('AUC of good'),
    span('F1 of good'),
    accuracy(good, called).toFixed(3),
    round(seconds, 2),
  ];
});
console.log('## Ratings of films\n');
console.log(
  `Vote averages (0–10) of \`${catalogue.replace(/^file:.*\//, 'file:')}\`, from what is known before release: trained on the ${fold.train.length.toLocaleString('en-US')} films to ${CUTOFF}, judged on the ${fold.test.length.toLocaleString('en-US')} of ${CUTOFF + 1}–${LAST}. *Good* is 6.5 or more: ${round(100 * share, 1)} % of them. The majority class, ${share < 0.5 ? 'not good' : 'good'}, is right for ${Math.max(share, 1 - share).toFixed(3)}; calling all good has an F1 of ${((2 * share) / (1 + share)).toFixed(3)}. In brackets: 95 % bootstrap intervals over the films. LightGBM trains on the same columns with the trees, leaves and rate of one of the ${BOOSTING.members ?? 1} boostings whose mean answers here. Wanted: RMSE ≤ 0.79, R² ≥ 0.45.${searched}\n`,
);
console.log(
  `${table(['', 'RMSE', 'MAE', 'R²', 'AUC of good', 'F1 of good', 'accuracy of good', 'training s'], rows)}\n`,
);

const answer = fitted.get('boosting')!;
const importance = permutationImportance(
  tests,
  actual,
  (changed) => answer.predict({ films: changed, knowledge: training.knowledge }),
  SEED,
);
const inputs = [...importance]
  .sort(([, a], [, b]) => b - a)
  .map(([input, growth]) => [input, growth.toFixed(4)]);
console.log(
  `Permutation importance of the inputs of \`boosting\`, by how much its RMSE grows:\n\n${table(['input', 'RMSE more'], inputs)}\n`,
);
console.log(`\`predictRating\` by \`boosting\`, with reasons and unknown inputs: ${latency()}.\n`);
console.log(await revenueTable(films, [CUTOFF, LAST], network, SEED));

/** Of 200 answers for films of the tests, through the model's text as it is served. */
function latency(): string {
  const model = new FilmModel(
    'rating',
    'boosting',
    fold.train.length,
    0.8,
    training.knowledge,
    answer,
    [-1, 1],
  );
  const predictor = loadRatingModel(JSON.stringify(model));
  const times = tests
    .slice(0, 200)
    .map(({ year, month, runtime, budget, language, names: { title, ...names } }) => {
      const from = performance.now();
      void predictor.predict({ title: title[0], year, month, runtime, budget, language, ...names }).reasons;
      return performance.now() - from;
    })
    .sort((a, b) => a - b);
  return `median ${round(times[100]!, 2)} ms, 99 % within ${round(times[197]!, 2)} ms`;
}

async function lightgbm(train: FeatureTable, values: Float64Array, test: FeatureTable) {
  process.stderr.write('LightGBM\n');
  const folder = await mkdtemp(join(tmpdir(), 'marquee-films-'));
  try {
    const size = train.rows + test.rows;
    const all = new Float64Array((train.columns.length + 1) * size);
    train.columns.forEach((column, f) => {
      all.set(column.values, f * size);
      all.set(test.columns[f]!.values, f * size + train.rows);
    });
    all.set(values, train.columns.length * size);
    all.set(actual, train.columns.length * size + train.rows);
    const columns = train.columns.map(({ name, kind }) => ({ name, categorical: kind === 'category' }));
    const { trees, maxLeaves, learningRate, minLeaf } = BOOSTING;
    const asked: Asked = {
      works: [
        {
          name: 'ratings',
          kind: 'boosting',
          table: await keep(
            { name: 'ratings', path: `${folder}/ratings.bin`, train: train.rows, test: test.rows, columns },
            all,
          ),
          trees,
          depth: 0,
          leaves: maxLeaves,
          rate: learningRate,
          share: 1,
          minLeaf,
          threads: 2,
        },
      ],
      repeats: 1,
      patience: 1,
      tools: ['LightGBM'],
      predictions: `${folder}/predictions.bin`,
    };
    const interpreter = await python('venv-trees', new URL('../trees/requirements.txt', import.meta.url));
    const script = fileURLToPath(new URL('../trees/peers.py', import.meta.url));
    const { stdout } = await measure(interpreter, [script, JSON.stringify(asked)]);
    const bytes = await readFile(`${folder}/predictions.bin`);
    const predicted = new Float64Array(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    );
    // LightGBM may warn on stdout before: of negative codes, which here mean missing, as it takes them.
    const { seconds } = JSON.parse(stdout.trim().split('\n').at(-1)!) as Trained;
    return { seconds, predicted };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
