import { join } from 'node:path';
import pl from 'nodejs-polars';
import { z } from 'zod';
import { writeParquet } from '../../dataset/tables.js';
import { genreTrends } from '../../dataset/trends.js';
import type { Task } from '../task.js';

const params = z.strictObject({});

/** How each genre's number, share and popularity moved from year to year. */
export const task: Task<z.output<typeof params>> = {
  params,
  async compute({ inputs, out }) {
    const films = pl
      .scanParquet(inputs.films?.tables.films as string)
      .select(pl.cols('year', 'released', 'genres', 'popularity', 'voteAverage'));
    const trends = await genreTrends(films).collect();
    writeParquet(trends, join(out, 'trends.parquet'));
    const genres = new Set(trends.getColumn('genre').toArray()).size;
    return {
      tables: [{ table: 'trends', file: 'trends.parquet', rows: trends.height, content: true }],
      summary: `${genres} genres, ${trends.height.toLocaleString('en-US')} genre years`,
    };
  },
};
