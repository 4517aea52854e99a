import type { GenreYear } from '../forest50.js';
import { naiveScale } from '../metrics.js';
import { INDEX, type Series } from './series.js';

/** One series of each genre, e.g. its index, as they were known at the end of a year. */
export interface Panel {
  readonly origin: number;
  /** First year that series may have. */
  readonly from: number;
  readonly genres: readonly string[];
  /** One series per genre, from its first year, or the first looked at, to the origin. Years without films are filled in. */
  readonly series: readonly Float64Array[];
  /** Mean yearly change of each series, the unit of its errors. */
  readonly scales: readonly number[];
  /** All that was known by then. */
  readonly cells: readonly GenreYear[];
}

/** A genre without a film in this many years is no longer forecast. */
const ALIVE = 5;

/** A scale is at least this share of the median scale: a short series may not have moved yet. */
const LEAST_SCALE = 0.25;

/**
 * What was known at the end of `origin`: genres with a film in the last five years, their series from the year
 * `from` on. Where a year without films has no value, a gap inside a series is bridged by a straight line, one at its
 * end by the last value; neither looks past the origin.
 */
export function panelAt(
  cells: readonly GenreYear[],
  origin: number,
  from: number,
  { valueOf, without }: Series = INDEX,
): Panel {
  const known = cells.filter(({ year }) => year <= origin);
  const byGenre = new Map<string, Map<number, number>>();
  for (const cell of known) {
    if (cell.year < from) continue;
    const years = byGenre.get(cell.genre) ?? new Map<number, number>();
    byGenre.set(cell.genre, years.set(cell.year, valueOf(cell)));
  }
  const genres = [...byGenre.keys()]
    .filter((genre) => Math.max(...byGenre.get(genre)!.keys()) > origin - ALIVE)
    .sort();
  const series = genres.map((genre) => fill(byGenre.get(genre)!, origin, without));
  return { origin, from, genres, series, scales: scalesOf(series), cells: known };
}

function fill(values: ReadonlyMap<number, number>, origin: number, without: number | null): Float64Array {
  const years = [...values.keys()].sort((a, b) => a - b);
  const first = years[0]!;
  const series = new Float64Array(origin - first + 1);
  years.forEach((year, i) => {
    const value = values.get(year)!;
    const next = years[i + 1];
    const step = next === undefined ? 0 : (values.get(next)! - value) / (next - year);
    series[year - first] = value;
    for (let y = year + 1; y < (next ?? origin + 1); y++)
      series[y - first] = without ?? value + (y - year) * step;
  });
  return series;
}

function scalesOf(series: readonly Float64Array[]): number[] {
  const scales = series.map((values) => naiveScale(values));
  const known = scales.filter((scale) => scale > 0).sort((a, b) => a - b);
  const median = known[known.length >> 1] ?? 1;
  return scales.map((scale) => (scale > LEAST_SCALE * median ? scale : LEAST_SCALE * median));
}
