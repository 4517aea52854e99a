import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import pl from 'nodejs-polars';
import { z } from 'zod';
import { cleanFilms } from '../../dataset/clean.js';
import { BLOCK_COLUMNS, FILM_COLUMNS } from '../../dataset/films.js';
import { frameOf, writeParquet } from '../../dataset/tables.js';
import type { BlockList } from '../seal.js';
import type { Task, TaskContext } from '../task.js';

const params = z.strictObject({});

/** All blocks of the crawl, cleaned, as the film table; who is not in it, and why. */
export const task: Task<z.output<typeof params>> = {
  params,
  async compute({ inputs, out }) {
    const listed = need(inputs, 'ids');
    const documents = need(inputs, 'documents');
    const blocksFile = documents.tables.blocks as string;
    const { blocks } = JSON.parse(await readFile(blocksFile, 'utf8')) as BlockList;
    const missing = JSON.parse(await readFile(documents.tables.missing as string, 'utf8')) as {
      id: number;
      status: number | null;
    }[];
    // Store paths are relative to the data location, in which this list lies three folders deep.
    const root = resolve(dirname(blocksFile), '../../..');
    const crawl =
      blocks.length === 0
        ? frameOf(BLOCK_COLUMNS, []).lazy()
        : pl.concat(blocks.map(({ path }) => pl.scanParquet(join(root, path))));
    const { exportDay } = documents.facts;
    const clean = await cleanFilms(
      crawl,
      pl.scanParquet(listed.tables.ids as string),
      typeof exportDay === 'string' ? exportDay : null,
    );
    const deadLetters = frameOf({ id: pl.Int32, status: pl.Int32 }, missing).sort('id');
    writeParquet(clean.films, join(out, 'films.parquet'));
    writeParquet(clean.quarantine, join(out, 'quarantine.parquet'));
    writeParquet(deadLetters, join(out, 'deadLetters.parquet'));
    await writeFile(join(out, 'cleaning.json'), JSON.stringify(clean.counts));
    const films = clean.films.height;
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
        catalogue: listed.facts.catalogue ?? null,
        synthetic: listed.facts.synthetic ?? false,
        asOf: clean.asOf,
        dataYear: clean.dataYear,
        fromYear: clean.fromYear,
        toYear: clean.toYear,
        films,
        quarantined,
        ...prefixed('cleaned', clean.counts),
        ...prefixed('known', coverage(clean.films)),
      },
      summary: `${count(films)} films of ${clean.fromYear ?? '?'}–${clean.toYear ?? '?'}, ${count(quarantined)} quarantined`,
    };
  },
};

/** How many films have each field. */
function coverage(films: pl.DataFrame): Record<string, number> {
  const lists = new Set(['countries', 'companies', 'keywords', 'genres', 'cast', 'directors']);
  const fields = Object.keys(FILM_COLUMNS).filter(
    (name) => !/^(id|released|brokenText|castIds|castCharacters|castProfiles|director[IP].*)$/.test(name),
  );
  const known = films.select(
    ...fields.map((name) =>
      (lists.has(name) ? pl.col(name).lst.lengths().gt(0) : pl.col(name).isNotNull())
        .cast(pl.Int32)
        .sum()
        .alias(name),
    ),
  );
  return Object.fromEntries(fields.map((name) => [name, Number(known.getColumn(name).get(0) ?? 0)]));
}

function prefixed(prefix: string, counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([name, n]) => [`${prefix}.${name}`, n]));
}

function need(inputs: TaskContext<unknown>['inputs'], name: string) {
  const input = inputs[name];
  if (input === undefined) throw new Error(`cleanFilms needs the task ${name} in its \`after\`.`);
  return input;
}
