import { bundle } from '../bundle.js';
import { useOf } from '../processes.js';
import type { SnapshotManifest } from '../../dataset/snapshots.js';
import { median, round, table } from '../table.js';
import { measureSwaps } from './swaps.js';
import { bigSnapshot, snapshotFolder } from './bigSnapshot.js';
import { load, startServer, type Loaded, type Server } from './load.js';
import { startPostgraphile } from './postgres.js';
import {
  ask,
  comparedPage,
  drawing,
  KIND_NAMES,
  vocabularyOf,
  type Question,
  type Vocabulary,
} from './questions.js';

/**
 * The API over a large catalogue: how soon it answers and in how much memory, each kind of question alone, and the
 * same page beside other servers. Options: `--short`; `films=<n>,…`; `seconds=<n>` of each round; `peers=apollo,…`;
 * `parts=questions,swaps`.
 */
const words = process.argv.slice(2);
const option = (name: string): string | undefined =>
  words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
const short = words.includes('--short');
const sizes = (option('films') ?? (short ? '20000' : '430000,1100000')).split(',').map(Number);
const seconds = Number(option('seconds') ?? (short ? 1 : 5));
const peers = (option('peers') ?? 'http,mercurius,apollo,stock-apollo,yoga,postgraphile').split(',');
const parts = (option('parts') ?? 'questions,swaps').split(',');
/** Of the compared page. */
const ROUNDS = short ? 1 : 3;
const NAMES: Readonly<Record<string, string>> = {
  http: 'bare Node HTTP, one fixed body',
  mercurius: 'Mercurius with JIT',
  apollo: 'Apollo Server on Fastify, resolvers called as Marquee calls them',
  'stock-apollo': 'stock Apollo Server on Fastify: type-graphql calls the resolvers',
  yoga: 'GraphQL Yoga',
};

console.log('## GraphQL\n');
console.log(
  'One process each, arguments drawn anew for every request, the load generator (autocannon) on the same machine. CPU is of the server’s processes, per request. Wanted at 1,100,000: ready within 5 s and 1,200 MB; p99 under 25 ms at 32 connections for each kind; CPU without kept answers at most 1.54 times Mercurius’s and half of stock Apollo’s, with them less than Mercurius’s.\n',
);
for (const films of sizes) await measureSize(films);

async function measureSize(films: number): Promise<void> {
  const folder = snapshotFolder(films);
  const manifest = await bigSnapshot(films);
  const script = await bundle(new URL('./marquee.ts', import.meta.url));
  await bundle(new URL('../../graphql/data/load.thread.ts', import.meta.url), 'graphql/load.thread.js');
  const peer = await bundle(new URL('./peer.ts', import.meta.url));
  if (parts.includes('swaps')) await measureSwapsOf(films, script, manifest);
  if (!parts.includes('questions')) return;
  const start = async (keep: boolean): Promise<Server> =>
    await startServer(script, [folder, `synthetic:${films}`, String(keep)]);

  console.log(`### ${films.toLocaleString('en-US')} films\n`);
  const server = await start(false);
  const vocabulary = await vocabularyOf(server.url);
  const opened = useOf(server.pid)?.peakMB ?? NaN;
  const each = async (of: Server, as: string): Promise<Loaded[]> => {
    const all = KIND_NAMES.map((kind) => ({
      kind,
      draw: drawing(kind, vocabulary),
      measured: [] as Loaded[],
    }));
    for (let n = 1; n <= ROUNDS; n++)
      for (const { kind, draw, measured } of all) {
        process.stderr.write(`${films} films: ${kind}${as}, round ${n}\n`);
        measured.push(await load(of, draw, { connections: 32, seconds }));
      }
    return all.map(({ measured }) => medianOf(measured));
  };
  const alone = await each(server, '');
  const loaded = useOf(server.pid)?.peakMB ?? NaN;
  const keeping = await start(true);
  const kept = await each(keeping, ', answers kept');
  const loadedKeeping = useOf(keeping.pid)?.peakMB ?? NaN;
  console.log(
    `Ready ${round(server.ready, 1)} s after the start of the process; peak memory ${round(opened, 0)} MB then, ${round(loaded, 0)} MB after all questions, ${round(loadedKeeping, 0)} MB where answers are kept.\n`,
  );
  console.log(
    `Each kind alone, 32 connections: with no answer kept, and as the API is served, where what is drawn twice is answered from memory. Rounds of all kinds, in turn: ${ROUNDS}; medians:\n`,
  );
  console.log(
    `${table(
      [
        '',
        'requests/s',
        'p50 ms',
        'p99 ms',
        'CPU ms',
        'kept: requests/s',
        'p50 ms',
        'p99 ms',
        'CPU ms',
        'wrong',
      ],
      KIND_NAMES.map((kind, at) => {
        const [one, other] = [alone[at]!, kept[at]!];
        return [kind, ...cells(one), ...cells(other), one.wrong + other.wrong];
      }),
    )}\n`,
  );

  const wanted = await answers(server.url, vocabulary);
  await server.stop();
  await keeping.stop();

  const draw = (): (() => Question) => comparedPage(vocabulary);
  const sides: Side[] = [];
  try {
    sides.push({ name: 'Marquee', at: await start(false), draw: draw() });
    // From a hundred questions each comes again and again, as a popular page does.
    sides.push({ name: 'Marquee, answers kept', at: await start(true), draw: repeated(draw(), 100) });
    for (const name of peers.filter((name) => name !== 'postgraphile')) {
      const at = await startServer(peer, [name, folder, `synthetic:${films}`], {
        BENCH_BODY: wanted[0] as string,
      });
      sides.push({ name: NAMES[name] ?? name, at, draw: draw() });
      if (name !== 'http') compare(name, wanted, await answers(at.url, vocabulary));
    }
    console.log(
      `One page of 20 films by genre, years and votes, sorted by popularity, with the total; six fields each. Every server begins anew, and before is asked at most some three dozen questions, to compare the answers. Rounds, in turn: ${ROUNDS}; medians:\n`,
    );
    const rows = await inTurn(films, sides, ROUNDS);
    if (peers.includes('postgraphile')) rows.push(...(await postgraphileRows(folder, films, vocabulary)));
    console.log(`${table(['', 'connections', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms', 'wrong'], rows)}\n`);
  } finally {
    for (const { at } of sides) await at.stop();
  }
}

