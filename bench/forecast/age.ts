import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { GenreYear } from '../../models/forest50.js';
import { linesPicture, type Line } from '../../pictures/lines.js';
import { groupBy } from './held.js';

const FILE = fileURLToPath(new URL('../../docs/age-curve.svg', import.meta.url));
/** Genres with fewer films in a year jump about by luck. */
const LEAST_FILMS = 20;
const YEARS = 12;

/** Draws why no ranking is by mean popularity: one crawl's means by release year beside its indices. */
export async function drawAgeCurve(
  cells: readonly GenreYear[],
  name: string,
  lastYear: number,
): Promise<void> {
  const recent = cells.filter(
    ({ year, films }) => year > lastYear - YEARS && year <= lastYear && films >= LEAST_FILMS,
  );
  const whole = [...groupBy(recent, ({ genre }) => genre)].filter(
    ([, of]) => of.length === Math.min(YEARS, new Set(recent.map(({ year }) => year)).size),
  );
  const lines = (value: (cell: GenreYear) => number): Line[] =>
    whole.map(([genre, of]) => ({
      name: genre,
      strong: false,
      points: of.map((cell) => ({ x: cell.year, y: value(cell) })),
    }));
  const shared = [
    ...groupBy(
      whole.flatMap(([, of]) => of),
      ({ year }) => String(year),
    ),
  ].map(([year, of]) => ({
    x: Number(year),
    // A year's mean over all films is any genre's mean ÷ its index.
    y: of[0]!.popularity / of[0]!.index,
  }));
  shared.sort((a, b) => a.x - b.x);
  await writeFile(
    FILE,
    linesPicture({
      title: 'Popularity by release year is an age curve',
      subtitle: `${name}, one crawl, ${whole.length} genres with ${LEAST_FILMS} films or more in each of the years; dark: all films`,
      synthetic: false,
      panels: [
        {
          title: 'mean popularity',
          lines: [
            ...lines(({ popularity }) => popularity),
            { name: 'all films', strong: true, points: shared },
          ],
        },
        {
          title: 'index: the same ÷ the mean of all films of the year',
          lines: [
            ...lines(({ index }) => index),
            { name: 'all films', strong: true, points: shared.map(({ x }) => ({ x, y: 1 })) },
          ],
        },
      ],
    }),
  );
}
