import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getOperationAST, parse } from 'graphql';
import { COSTS, FIELD, OBJECT, TEXT, VALUE, WORD } from '../../graphql/limits/costs.js';
import { countedFields } from '../../graphql/limits/fields.js';
import { LIMITS, measure } from '../../graphql/limits/measure.js';
import { apiSchema } from '../../graphql/schema.js';
import { seededRandom } from '../../models/random.js';
import { BENCH_FOLDER, bundle } from '../bundle.js';
import { bigSnapshot, snapshotFolder } from '../graphql/bigSnapshot.js';
import { startServer } from '../graphql/load.js';
import { ask, vocabularyOf, type Question } from '../graphql/questions.js';
import { run } from '../measure.js';
import { round, table } from '../table.js';
import { asked, cpuPerRequest } from './ask.js';
import { countAnswer, type Counts } from './count.js';
import { fitCosts, missesOf, type Point } from './fit.js';
import { BY_MODEL, BY_SIZE, request, type Drawn, type Priced } from './questions.js';
import { startWhole } from './whole.js';

/**
 * What each field of the API costs, in microseconds of CPU: what `graphql/limits/costs.ts` says rests on it. Options:
 * `--short`; `films=<n>` of the synthetic catalogue; `catalogue=<TMDB documents as NDJSON>` and `ratings=<folder in
 * MovieLens's format>` for what the models cost; `milliseconds=<n>` of CPU for each kind of request;
 * `parts=size,models`.
 */
const words = process.argv.slice(2);
const option = (name: string): string | undefined =>
  words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
const short = words.includes('--short');
const films = Number(option('films') ?? (short ? 20_000 : 1_100_000));
const atLeast = 1000 * Number(option('milliseconds') ?? (short ? 100 : 400));
const shared = (name: string): string =>
  fileURLToPath(new URL(`../../../shared/data/${name}`, import.meta.url));
const catalogue = option('catalogue') ?? shared('tmdb-10k.ndjson.gz');
const ratings = option('ratings') ?? shared('ml-latest-small');
for (const path of [catalogue, ratings])
  await access(path).catch(() => {
    throw new Error(`There is no ${path}: give catalogue=<file> and ratings=<folder>.`);
  });

const schema = apiSchema();
const REQUEST = 'request';
const TIMES = [1, 10];
const EACH: Readonly<Record<string, number>> = {
  field: FIELD,
  object: OBJECT,
  value: VALUE,
  text: TEXT,
  word: WORD,
};
/** Points of requests that come for the first time, which graphql-js executes, and of those that were compiled. */
const points: Record<'first' | 'again', Point[]> = { first: [], again: [] };

const parts = (option('parts') ?? 'size,models').split(',');
const ready = parts.includes('models') ? await measureModels() : null;
if (parts.includes('size')) await measureSize();
report(ready);

async function measureSize(): Promise<void> {
  await bigSnapshot(films);
  const script = await bundle(new URL('../graphql/marquee.ts', import.meta.url));
  await bundle(new URL('../../graphql/data/load.thread.ts', import.meta.url), 'graphql/load.thread.js');
  const server = await startServer(script, [snapshotFolder(films), `synthetic:${films}`, 'false']);
  try {
    await measureAll(server, BY_SIZE, await drawnFrom(server.url, ''));
  } finally {
    await server.stop();
  }
}

async function measureModels(): Promise<string> {
  await run('npm', [
    '--prefix',
    fileURLToPath(new URL('../../', import.meta.url)),
    'run',
    '--silent',
    'build',
  ]);
  const whole = await startWhole(option('data') ?? `${BENCH_FOLDER}cost`, catalogue, ratings);
  try {
    await measureAll(whole, BY_MODEL, await drawnFrom(whole.url, whole.run));
    return await measureReady(whole);
  } finally {
    await whole.stop();
  }
}

async function measureAll(
  server: { readonly url: string; readonly pid: number },
  questions: readonly Priced[],
  of: Drawn,
): Promise<void> {
  const random = seededRandom('cost');
  let unlike = 0;
  // What a process does for the first times takes longer.
  for (const priced of [...questions, ...questions])
    for (const times of priced.times ?? TIMES) await asked(server.url, request(priced, times, random, of));
  for (const priced of questions) {
    process.stderr.write(`${priced.text.slice(0, 100)}\n`);
    for (const times of priced.times ?? TIMES)
      for (const kind of ['first', 'again'] as const) {
        const counts: Counts = new Map();
        let answers = 0;
        // A comment makes a document that the server has not seen.
        const draw = () => {
          const { query, variables } = request(priced, times, random, of);
          const never = `${++unlike}`;
          return {
            query: kind === 'first' ? `${query} # ${never}` : query,
            variables: { ...variables, never },
          };
        };
        const cpu = await cpuPerRequest(server, draw, atLeast, (question, data) => {
          answers++;
          for (const [what, count] of countAnswer(schema, question, data)) {
            const name = what in EACH ? what : nameOf(what, priced);
            counts.set(name, (counts.get(name) ?? 0) + count);
          }
        });
        for (const [name, count] of counts) counts.set(name, count / answers);
        points[kind].push({ counts: counts.set(REQUEST, 1), cpu });
      }
  }
}

