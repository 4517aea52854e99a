import { linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pl from 'nodejs-polars';
import { z } from 'zod';
import { cleanInPieces, LOOKED_AT, rangeOf, type Crawl, type Range } from '../../dataset/clean.js';
import { BLOCK_COLUMNS } from '../../dataset/films.js';
import { frameOf, writeParquet, writePieces } from '../../dataset/tables.js';
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
    const { crawl, votesAsOf } = await newestRows(
      locationOf(blocksFile),
      blocks,
      listed.tables.ids as string,
      join(out, 'blocks'),
    );
    const { exportDay } = documents.facts;
    const clean = await cleanInPieces(
      crawl,
      pl.scanParquet(listed.tables.ids as string),
      typeof exportDay === 'string' ? exportDay : null,
    );
    const deadLetters = frameOf({ id: pl.Int32, status: pl.Int32 }, missing).sort('id');
    const films = await writePieces(watched(clean.films, progress, clean.rows), join(out, 'films.parquet'));
    writeParquet(clean.quarantine, join(out, 'quarantine.parquet'));
    writeParquet(deadLetters, join(out, 'deadLetters.parquet'));
    await writeFile(join(out, 'cleaning.json'), JSON.stringify(clean.counts));
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
        ...prefixed('cleaned', clean.counts),
        ...prefixed('known', clean.known),
      },
      summary: `${count(films)} films of ${clean.fromYear ?? '?'}–${clean.toYear ?? '?'}, ${count(quarantined)} quarantined`,
    };
  },
};

// One expression for several columns: nodejs-polars takes a millisecond for each expression, not for each column.
const LOOKED = pl.cols([...LOOKED_AT]);

/**
 * Each listed film as it was fetched last: of an earlier layer only what no later one has. `votesAsOf`: the day of the
 * oldest layer that still tells of a film. `links`: a folder to be made, for links to blocks that are read together.
 */
async function newestRows(
  root: string,
  blocks: BlockList['blocks'],
  ids: string,
  links: string,
): Promise<{ readonly crawl: Crawl; readonly votesAsOf: string | null }> {
  const nothing = (): pl.LazyDataFrame => frameOf(BLOCK_COLUMNS, []).lazy();
  if (blocks.length === 0) {
    const looked = await nothing().select(LOOKED).collect();
    return { crawl: { looked, within: nothing }, votesAsOf: null };
  }
  const layers = [...new Set(blocks.map(({ layer }) => layer))].sort((a, b) => b - a);
  const dayOf = (layer: number): string | null => blocks.find((one) => one.layer === layer)?.day ?? null;
  // One scan of a folder of links: nodejs-polars takes one path or a pattern, and a query over as many scans as there are
  // blocks reads them half as fast.
  const pathOf = (at: number): string => join(root, blocks[at]!.path);
  let folders = 0;
  const together = (which: readonly number[]): pl.LazyDataFrame => {
    const folder = join(links, String(folders++));
    mkdirSync(folder, { recursive: true });
    for (const [n, at] of which.entries())
      nameAlso(pathOf(at), join(folder, `${String(n).padStart(8, '0')}.parquet`));
    return pl.scanParquet(join(folder, '*.parquet'));
  };
  const rows = await together([...blocks.keys()])
    .select(LOOKED)
    .collect();
  const spans = spansOf(rows.getColumn('id').toTypedArray() as Int32Array, blocks);
  const scan = (layer: number, { first, last, holds }: Range): pl.LazyDataFrame => {
    const own: pl.LazyDataFrame[] = [];
    let whole: number[] = [];
    const read = (): void => {
      if (whole.length > 0) own.push(together(whole));
      whole = [];
    };
    for (const [at, { first: from, last: to }] of spans.entries()) {
      if (blocks[at]!.layer !== layer || from > last || to < first) continue;
      if (from >= first && to <= last) whole.push(at);
      else {
        read();
        own.push(pl.scanParquet(pathOf(at)).filter(holds));
      }
    }
    read();
    return own.length === 0 ? nothing() : pl.concat(own);
  };
  if (layers.length === 1) {
    const only = layers[0] as number;
    const within = (range: Range): pl.LazyDataFrame => scan(only, range);
    return { crawl: { looked: rows, within }, votesAsOf: dayOf(only) };
  }
  const id = pl.col('id');
  const parts = (range: Range): pl.LazyDataFrame[] => {
    const listed = pl.scanParquet(ids).select(id).filter(range.holds);
    let later: pl.LazyDataFrame | null = null;
    return layers.map((layer) => {
      const own: pl.LazyDataFrame = scan(layer, range).join(listed, { on: 'id', how: 'semi' });
      const newest: pl.LazyDataFrame = later === null ? own : own.join(later, { on: 'id', how: 'anti' });
      const seen = scan(layer, range).select(id);
      later = later === null ? seen : pl.concat([later, seen]);
      return newest;
    });
  };
  const all = rangeOf(0, Infinity);
  let votesAsOf: string | null = null;
  for (const [at, part] of parts(all).entries())
    if ((await part.select(id).head(1).collect()).height > 0) votesAsOf = dayOf(layers[at] as number);
  const within = (range: Range): pl.LazyDataFrame => pl.concat(parts(range));
  const looked = await within(all).select(LOOKED).collect();
  return { crawl: { looked, within }, votesAsOf };
}

/** Gives a file a second name: a hard link, made in 12 µs where a symbolic one takes 300; across file systems that one. */
function nameAlso(file: string, name: string): void {
  try {
    linkSync(file, name);
  } catch {
    symlinkSync(file, name);
  }
}

/** The first and last id of each block. `ids`: of all blocks, one after another, each in its order. */
function spansOf(
  ids: Int32Array,
  blocks: BlockList['blocks'],
): { readonly first: number; readonly last: number }[] {
  let from = 0;
  return blocks.map(({ rows }) => {
    const own = ids.subarray(from, (from += rows));
    return { first: own[0] ?? Infinity, last: own[own.length - 1] ?? -Infinity };
  });
}

/** Passes pieces of the film table on, saying how far they are. */
async function* watched(
  pieces: AsyncIterable<pl.DataFrame>,
  progress: (done: number, total: number) => void,
  total: number,
): AsyncIterable<pl.DataFrame> {
  let done = 0;
  for await (const piece of pieces) {
    yield piece;
    done += piece.height;
    progress(done, total);
  }
}

function prefixed(prefix: string, counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([name, n]) => [`${prefix}.${name}`, n]));
}

function need(inputs: TaskContext<unknown>['inputs'], name: string) {
  const input = inputs[name];
  if (input === undefined) throw new Error(`cleanFilms needs the task ${name} in its \`after\`.`);
  return input;
}
