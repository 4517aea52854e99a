import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pl from 'nodejs-polars';
import { sha256OfFile } from '../../dataset/artefacts.js';
import { cleanFilms } from '../../dataset/clean.js';
import { readDocument, type BlockRow } from '../../dataset/document.js';
import { BLOCK_COLUMNS } from '../../dataset/films.js';
import { rankPeople } from '../../dataset/people.js';
import { rankRoi } from '../../dataset/roi.js';
import { newestSnapshot, publishSnapshot, type SnapshotManifest } from '../../dataset/snapshots.js';
import { VERSION } from '../../dataset/serving/prepared.js';
import { openStore } from '../../dataset/store.js';
import { frameOf, writeParquet } from '../../dataset/tables.js';
import { genreTrends } from '../../dataset/trends.js';
import { readFilmSample } from '../../activities/filmSample.js';
import type { TaskOutput } from '../../activities/task.js';
import { FORECAST_COLUMNS } from '../../activities/tasks/forecastGenres.js';
import { task as prepareServing } from '../../activities/tasks/prepareServing.js';
import { writeFilmTraining } from '../../activities/modelFiles.js';
import { task as rating } from '../../activities/tasks/trainRating.js';
import { historyOf, type FilmSample } from '../../models/films/knowledge.js';
import { formatOf } from '../../models/films/model.js';
import { trainRating } from '../../models/rating.js';
import { syntheticDocuments } from '../../tmdb/catalogues/synthetic.js';
import { BENCH_FOLDER } from '../bundle.js';

const FILMS_A_BLOCK = 20_000;
const HORIZON = [1, 2, 3];

type Tables = readonly SnapshotManifest['tables'][number][];

/** Where a snapshot of so many films lies: what another version of the program made is not found there. */
export function snapshotFolder(films: number): string {
  const versions = `serving ${VERSION}, ${formatOf('rating')}`.replace(/[^a-z0-9]+/g, '-');
  return `${BENCH_FOLDER}snapshots/${films}-${versions}`;
}

/**
 * The newest snapshot of `synthetic:<films>` in its folder, made where there is none: the same tables as the pipeline
 * writes, without its runs. Its forecast repeats the last index. Its rating model is a boosting, which the pipeline
 * chooses at 1,100,000 films: its trees learnt from the first films alone, which makes them no worse to serve, and its
 * history, which is what takes memory, is that of all films.
 */
export async function bigSnapshot(films: number, model = true): Promise<SnapshotManifest> {
  const folder = snapshotFolder(films);
  mkdirSync(folder, { recursive: true });
  const store = await openStore(folder);
  const catalogue = `synthetic:${films}`;
  const known = await newestSnapshot(store, catalogue);
  if (known?.tables.some(({ table }) => table === 'serving') === true) return known;

  const parts = `artefacts/synthetic/${films}`;
  mkdirSync(join(folder, parts), { recursive: true });
  const base = known ?? (await makeTables(folder, parts, films));
  const served = await prepare(folder, parts, base, model);
  const { asOf, dataYear, fromYear, toYear, movieCount, quarantined, tables } = base;
  const { snapshot } = await publishSnapshot(store, {
    ...EMPTY,
    ...{ catalogue, asOf, dataYear, fromYear, toYear, movieCount, quarantined },
    tables: [...tables, ...served],
  });
  return snapshot;
}

/** What a manifest says of a run, of which there was none. */
const EMPTY = {
  synthetic: true,
  createdAt: new Date().toISOString(),
  deadLetters: 0,
  votesAsOf: null,
  limit: null,
  run: 'benchmark',
  notes: [],
  coverage: [],
  checks: [],
};

type Base = Pick<
  SnapshotManifest,
  'asOf' | 'dataYear' | 'fromYear' | 'toYear' | 'movieCount' | 'quarantined' | 'tables'
>;

async function recordOf(folder: string, path: string, table: string, rows: number): Promise<Tables[number]> {
  const file = join(folder, path);
  const [bytes, sha256] = [statSync(file).size, await sha256OfFile(file)];
  return { table, task: table, path, rows, bytes, sha256, content: table !== 'serving' };
}

