import { join } from 'node:path';
import pl from 'nodejs-polars';
import { z } from 'zod';
import { rankPeopleInPieces } from '../../dataset/people.js';
import { writeParquet, writePieces } from '../../dataset/tables.js';
import type { Task } from '../task.js';

const params = z.strictObject({});

const CREDITED = [
  'id',
  'year',
  'released',
  'cast',
  'castIds',
  'castCharacters',
  'castProfiles',
  'directors',
  'directorIds',
  'directorProfiles',
];

/** Who made the films, and who made most of them in each year. */
export const task: Task<z.output<typeof params>> = {
  params,
  async compute({ inputs, out }) {
    const films = pl.scanParquet(inputs.films?.tables.films as string).select(pl.cols(CREDITED));
    const people = await rankPeopleInPieces(films);
    const { persons } = people;
    const [credits, ranking] = await Promise.all([
      writePieces(people.credits, join(out, 'credits.parquet')),
      people.ranking(),
      // While Polars makes the first credits, and ranks.
      (async () => writeParquet(persons, join(out, 'persons.parquet')))(),
    ]);
    writeParquet(ranking, join(out, 'people.parquet'));
    const count = (n: number): string => n.toLocaleString('en-US');
    return {
      tables: [
        { table: 'people', file: 'people.parquet', rows: ranking.height, content: true },
        { table: 'persons', file: 'persons.parquet', rows: persons.height, content: true },
        { table: 'credits', file: 'credits.parquet', rows: credits, content: true },
      ],
      summary: `${count(persons.height)} people, ${count(credits)} credits`,
    };
  },
};
