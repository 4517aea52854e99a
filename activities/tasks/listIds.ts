import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import pl from 'nodejs-polars';
import { z } from 'zod';
import { writeParquet } from '../../dataset/tables.js';
import { gunzipped, readExport, readListing, selectFilms } from '../../tmdb/export.js';
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
  limit: z.number().nullable(),
});

/** The id file: id and the export's popularity, by id. */
export const task: Task<z.output<typeof params>> = {
  params,
  async compute({ params: { source, own, label, state, exportDay, limit }, out }) {
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
    const count = (n: number): string => n.toLocaleString('en-US');
    const notes = [
      ...(badLines > 0 ? [`${count(badLines)} bad lines left out`] : []),
      ...(duplicates > 0 ? [`${count(duplicates)} repeated ids left out`] : []),
      ...(limit !== null && chosen.length < films.length ? [`of ${count(films.length)}`] : []),
    ];
    return {
      tables: [{ table: 'ids', file: 'ids.parquet', rows: chosen.length, content: false, feeds: true }],
      facts: {
        catalogue: label,
        synthetic: label.startsWith('synthetic'),
        state,
        exportDay,
        listed: chosen.length,
        badLines,
        duplicates,
      },
      summary: [`${count(chosen.length)} films`, ...notes].join(', '),
    };
  },
};

async function readOwnList(path: string): ReturnType<typeof readListing> {
  const file = createReadStream(path);
  return await readListing(path.endsWith('.gz') ? gunzipped(file) : file, 'The id list');
}