async function makeTables(folder: string, parts: string, films: number): Promise<Base> {
  const blocks = writeBlocks(join(folder, 'blocks'), films);
  const none = frameOf({ id: pl.Int32, popularity: pl.Float64 }, []).lazy();
  const clean = await cleanFilms(pl.concat(blocks.map((file) => pl.scanParquet(file))), none, null);
  rmSync(join(folder, 'blocks'), { recursive: true });

  const tables: Tables[number][] = [];
  const write = async (table: string, frame: pl.DataFrame): Promise<void> => {
    const path = `${parts}/${table}.parquet`;
    writeParquet(frame, join(folder, path));
    tables.push(await recordOf(folder, path, table, frame.height));
  };
  await write('films', clean.films);
  await write('quarantine', clean.quarantine);
  const rows = pl.scanParquet(join(folder, parts, 'films.parquet'));
  const { credits, persons, ranking } = await rankPeople(rows);
  await write('credits', credits);
  await write('persons', persons);
  await write('people', ranking);
  const trends = await genreTrends(rows).collect();
  await write('trends', trends);
  await write('roi', await rankRoi(rows).collect());
  await write('deadLetters', frameOf({ id: pl.Int32, status: pl.Int32 }, []));
  await write('genreForecast', frameOf(FORECAST_COLUMNS, naive(trends, clean.dataYear ?? 0)));
  const { asOf, dataYear, fromYear, toYear } = clean;
  const [movieCount, quarantined] = [clean.films.height, clean.quarantine.height];
  return { asOf, dataYear, fromYear, toYear, movieCount, quarantined, tables };
}

/** The tables that tasks of the pipeline make of others. */
async function prepare(
  folder: string,
  parts: string,
  { tables, dataYear }: Base,
  model: boolean,
): Promise<Tables[number][]> {
  const paths = Object.fromEntries(tables.map(({ table, path }) => [table, join(folder, path)]));
  const few = join(folder, parts, 'few.parquet');
  writeParquet(
    await pl
      .scanParquet(paths.films as string)
      .head(LEARNT_FROM)
      .collect(),
    few,
  );
  const context = { out: join(folder, parts), seed: 1, run: RUN, progress: () => undefined };
  const learn = async (): Promise<TaskOutput> => {
    const { minVotes, ...params } = rating.params.parse({});
    const sampleOf = (file: string): Promise<FilmSample> =>
      readFilmSample(file, { measures: ['voteAverage', 'voteCount'], minVotes, minRevenue: 0 });
    const learnt = trainRating(await sampleOf(few), {
      ...params,
      seed: 1,
      dataYear,
      clock: () => 0,
      tuning: null,
      progress: context.progress,
    });
    if (!learnt.model.trained) throw new Error(`no rating model: ${learnt.model.reason}`);
    const history = historyOf(await sampleOf(paths.films as string)).toJSON();
    const model = { ...learnt.model, knowledge: { ...learnt.model.knowledge, history } };
    return await writeFilmTraining(context.out, 'rating', { ...learnt, model }, new Date(0), {});
  };
  const made = [
    ...(model ? [await learn()] : []),
    await prepareServing.compute({ ...context, params: {}, inputs: { all: { tables: paths, facts: {} } } }),
  ];
  rmSync(few);
  return await Promise.all(
    made.flatMap((output) =>
      output.tables.map(({ table, file, rows }) => recordOf(folder, `${parts}/${file}`, table, rows)),
    ),
  );
}

const LEARNT_FROM = 40_000;
const RUN = { catalogue: 'synthetic', limit: null, day: '2026-01-01', profile: 'quick' };

function writeBlocks(folder: string, films: number): string[] {
  mkdirSync(folder, { recursive: true });
  const files: string[] = [];
  let rows: BlockRow[] = [];
  const flush = (): void => {
    const file = join(folder, `${files.length}.parquet`);
    writeParquet(frameOf(BLOCK_COLUMNS, rows), file);
    files.push(file);
    rows = [];
  };
  let id = 0;
  for (const body of syntheticDocuments(films)) {
    rows.push(readDocument(++id, body));
    if (rows.length === FILMS_A_BLOCK) flush();
  }
  if (rows.length > 0) flush();
  return files;
}

/** The data year's index again: what is served is the same whatever forecast it. */
function naive(trends: pl.DataFrame, dataYear: number): Record<string, unknown>[] {
  const rows = trends.filter(pl.col('year').eq(dataYear)).toRecords() as { genre: string; index: number }[];
  return rows.flatMap(({ genre, index }) =>
    HORIZON.map((ahead) => ({
      model: 'naive',
      served: true,
      genre,
      year: dataYear + ahead,
      index,
      lower: index * 0.9,
      upper: index * 1.1,
      lower95: index * 0.8,
      upper95: index * 1.2,
    })),
  );
}