/** A server and what it is asked. */
interface Side {
  readonly name: string;
  readonly at: Pick<Server, 'url' | 'stop'> & { readonly pid: number | readonly number[] };
  readonly draw: () => Question;
}

/** A row for each side and number of connections. In turn, as the machine is now faster, now slower. */
async function inTurn(films: number, sides: readonly Side[], rounds: number): Promise<(string | number)[][]> {
  const all = sides.flatMap((side) =>
    [16, 32].map((connections) => ({ ...side, connections, measured: [] as Loaded[] })),
  );
  for (let n = 1; n <= rounds; n++)
    for (const { name, at, draw, connections, measured } of all) {
      process.stderr.write(`${films} films: ${name}, ${connections} connections, round ${n}\n`);
      measured.push(await load(at, draw, { connections, seconds }));
    }
  return all.map(({ name, connections, measured }) => {
    const found = medianOf(measured);
    return [name, connections, ...cells(found), found.wrong];
  });
}

/** Of several rounds; what was wrong is added up. */
function medianOf(rounds: readonly Loaded[]): Loaded {
  const of = (name: keyof Loaded): number => median(rounds.map((one) => one[name]));
  return {
    perSecond: of('perSecond'),
    p50: of('p50'),
    p99: of('p99'),
    most: of('most'),
    cpu: of('cpu'),
    requests: of('requests'),
    wrong: rounds.reduce((sum, { wrong }) => sum + wrong, 0),
  };
}

async function measureSwapsOf(films: number, script: string, manifest: SnapshotManifest): Promise<void> {
  process.stderr.write(`${films} films: swaps\n`);
  console.log(`### Swaps of ${films.toLocaleString('en-US')} films under load\n`);
  const options = { swaps: short ? 2 : 5, seconds: short ? 2 : 2 * seconds, keep: false };
  console.log(await measureSwaps(script, snapshotFolder(films), manifest, options));
}

/** One round: a database that takes seconds for a page is slower by more than the machine varies. */
async function postgraphileRows(
  folder: string,
  films: number,
  vocabulary: Vocabulary,
): Promise<(string | number)[][]> {
  process.stderr.write(`${films} films: filling PostgreSQL\n`);
  const peer = await startPostgraphile(`${folder}/artefacts/synthetic/${films}/films.parquet`);
  try {
    const version = `PostGraphile on PostgreSQL ${peer.version}`;
    const sides = [true, false].map((total) => ({
      name: total ? version : `${version}, without the total`,
      at: peer,
      draw: peer.page(comparedPage(vocabulary), total),
    }));
    for (const { draw } of sides) {
      const { movies } = await ask<{ movies: { nodes: { id: number }[] } }>(peer.url, draw());
      if (movies.nodes.length === 0) throw new Error('PostGraphile finds no films');
    }
    return await inTurn(films, sides, 1);
  } finally {
    await peer.stop();
  }
}

function cells({ perSecond, p50, p99, cpu }: Loaded): number[] {
  return [round(perSecond, 0), round(p50, 1), round(p99, 1), round(cpu, 3)];
}

/** Answers to the same questions, one of each kind and some pages. */
async function answers(url: string, vocabulary: Vocabulary): Promise<string[]> {
  const draws = [comparedPage(vocabulary, 2), ...KIND_NAMES.map((kind) => drawing(kind, vocabulary, 2))];
  const texts: string[] = [];
  for (const draw of draws) for (let i = 0; i < 3; i++) texts.push(JSON.stringify(await ask(url, draw())));
  return texts;
}

function compare(name: string, wanted: readonly string[], got: readonly string[]): void {
  const at = wanted.findIndex((text, i) => text !== got[i]);
  if (at >= 0)
    throw new Error(`${name} answers otherwise: ${got[at]?.slice(0, 300)}, not ${wanted[at]?.slice(0, 300)}`);
}

function repeated(draw: () => Question, different: number): () => Question {
  const questions = Array.from({ length: different }, draw);
  let at = 0;
  return () => questions[at++ % different] as Question;
}
