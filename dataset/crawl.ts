import { join } from 'node:path';
import pl from 'nodejs-polars';
import { BLOCK_COLUMNS } from './films.js';
import { frameOf } from './tables.js';

/** One file of a crawl. A higher layer is a later crawl: where a film stands in two, the later one is right. */
export interface CrawlBlock {
  /** Below the crawl's root. */
  readonly path: string;
  readonly rows: number;
  readonly layer: number;
}

/** First and last id of a block. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** What tells which films stay, and when they were released. */
export const LOOKED_AT = ['id', 'title', 'problem', 'releaseDate'] as const;

/** Where a crawl lies: plain data, so that threads can be told of it. */
export interface CrawlFiles {
  readonly root: string;
  readonly blocks: readonly CrawlBlock[];
  /** Of each block; found by `lookAt`. */
  readonly spans: readonly Span[];
  /** Parquet file of the listed ids. */
  readonly ids: string;
}

/** LOOKED_AT of all rows of all blocks, one block after another, and what ids each holds. */
export async function lookAt(
  root: string,
  blocks: readonly CrawlBlock[],
): Promise<{ readonly looked: pl.DataFrame; readonly spans: readonly Span[] }> {
  if (blocks.length === 0) {
    const looked = await frameOf(BLOCK_COLUMNS, [])
      .lazy()
      .select(...LOOKED_AT)
      .collect();
    return { looked, spans: [] };
  }
  const scans = blocks.map(({ path }) => pl.scanParquet(join(root, path)));
  // Two at the same time: one query over many files opens them one after another.
  const half = Math.ceil(scans.length / 2);
  const halves = [scans.slice(0, half), scans.slice(half)].filter((part) => part.length > 0);
  const looked = pl.concat(
    await Promise.all(
      halves.map((part) =>
        pl
          .concat(part)
          .select(...LOOKED_AT)
          .collect(),
      ),
    ),
  );
  return { looked, spans: spansOf(looked.getColumn('id').toTypedArray() as Int32Array, blocks) };
}

/** `ids`: of all blocks, one after another, each in its order. */
function spansOf(ids: Int32Array, blocks: readonly CrawlBlock[]): Span[] {
  let from = 0;
  return blocks.map(({ rows }) => {
    const own = ids.subarray(from, (from += rows));
    return { first: own[0] ?? Infinity, last: own[own.length - 1] ?? -Infinity };
  });
}

/** BLOCK_COLUMNS of the listed films whose id is from `first` to `last`, each as it was fetched last. */
export function readCrawl(files: CrawlFiles): (first: number, last: number) => pl.LazyDataFrame {
  const layers = readLayers(files);
  return (first, last) => pl.concat(layers(first, last));
}

/** The same by layer, the latest first: of an earlier one only what no later one has. */
export function readLayers({
  root,
  blocks,
  spans,
  ids,
}: CrawlFiles): (first: number, last: number) => pl.LazyDataFrame[] {
  const layers = layersOf(blocks);
  const scans = blocks.map(({ path }) => pl.scanParquet(join(root, path)));
  const nothing = frameOf(BLOCK_COLUMNS, []).lazy();
  const scan = (layer: number, first: number, last: number): pl.LazyDataFrame => {
    const own = blocks.flatMap(({ layer: of }, at) => {
      const span = spans[at]!;
      if (of !== layer || span.first > last || span.last < first) return [];
      const whole = span.first >= first && span.last <= last;
      return [whole ? scans[at]! : scans[at]!.filter(within(first, last))];
    });
    return own.length === 0 ? nothing : pl.concat(own);
  };
  if (layers.length <= 1) return (first, last) => [scan(layers[0] ?? 0, first, last)];
  return (first, last) => {
    const listed = pl.scanParquet(ids).select('id').filter(within(first, last));
    let later: pl.LazyDataFrame | null = null;
    return layers.map((layer) => {
      const own: pl.LazyDataFrame = scan(layer, first, last).join(listed, { on: 'id', how: 'semi' });
      const newest: pl.LazyDataFrame = later === null ? own : own.join(later, { on: 'id', how: 'anti' });
      const seen = scan(layer, first, last).select('id');
      later = later === null ? seen : pl.concat([later, seen]);
      return newest;
    });
  };
}

/** The latest first. */
export function layersOf(blocks: readonly CrawlBlock[]): number[] {
  return [...new Set(blocks.map(({ layer }) => layer))].sort((a, b) => b - a);
}

/** Films whose id is from `first` to `last`, both included. */
export function within(first: number, last: number): pl.Expr {
  return pl.col('id').gtEq(first).and(pl.col('id').ltEq(last));
}
