import { join } from 'node:path';
import pl from 'nodejs-polars';
import { z } from 'zod';
import { rankRoi } from '../../dataset/roi.js';
import { writeParquet } from '../../dataset/tables.js';
import type { Task } from '../task.js';

const params = z.strictObject({});

/** Which films earned their budget how many times over. */
export const task: Task<z.output<typeof params>> = {
  params,
  async compute({ inputs, out }) {
    const films = pl
      .scanParquet(inputs.films?.tables.films as string)
      .select(pl.cols('id', 'title', 'year', 'released', 'budget', 'revenue', 'roi'));
    const roi = await rankRoi(films).collect();
    writeParquet(roi, join(out, 'roi.parquet'));
    return {
      tables: [{ table: 'roi', file: 'roi.parquet', rows: roi.height, content: true }],
      summary: `${roi.height.toLocaleString('en-US')} films with budget and revenue`,
    };
  },
};
