import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pl from 'nodejs-polars';
import { z } from 'zod';
import { OLDEST } from '../../dataset/crawls.js';
import { writeParquet } from '../../dataset/tables.js';
import { addDays } from '../../tmdb/changes.js';
import { gunzipped, readExport, readListing, selectFilms, type ListedFilm } from '../../tmdb/export.js';
import { locationOf, type BlockList } from '../blockList.js';
import type { Task } from '../task.js';

const params = z.strictObject({
  /** URL of an export, or path of a user's own list. */
  source: z.string(),
  own: z.boolean(),
  /** Who answers: `tmdb`, or what the local server says it is. */
  label: z.string(),
  /** State of the catalogue: blocks are keyed by it. */
  state: z.string(),
  exportDay: z.string().nullable(),
  /** The last day whose changes this crawl will hold; null where the source has no days. */
  crawlDay: z.string().nullable(),
  /** sha256 of the user's own list. */
  list: z.string().nullable(),
  limit: z.number().nullable(),
  /** The crawl to build on: its artefact's key, local paths of its lists, and what has changed since. */
  base: z
    .strictObject({
      documents: z.string(),
      /** Null: the source does not tell. What is new or gone is known from the exports alone. */
      changed: z.array(z.number()).nullable(),
      blocks: z.string(),
      missing: z.string(),
    })
    .nullable(),
});

/** What an earlier crawl holds that this one takes over. */
export interface Kept {
  readonly blocks: BlockList['blocks'];
  /** Films that did not exist then and have not changed since. */
  readonly missing: readonly { readonly id: number; readonly status: number | null }[];
}

/**
 * The id file (id and the export's popularity, by id), and which of these films must be fetched: all of them, or,
 * on top of an earlier crawl, those that are new, have changed, or have grown old.
 */
export const task: Task<z.output<typeof params>> = {
  params,
  async compute({ params: given, out }) {
    const { source, own, label, state, exportDay, crawlDay, list, limit, base } = given;
    const { films, badLines, duplicates } = own ? await readOwnList(source) : await readExport(source);
    const chosen = selectFilms(films, limit);
    const frame = pl.DataFrame([
      pl.Series(
        'id',
        Int32Array.from(chosen, ({ id }) => id),
        pl.Int32,
      ),
      pl.Series(
        'popularity',
        chosen.map(({ popularity }) => popularity),
        pl.Float64,
      ),
    ]);
    writeParquet(frame, join(out, 'ids.parquet'));
    const { wanted, kept } = await buildOn(chosen, base, crawlDay);
    writeParquet(
      pl.DataFrame([pl.Series('id', Int32Array.from(wanted), pl.Int32)]),
      join(out, 'wanted.parquet'),
    );
    await writeFile(join(out, 'kept.json'), JSON.stringify(kept));
    const count = (n: number): string => n.toLocaleString('en-US');
    const notes = [
      ...(badLines > 0 ? [`${count(badLines)} bad lines left out`] : []),
      ...(duplicates > 0 ? [`${count(duplicates)} repeated ids left out`] : []),
      ...(limit !== null && chosen.length < films.length ? [`of ${count(films.length)}`] : []),
      ...(base === null ? [] : [`${count(wanted.length)} of them new or changed`]),
      ...(base?.changed === null ? ['changes since the last crawl are not told by the source'] : []),
    ];
    return {
      tables: [
        { table: 'wanted', file: 'wanted.parquet', rows: wanted.length, content: false, feeds: true },
        { table: 'ids', file: 'ids.parquet', rows: chosen.length, content: false, feeds: true },
        { table: 'kept', file: 'kept.json', rows: kept.blocks.length, content: false, feeds: true },
      ],
      facts: {
        catalogue: label,
        synthetic: label.startsWith('synthetic'),
        state,
        exportDay,
        crawlDay,
        list,
        base: base?.documents ?? null,
        listed: chosen.length,
        badLines,
        duplicates,
      },
      summary: [`${count(chosen.length)} films`, ...notes].join(', '),
    };
  },
};

async function buildOn(
  chosen: readonly ListedFilm[],
  base: z.output<typeof params>['base'],
  crawlDay: string | null,
): Promise<{ readonly wanted: readonly number[]; readonly kept: Kept }> {
  if (base === null || crawlDay === null)
    return { wanted: chosen.map(({ id }) => id), kept: { blocks: [], missing: [] } };
  const { blocks } = JSON.parse(await readFile(base.blocks, 'utf8')) as BlockList;
  const missing = JSON.parse(await readFile(base.missing, 'utf8')) as Kept['missing'];
  const changed = new Set(base.changed ?? []);
  const known = new Set<number>();
  const root = locationOf(base.blocks);
  for (const { path, day } of blocks) {
    const old = day === null || addDays(day, OLDEST) < crawlDay;
    const ids = await pl.scanParquet(join(root, path)).select('id').collect();
    // A film stands in a later block again when it was fetched again: the later block decides.
    for (const id of ids.getColumn('id').toArray() as number[]) {
      if (old) known.delete(id);
      else known.add(id);
    }
  }
  // What failed for another reason is asked for again.
  const gone = new Set(missing.filter(({ status }) => status === 404).map(({ id }) => id));
  const listed = new Set(chosen.map(({ id }) => id));
  const isWanted = (id: number): boolean => changed.has(id) || !(known.has(id) || gone.has(id));
  return {
    wanted: chosen.map(({ id }) => id).filter(isWanted),
    kept: {
      blocks,
      missing: missing.filter(({ id }) => gone.has(id) && !known.has(id) && listed.has(id) && !isWanted(id)),
    },
  };
}

async function readOwnList(path: string): ReturnType<typeof readListing> {
  const file = createReadStream(path);
  return await readListing(path.endsWith('.gz') ? gunzipped(file) : file, 'The id list');
}
