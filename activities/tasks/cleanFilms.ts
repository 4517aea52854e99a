import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pl from 'nodejs-polars';
import { z } from 'zod';
import { planCleaning } from '../../dataset/clean.js';
import { layersOf, lookAt, LOOKED_AT, readLayers, type CrawlFiles } from '../../dataset/crawl.js';
import { writeFilms } from '../../dataset/filmPieces.js';
import { frameOf, writeParquet } from '../../dataset/tables.js';
import { locationOf, type BlockList } from '../blockList.js';
import type { Task, TaskContext } from '../task.js';

const params = z.strictObject({});

/** All blocks of the crawl, cleaned, as the film table; who is not in it, and why. */
export const task: Task<z.output<typeof params>> = {
  params,
  async compute({ inputs, out, progress }) {
    const listed = need(inputs, 'ids');
    const documents = need(inputs, 'documents');
    const blocksFile = documents.tables.blocks as string;
    const { blocks } = JSON.parse(await readFile(blocksFile, 'utf8')) as BlockList;
    const missing = JSON.parse(await readFile(documents.tables.missing as string, 'utf8')) as {
      id: number;
      status: number | null;
    }[];
    const root = locationOf(blocksFile);
    const ids = listed.tables.ids as string;
    const { looked, spans } = await lookAt(root, blocks);
    const crawl: CrawlFiles = { root, blocks, spans, ids };
    const layers = readLayers(crawl)(0, Infinity);
    const votesAsOf = await oldestDay(blocks, layers);
    // With one layer, all that was looked at stands.
    const newest =
      layers.length === 1
        ? looked
        : await pl
            .concat(layers)
            .select(...LOOKED_AT)
            .collect();
    const { exportDay } = documents.facts;
    const clean = await planCleaning(newest, typeof exportDay === 'string' ? exportDay : null);
    const { asOf, pieces } = clean;
    let done = 0;
    const path = join(out, 'films.parquet');
    const counts = await writeFilms({ crawl, asOf, pieces, path }, (rows) =>
      progress((done += rows), clean.rows),
    );
    const films = counts.rows;
    const deadLetters = frameOf({ id: pl.Int32, status: pl.Int32 }, missing).sort('id');
    writeParquet(clean.quarantine, join(out, 'quarantine.parquet'));
    writeParquet(deadLetters, join(out, 'deadLetters.parquet'));
    await writeFile(join(out, 'cleaning.json'), JSON.stringify(counts.cleaned));
    const quarantined = clean.quarantine.height;
    const count = (n: number): string => n.toLocaleString('en-US');
    return {
      tables: [
        { table: 'films', file: 'films.parquet', rows: films, content: true },
        { table: 'quarantine', file: 'quarantine.parquet', rows: quarantined, content: true },
        { table: 'deadLetters', file: 'deadLetters.parquet', rows: deadLetters.height, content: true },
        { table: 'cleaning', file: 'cleaning.json', rows: 1, content: false },
      ],
      facts: {
        votesAsOf,
        catalogue: listed.facts.catalogue ?? null,
        synthetic: listed.facts.synthetic ?? false,
        asOf: clean.asOf,
        dataYear: clean.dataYear,
        fromYear: clean.fromYear,
        toYear: clean.toYear,
        films,
        quarantined,
        ...prefixed('cleaned', counts.cleaned),
        ...prefixed('known', counts.known),
      },
      summary: `${count(films)} films of ${clean.fromYear ?? '?'}–${clean.toYear ?? '?'}, ${count(quarantined)} quarantined`,
    };
  },
};

/** The day of the oldest layer that still tells of a film; null where nobody knows. */
async function oldestDay(
  blocks: BlockList['blocks'],
  layers: readonly pl.LazyDataFrame[],
): Promise<string | null> {
  const numbers = layersOf(blocks);
  for (const at of [...layers.keys()].reverse()) {
    const tells = layers.length === 1 || (await layers[at]!.select('id').head(1).collect()).height > 0;
    if (tells) return blocks.find(({ layer }) => layer === numbers[at])?.day ?? null;
  }
  return null;
}

function prefixed(prefix: string, counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([name, n]) => [`${prefix}.${name}`, n]));
}

function need(inputs: TaskContext<unknown>['inputs'], name: string) {
  const input = inputs[name];
  if (input === undefined) throw new Error(`cleanFilms needs the task ${name} in its \`after\`.`);
  return input;
}
