import pl from 'nodejs-polars';

/** How many of a role and year the ranking keeps: as many as a page may ask for. */
const RANKED = 100;
/** Stands for all years. */
const ALL = -1;
/** Stands for the year of a film that is not released: it does not count. */
export const UNRELEASED = -2;

/** The films of a piece, and who stands in them. */
export interface Billed {
  readonly film: Int32Array;
  /** By film; UNRELEASED: not out. */
  readonly year: Int32Array;
  /** By role and film: how many stand in it. */
  readonly length: readonly ArrayLike<number>[];
  /** Film by film, cast first: a person's number, from 0. */
  readonly who: Int32Array;
}

/** People who have many films in a role and year (ALL: in all years), a row each. */
interface Busiest {
  readonly role: readonly number[];
  readonly year: readonly number[];
  readonly count: readonly number[];
  readonly who: readonly number[];
}

/**
 * Whoever may be among the first of a role and year: at least as many films as the hundredth has. A person who stands
 * twice in a film in one role counts once. `people`: how many there are. People and years are integers here, so that
 * some millions of credits are counted in typed arrays.
 */
export function busiestOf(billed: readonly Billed[], people: number): Busiest {
  const best = {
    role: [] as number[],
    year: [] as number[],
    count: [] as number[],
    who: [] as number[],
  };
  // By slot: how many films in the year at hand, and in all; side by side in memory.
  const films = new Int32Array(4 * people);
  // Those that count, each once, and how many films: looked up once, as places in a large array are dear.
  const [some, counts] = [new Int32Array(2 * people), new Int32Array(2 * people)];
  const take = (year: number, size: number): void => {
    const histograms: [number[], number[]] = [[], []];
    for (let n = 0; n < size; n++) {
      const histogram = histograms[(some[n]! & 1) as 0 | 1];
      while (histogram.length <= counts[n]!) histogram.push(0);
      histogram[counts[n]!]!++;
    }
    const least = histograms.map(leastOf);
    for (let n = 0; n < size; n++) {
      const slot = some[n]!;
      if (counts[n]! < least[slot & 1]!) continue;
      best.role.push(slot & 1);
      best.year.push(year);
      best.count.push(counts[n]!);
      best.who.push(slot >> 1);
    }
  };
  for (const { year, slots } of byYear(billed)) {
    let size = 0;
    for (let n = 0; n < slots.length; n++) if (films[2 * slots[n]!]!++ === 0) some[size++] = slots[n]!;
    for (let n = 0; n < size; n++) {
      const at = 2 * some[n]!;
      counts[n] = films[at]!;
      films[at + 1]! += films[at]!;
      films[at] = 0;
    }
    take(year, size);
  }
  let size = 0;
  for (let slot = 0; slot < some.length; slot++) {
    if (films[2 * slot + 1] === 0) continue;
    some[size] = slot;
    counts[size++] = films[2 * slot + 1]!;
  }
  take(ALL, size);
  return best;
}

/** What counts in each year: for each film and person a slot, 2 × person + role. */
function byYear(billed: readonly Billed[]): { readonly year: number; readonly slots: Int32Array }[] {
  const { slots, years } = slotsOf(billed);
  const [from, to] = span(years);
  const next = new Int32Array(to - from + 2);
  for (let n = 0; n < years.length; n++) next[years[n]! - from + 1]!++;
  for (let year = 1; year < next.length; year++) next[year]! += next[year - 1]!;
  const starts = next.slice();
  const sorted = new Int32Array(years.length);
  for (let n = 0; n < years.length; n++) sorted[next[years[n]! - from]!++] = slots[n]!;
  return Array.from({ length: to - from + 1 }, (_, at) => ({
    year: from + at,
    slots: sorted.subarray(starts[at], starts[at + 1]),
  }));
}

/** What counts, film by film: a slot, and its year. */
function slotsOf(billed: readonly Billed[]): { readonly slots: Int32Array; readonly years: Int16Array } {
  const most = billed.reduce((sum, { who }) => sum + who.length, 0);
  const [slots, years] = [new Int32Array(most), new Int16Array(most)];
  let size = 0;
  for (const { film, year, length, who } of billed)
    for (let of = 0, first = 0; of < film.length; of++)
      for (let role = 0; role < length.length; role++) {
        const next = first + length[role]![of]!;
        for (let row = first; row < next && year[of] !== UNRELEASED; row++) {
          if (stands(who, first, row)) continue;
          slots[size] = 2 * who[row]! + role;
          years[size++] = year[of]!;
        }
        first = next;
      }
  return { slots: slots.subarray(0, size), years: years.subarray(0, size) };
}

/**
 * role, year (null: all), rank, personId, name, movieCount: first those of all years, then by role, year and rank.
 * Ties go by name, then id. `persons`: who, id, name of each.
 */
export async function ranked(busiest: Busiest, persons: pl.DataFrame): Promise<pl.DataFrame> {
  return await pl
    .DataFrame({
      role: pl.Series('role', busiest.role, pl.Int32),
      year: pl.Series('year', busiest.year, pl.Int32),
      movieCount: pl.Series('movieCount', busiest.count, pl.Int32),
      who: pl.Series('who', busiest.who, pl.Int32),
    })
    .lazy()
    .join(persons.lazy().select('who', 'id', 'name'), { on: 'who', how: 'left' })
    .withColumns(
      pl.col('year').neq(ALL).alias('yearly'),
      pl.when(pl.col('year').eq(ALL)).then(pl.lit(null)).otherwise(pl.col('year')).alias('year'),
      // A lazy frame takes one direction for all columns.
      pl.col('movieCount').mul(-1).alias('most'),
      pl.lit(1).cast(pl.Int32).alias('one'),
    )
    .sort(['yearly', 'role', 'year', 'most', 'name', 'id'])
    .withColumns(pl.col('one').cumSum().over('role', 'year').cast(pl.Int32).alias('rank'))
    .filter(pl.col('rank').ltEq(RANKED))
    .select(
      pl.when(pl.col('role').eq(0)).then(pl.lit('ACTOR')).otherwise(pl.lit('DIRECTOR')).alias('role'),
      pl.col('year').cast(pl.Int32),
      pl.col('rank'),
      pl.col('id').alias('personId'),
      pl.col('name'),
      pl.col('movieCount').cast(pl.Int32),
    )
    .collect();
}

/** Whether who stands in a row does so from `first` on, before it: casts are short, and lie side by side. */
function stands(who: Int32Array, first: number, row: number): boolean {
  for (let before = first; before < row; before++) if (who[before] === who[row]) return true;
  return false;
}

/** The least and the greatest of some years; those of none are 0. */
function span(years: Int16Array): readonly [number, number] {
  let [from, to] = years.length === 0 ? [0, 0] : [years[0]!, years[0]!];
  for (let n = 1; n < years.length; n++) {
    if (years[n]! < from) from = years[n]!;
    else if (years[n]! > to) to = years[n]!;
  }
  return [from, to];
}

/** The number of films that the RANKED-th has, or the last where they are fewer. `histogram`: people by films. */
function leastOf(histogram: readonly number[]): number {
  let people = 0;
  for (let films = histogram.length - 1; films > 0; films--) {
    people += histogram[films]!;
    if (people >= RANKED) return films;
  }
  return 1;
}
