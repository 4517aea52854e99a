import pl from 'nodejs-polars';

/** How many of a role and year the ranking keeps: as many as a page may ask for. */
const RANKED = 100;
/** Stands for all years. */
const ALL = -1;
/** Stands for the year of a film that is not released: it does not count. */
export const UNRELEASED = -2;

/**
 * Counts films by person, role and year as credits pass by, and ranks by them at the end. People and years are
 * integers here, so that some millions of credits are sorted and counted in typed arrays.
 */
export class Ranking {
  /** What counts, film by film: a slot, 2 × person + role, and its year. */
  #slots = new Int32Array(1 << 16);
  #years = new Int16Array(1 << 16);
  #size = 0;

  constructor(readonly persons: number) {}

  /**
   * Credits of whole films, one after another, in each film by role. A person who stands twice in a film in one role
   * counts once.
   */
  add(credits: {
    readonly film: Int32Array;
    readonly role: Int32Array;
    readonly person: Int32Array;
    readonly year: Int32Array;
  }): void {
    const { film, role, person, year } = credits;
    this.#reserve(person.length);
    // Fields are looked up once, not for each of some million rows.
    const [slots, years] = [this.#slots, this.#years];
    let size = this.#size;
    for (let row = 0, first = 0; row < person.length; row++) {
      if (film[row] !== film[first] || role[row] !== role[first]) first = row;
      if (year[row] === UNRELEASED || stands(person, first, row)) continue;
      slots[size] = 2 * person[row]! + role[row]!;
      years[size++] = year[row]!;
    }
    this.#size = size;
  }

  #reserve(more: number): void {
    const wanted = this.#size + more;
    if (wanted <= this.#slots.length) return;
    const slots = new Int32Array(Math.max(wanted, 2 * this.#size));
    slots.set(this.#slots);
    this.#slots = slots;
    const years = new Int16Array(slots.length);
    years.set(this.#years);
    this.#years = years;
  }

  /**
   * role, year (null: all), rank, personId, name, movieCount: first those of all years, then by role, year and rank.
   * Ties go by name, then id. `persons`: person, id, name.
   */
  async ranked(persons: pl.DataFrame): Promise<pl.DataFrame> {
    const best = this.#best();
    return await pl
      .DataFrame({
        role: pl.Series('role', best.role, pl.Int32),
        year: pl.Series('year', best.year, pl.Int32),
        movieCount: pl.Series('movieCount', best.count, pl.Int32),
        person: pl.Series('person', best.person, pl.Int32),
      })
      .lazy()
      .join(persons.lazy().select('person', 'id', 'name'), { on: 'person', how: 'left' })
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

  /** Whoever may be among the first of a role and year: at least as many films as the hundredth has. */
  #best() {
    const best = {
      role: [] as number[],
      year: [] as number[],
      count: [] as number[],
      person: [] as number[],
    };
    // By slot: how many films in the year at hand, and in all; side by side in memory.
    const films = new Int32Array(4 * this.persons);
    // Those that count, each once, and how many films: looked up once, as places in a large array are dear.
    const [some, counts] = [new Int32Array(2 * this.persons), new Int32Array(2 * this.persons)];
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
        best.person.push(slot >> 1);
      }
    };
    for (const { year, slots } of this.#byYear()) {
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

  /** What was counted in each year: a slot for each film. */
  #byYear(): { readonly year: number; readonly slots: Int32Array }[] {
    const [slots, years] = [this.#slots, this.#years.subarray(0, this.#size)];
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
}

/** Whether a person stands in a row from `first` on, before this one: casts are short, and lie side by side. */
function stands(person: Int32Array, first: number, row: number): boolean {
  for (let before = first; before < row; before++) if (person[before] === person[row]) return true;
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
