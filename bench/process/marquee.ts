import { mkdir } from 'node:fs/promises';
import pl from 'nodejs-polars';
import { readParquet } from '../../dataset/tables.js';
import { task as cleanFilms } from '../../activities/tasks/cleanFilms.js';
import { task as genreTrends } from '../../activities/tasks/genreTrends.js';
import { task as rankPeople } from '../../activities/tasks/rankPeople.js';
import { task as rankRoi } from '../../activities/tasks/rankRoi.js';
import type { Facts } from '../../dataset/artefacts.js';
import type { InputArtefact, Task } from '../../activities/task.js';

/** The program's own tasks from the blocks to trends, rankings and ROI. Arguments: data folder, output folder. */
const [data, out] = process.argv.slice(2) as [string, string];

const documents = `${data}/artefacts/documents/bench`;
const inputs: Record<string, InputArtefact> = {
  ids: { tables: { ids: `${data}/ids.parquet` }, facts: { catalogue: 'bench', synthetic: true } },
  documents: {
    tables: { blocks: `${documents}/blocks.json`, missing: `${documents}/missing.json` },
    facts: { exportDay: null },
  },
};

async function compute(name: string, task: Task<unknown>): Promise<Facts> {
  const started = performance.now();
  const folder = `${out}/${name}`;
  await mkdir(folder, { recursive: true });
  const { tables, facts = {} } = await task.compute({
    params: {},
    inputs,
    out: folder,
    seed: 1,
    run: { catalogue: 'bench', limit: null, day: '2026-01-01', profile: 'quick' },
    progress: () => undefined,
  });
  inputs[name] = {
    tables: Object.fromEntries(tables.map(({ table, file }) => [table, `${folder}/${file}`])),
    facts,
  };
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  const peak = (process.resourceUsage().maxRSS / 1e3).toFixed(0);
  process.stderr.write(`${name}: ${seconds} s, peak so far ${peak} MB\n`);
  return facts;
}

await compute('films', cleanFilms as Task<unknown>);
// As the pipeline does: what needs the films alone runs side by side.
await Promise.all([
  compute('people', rankPeople as Task<unknown>),
  compute('trends', genreTrends as Task<unknown>),
  compute('roi', rankRoi as Task<unknown>),
]);

const trends = await readParquet(inputs.trends?.tables.trends as string);
const people = await readParquet(inputs.people?.tables.people as string);
const roi = await readParquet(inputs.roi?.tables.roi as string);
const genres = new Map<string, number>();
for (const { genre, movieCount } of trends.select('genre', 'movieCount').toRecords())
  genres.set(genre as string, (genres.get(genre as string) ?? 0) + (movieCount as number));
const actors = people.filter(pl.col('role').eq(pl.lit('ACTOR')).and(pl.col('year').isNull())).head(10);
console.log(
  JSON.stringify({
    genres: [...genres],
    trend: trends
      .filter(pl.col('genre').eq(pl.lit('Drama')))
      .select('year', 'movieCount', 'popularity', 'index')
      .rows(),
    people: actors.select('personId', 'movieCount').rows(),
    roi: roi.head(10).select('filmId', 'roi').rows(),
  }),
);
