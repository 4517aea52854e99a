import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { publishSnapshot, type SnapshotManifest } from '../../dataset/snapshots.js';
import { openStore } from '../../dataset/store.js';
import { vacuum } from '../../dataset/vacuum.js';
import { BENCH_FOLDER, bundle } from '../bundle.js';
import { useOf } from '../processes.js';
import { bigSnapshot, snapshotFolder } from './bigSnapshot.js';
import { startServer } from './load.js';
import { drawing, KIND_NAMES, vocabularyOf, type Question } from './questions.js';

/**
 * `npm run soak [-- minutes=10 films=30000]`: clients ask every kind of question but for predictions while snapshots are published and
 * old ones vacuumed. Every answer must be whole, of one snapshot, and the server's memory must not grow. Ends with
 * code 1 where one of these fails.
 */
const option = (name: string, byDefault: number): number =>
  Number(process.argv.find((word) => word.startsWith(`${name}=`))?.split('=')[1] ?? byDefault);
const minutes = option('minutes', 10);
const films = option('films', 30_000);
const CLIENTS = 16;
const PUBLISH_EVERY = 8000;
const CATALOGUE = 'synthetic:soak';
const folder = `${BENCH_FOLDER}soak`;

rmSync(folder, { recursive: true, force: true });
mkdirSync(`${folder}/artefacts/synthetic`, { recursive: true });
const contents: SnapshotManifest[] = [];
for (const more of [0, 500, 1000]) {
  const size = films + more;
  const manifest = await bigSnapshot(size, false);
  cpSync(`${snapshotFolder(size)}/artefacts/synthetic`, `${folder}/artefacts/synthetic`, {
    recursive: true,
  });
  contents.push(manifest);
}
const store = await openStore(folder);
let published = 0;
const publish = async (): Promise<void> => {
  const { id: _id, number: _number, sha256: _sha, ...rest } = contents[published++ % contents.length]!;
  await publishSnapshot(store, { ...rest, catalogue: CATALOGUE, createdAt: new Date().toISOString() });
};
await publish();

const script = await bundle(new URL('./marquee.ts', import.meta.url));
await bundle(new URL('../../graphql/data/load.thread.ts', import.meta.url), 'graphql/load.thread.js');
const server = await startServer(script, [folder, CATALOGUE, 'true']);
const vocabulary = await vocabularyOf(server.url);

/** Asks two things of a snapshot that agree in it alone: how many films its record and its list say. */
const WHOLE =
  'snapshot { id movieCount } all: movies(first: 1) { totalCount nodes { id } pageInfo { endCursor } }';
const until = Date.now() + minutes * 60_000;
const latencies: number[] = [];
const failures: string[] = [];
const seen = new Set<string>();
let followed = 0;
let gone = 0;

interface Answer {
  readonly data?: {
    readonly snapshot: { readonly id: string; readonly movieCount: number };
    readonly all: { readonly totalCount: number; readonly pageInfo: { readonly endCursor: string } };
  };
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

async function post(question: Question): Promise<Answer> {
  const started = performance.now();
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(question),
  });
  const answer = (await response.json()) as Answer;
  latencies.push(performance.now() - started);
  if (response.status !== 200)
    throw new Error(`status ${response.status}: ${JSON.stringify(answer).slice(0, 200)}`);
  return answer;
}

async function client(seed: number): Promise<void> {
  const draw = drawing(
    KIND_NAMES.filter((kind) => !kind.startsWith('predictRating')),
    vocabulary,
    seed,
  );
  let cursor: string | undefined;
  while (Date.now() < until) {
    try {
      const { query, variables } = draw();
      const { data, errors } = await post({ query: query.replace(/\}\s*$/, `${WHOLE} }`), variables });
      if (errors !== undefined || data === undefined) throw new Error(JSON.stringify(errors).slice(0, 300));
      seen.add(data.snapshot.id);
      if (data.snapshot.movieCount !== data.all.totalCount)
        throw new Error(
          `${data.snapshot.id} has ${data.snapshot.movieCount} films, its list ${data.all.totalCount}`,
        );
      // A cursor goes on in its own snapshot, or says that it was vacuumed.
      if (cursor !== undefined) {
        const next = await post({
          query: `query ($after: String) { all: movies(first: 1, after: $after) { totalCount } }`,
          variables: { after: cursor },
        });
        followed++;
        if (next.errors?.[0]?.extensions.code === 'SNAPSHOT_GONE') gone++;
        else if (next.errors !== undefined) throw new Error(JSON.stringify(next.errors).slice(0, 300));
      }
      if (cursor === undefined || Math.random() < 0.02) cursor = data.all.pageInfo.endCursor;
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
}

const memory: number[] = [];
async function watch(): Promise<void> {
  while (Date.now() < until) {
    await delay(PUBLISH_EVERY);
    await publish();
    if (published % 3 === 0) await vacuum(store, 4, 3_600_000);
    memory.push(useOf(server.pid)?.residentMB ?? NaN);
    process.stderr.write(
      `${published} published, ${latencies.length} answers, ${failures.length} failures, ${Math.round(memory.at(-1)!)} MB\n`,
    );
  }
}

await Promise.all([watch(), ...Array.from({ length: CLIENTS }, (_, seed) => client(seed))]);
await server.stop();

const mean = (of: readonly number[]): number => of.reduce((sum, one) => sum + one, 0) / of.length;
const third = Math.floor(memory.length / 3);
const [before, after] = [mean(memory.slice(third, 2 * third)), mean(memory.slice(2 * third))];
const sorted = Float64Array.from(latencies).sort();
console.log(
  `${minutes} minutes, ${films.toLocaleString('en-US')} films and more: ${latencies.length.toLocaleString('en-US')} answers by ${CLIENTS} clients, ${published} snapshots published, ${seen.size} of them seen, ${followed} cursors followed, ${gone} of them into vacuumed ones; ${failures.length} failures; p50 ${sorted[Math.floor(sorted.length / 2)]?.toFixed(1)} ms, p99 ${sorted[Math.floor(sorted.length * 0.99)]?.toFixed(1)} ms, longest ${sorted.at(-1)?.toFixed(0)} ms; memory ${Math.round(before)} MB in the second third, ${Math.round(after)} MB in the last.`,
);
for (const failure of new Set(failures.slice(0, 20))) console.log(`failed: ${failure}`);
if (failures.length > 0 || after > before * 1.1) process.exitCode = 1;