function nameOf(what: string, { way }: Priced): string {
  return way === undefined ? what : `${what} – ${way}`;
}

async function drawnFrom(url: string, run: string): Promise<Drawn> {
  const ids = async (direction: string): Promise<number[]> => {
    const { movies } = await ask<{ movies: { nodes: { id: number }[] } }>(url, {
      query: `{ movies(first: 100, orderBy: { field: VOTE_COUNT, direction: ${direction} }) { nodes { id } } }`,
      variables: {},
    });
    return movies.nodes.map(({ id }) => id);
  };
  const { people } = await ask<{ people: { person: { id: string } }[] }>(url, {
    query: '{ people(first: 100) { person { id } } }',
    variables: {},
  });
  return {
    ...(await vocabularyOf(url)),
    rated: await ids('DESC'),
    unrated: await ids('ASC'),
    users: Array.from({ length: 100 }, (_, at) => String(at + 1)),
    persons: people.map(({ person }) => person.id),
    run,
  };
}

/** What the ready queries cost beside what is reckoned of them before they are answered. */
async function measureReady(server: { readonly url: string; readonly pid: number }): Promise<string> {
  const { QUESTIONS } = (await import('../../web/page/questions.js' as string)) as {
    QUESTIONS: readonly (Question & { readonly title: string })[];
  };
  const counted = countedFields(schema);
  const rows: (string | number)[][] = [];
  let unlike = 0;
  for (const { title, query, variables } of QUESTIONS) {
    const document = parse(query);
    const operation = getOperationAST(document);
    if (operation?.operation !== 'query') continue;
    const draw = (): Question => ({ query: `${query} # ${++unlike}`, variables });
    const cpu = await cpuPerRequest(server, draw, atLeast, () => undefined);
    const { cost } = measure(operation, document, counted, variables);
    rows.push([
      title,
      round(cpu / 1000, 2),
      round(cost / 1000, 2),
      `${round((100 * cost) / LIMITS.cost, 1)} %`,
    ]);
  }
  return table(['', 'measured ms', 'reckoned ms', 'of the limit'], rows);
}

/** In the order of the table in the code; what is not in it first. */
function report(ready: string | null): void {
  const fitted = { first: fitCosts(points.first), again: fitCosts(points.again) };
  const names = [...fitted.first.keys()].sort((a, b) => placeOf(a) - placeOf(b) || a.localeCompare(b));
  console.log('## Cost of a query\n');
  console.log(
    `What the API's process uses of CPU, all its threads, in microseconds: for a field of the query, to parse, check and plan it; for an object, a text, another value or a word of a list in the answer; and for each field that looks something up. Least squares over ${points.first.length} kinds of requests: one field or ten of it, pages of 1, 30 and 100 films, 1 to 9 fields of each, arguments drawn anew, answers compressed. *First time*: documents that the server has not seen, which graphql-js interprets; *again*: compiled ones; below 0 is what others are charged too much. *Charged* is what \`graphql/limits/costs.ts\` counts. Films, people and rankings are of ${films.toLocaleString('en-US')} synthetic films; models, runs and lineage of ${basename(catalogue)} with the ratings of ${basename(ratings)}, three months of popularity and a paused run.\n`,
  );
  console.log(
    `${table(
      ['', 'first time', 'again', 'charged'],
      names.map((name) => [
        name,
        round(fitted.first.get(name)!, 1),
        round(fitted.again.get(name) ?? NaN, 1),
        charged(name),
      ]),
    )}\n`,
  );
  const misses = (['first', 'again'] as const).map((kind) => missesOf(points[kind], fitted[kind]));
  const said = misses.map(
    (of) => `${round(100 * of[of.length >> 1]!, 0)} % (most: ${round(100 * of.at(-1)!, 0)} %)`,
  );
  console.log(
    `Added up, these miss the measured CPU of a kind of request by ${said[0]} in the middle the first time, ${said[1]} again.\n`,
  );
  if (ready === null) return;
  console.log(
    `The ready queries of GraphiQL over the real films, asked for the first time, request included; ${LIMITS.cost / 1000} ms are legal:\n\n${ready}`,
  );
}

function fieldOf(name: string): string | undefined {
  return /^\w+\.\w+/.exec(name)?.[0];
}

function placeOf(name: string): number {
  return Object.keys(COSTS).indexOf(fieldOf(name) ?? '');
}

function charged(name: string): number | string {
  if (name in EACH) return EACH[name]!;
  const { weight, entries } = COSTS[fieldOf(name) ?? ''] ?? {};
  return (name.includes(', each of') ? entries?.weight : weight) ?? '';
}
