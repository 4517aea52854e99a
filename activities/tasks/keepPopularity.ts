import { join } from 'node:path';
import { z } from 'zod';
import { genresOfDay, writeDay } from '../../dataset/popularityTables.js';
import { writeParquet } from '../../dataset/tables.js';
import type { Task } from '../task.js';

const params = z.strictObject({});

/**
 * The day's popularity of each listed film and of each genre: what `keepPopularity` adds to the history. Nothing where
 * the source has no days.
 */
export const task: Task<z.output<typeof params>> = {
  params,
  async compute({ inputs, out }) {
    const day = historyDay(inputs.ids?.facts ?? {});
    const [ids, films] = [inputs.ids?.tables.ids, inputs.films?.tables.films];
    if (ids === undefined || films === undefined)
      throw new Error('keepPopularity needs the tasks ids and films in its `after`.');
    if (day === null) return { tables: [], summary: 'the source has no days' };
    const rows = await writeDay(ids, day, join(out, 'popularity.parquet'));
    const genres = await genresOfDay(films, day);
    writeParquet(genres, join(out, 'genrePopularity.parquet'));
    return {
      tables: [
        { table: 'popularity', file: 'popularity.parquet', rows, content: false },
        { table: 'genrePopularity', file: 'genrePopularity.parquet', rows: genres.height, content: false },
      ],
      facts: { historyDay: day },
      summary: `${rows.toLocaleString('en-US')} films on ${day}`,
    };
  },
};

/** The export's day; of a local source the last day that its films hold. */
function historyDay({ exportDay, crawlDay }: Readonly<Record<string, unknown>>): string | null {
  const day = exportDay ?? crawlDay;
  return typeof day === 'string' ? day : null;
}
