import { statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writePrepared } from '../../dataset/serving/prepared.js';
import { prepareTables } from '../../dataset/serving/prepareTables.js';
import type { Task } from '../task.js';

const params = z.strictObject({});

/**
 * What the API needs of the tables, as it lies in its memory: columns, orders, postings and indexes. Opening a
 * snapshot is then reading one file. It says nothing that the tables do not say, so it is not content.
 */
export const task: Task<z.output<typeof params>> = {
  params,
  async compute({ inputs, out }) {
    const paths = Object.values(inputs).flatMap(({ tables }) => Object.entries(tables));
    const tables = prepareTables(
      Object.fromEntries(paths.map(([table, file]) => [table, { file, bytes: statSync(file).size }])),
    );
    const file = join(out, 'serving.bin');
    writePrepared(file, tables);
    const megabytes = Math.round(statSync(file).size / 1e5) / 10;
    return {
      tables: [{ table: 'serving', file: 'serving.bin', rows: tables.films.count, content: false }],
      summary: `${tables.films.count.toLocaleString('en-US')} films in ${megabytes.toLocaleString('en-US')} MB`,
    };
  },
};
