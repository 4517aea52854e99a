import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pl from 'nodejs-polars';
import { z } from 'zod';
import { forecastPicture } from '../../pictures/forecast.js';
import { peoplePicture } from '../../pictures/people.js';
import { systemPicture } from '../../pictures/system.js';
import type { Task } from '../task.js';

const params = z.strictObject({
  people: z.number().int().min(3).max(30).default(10),
  genres: z.number().int().min(3).max(30).default(10),
  /** The plan that the run fixed; the activity adds it. */
  tasks: z
    .array(
      z.strictObject({
        name: z.string(),
        after: z.array(z.string()),
        kind: z.enum(['activity', 'workflow']),
      }),
    )
    .default([]),
});

/** The system as declared, the top people of the data year and next year's genres, as SVG. */
export const task: Task<z.output<typeof params>> = {
  params,
  async compute({ params: { people, genres, tasks }, inputs, out }) {
    const facts = inputs.films?.facts ?? {};
    const year = typeof facts.dataYear === 'number' ? facts.dataYear : null;
    const source = { catalogue: String(facts.catalogue), synthetic: facts.synthetic === true };
    await writeFile(join(out, 'system.svg'), systemPicture(tasks));
    const ranking = await pl.scanParquet(inputs.people?.tables.people as string).collect();
    const ofYear = ranking.filter(year === null ? pl.col('year').isNull() : pl.col('year').eq(year));
    const role = ofYear.filter(pl.col('role').eq(pl.lit('ACTOR'))).height > 0 ? 'ACTOR' : 'DIRECTOR';
    const top = ofYear
      .filter(pl.col('role').eq(pl.lit(role)))
      .head(people)
      .toRecords() as { name: string; movieCount: number }[];
    await writeFile(join(out, 'people.svg'), peoplePicture({ year, role, people: top, ...source }));

    const forecast = await pl
      .scanParquet(inputs.forecast?.tables.genreForecast as string)
      .filter(pl.col('served').and(pl.col('year').eq((year ?? 0) + 1)))
      .collect();
    const entries = (
      forecast.toRecords() as {
        genre: string;
        index: number;
        lower: number;
        upper: number;
        lower95: number;
        upper95: number;
        model: string;
      }[]
    ).sort((a, b) => b.index - a.index || (a.genre < b.genre ? -1 : 1));
    await writeFile(
      join(out, 'forecast.svg'),
      forecastPicture({
        year: (year ?? Number(String(facts.asOf).slice(0, 4))) + 1,
        model: entries[0]?.model ?? 'none',
        entries: entries.slice(0, genres),
        ...source,
      }),
    );
    return {
      tables: ['system', 'people', 'forecast'].map((name) => ({
        table: `${name}Picture`,
        file: `${name}.svg`,
        rows: 1,
        content: false,
      })),
      summary: 'system.svg, people.svg, forecast.svg',
    };
  },
};
