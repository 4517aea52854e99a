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
  /** By 2 × person + role: the last film that was counted for it. */
  readonly #last: Int32Array;
  /** By 2 × person + role: how many films count for it. */
  readonly #films: Int32Array;
  #slots = new Int32Array(1 << 16);
  #years = new Int16Array(1 << 16);
  #size = 0;

  constructor(persons: number) {
    this.#last = new Int32Array(2 * persons).fill(-1);
    this.#films = new Int32Array(2 * persons);
  }

  /**
   * Credits of whole films, one after another. A person who stands twice in a film in one role counts once.
   */
  add(credits: {
    readonly film: Int32Array;
    readonly role: Int32Array;
    readonly person: Int32Array;
    readonly year: Int32Array;
  }): void {
    for (let row = 0; row < credits.person.length; row++) {
      const year = credits.year[row]!;
      const slot = 2 * credits.person[row]! + credits.role[row]!;
      if (year === UNRELEASED || this.#last[slot] === credits.film[row]) continue;
      this.#last[slot] = credits.film[row]!;
      this.#films[slot]!++;
      if (this.#size === this.#slots.length) this.#grow();
      this.#slots[this.#size] = slot;
      this.#years[this.#size++] = year;
    }
  }

  #grow(): void {
    const slots = new Int32Array(2 * this.#size);
    slots.set(this.#slots);
    this.#slots = slots;
    const years = new Int16Array(2 * this.#size);
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
    const counts = this.#counts();
    const [from, to] = span(counts.year.subarray(0, counts.size));
    const groupOf = (slot: number, year: number): number => 2 * (year - from) + (slot & 1);
    const groups = Array.from({ length: 2 * (to - from + 1) }, (): number[] => []);
    for (let n = 0; n < counts.size; n++) {
      const histogram = groups[groupOf(counts.slot[n]!, counts.year[n]!)]!;
      const films = counts.count[n]!;
      while (histogram.length <= films) histogram.push(0);
      histogram[films]!++;
    }
    const least = groups.map(leastOf);
    const best = {
      role: [] as number[],
      year: [] as number[],
      count: [] as number[],
      person: [] as number[],
    };
    for (let n = 0; n < counts.size; n++) {
      const [slot, year, films] = [counts.slot[n]!, counts.year[n]!, counts.count[n]!];
      if (films < least[groupOf(slot, year)]!) continue;
      best.role.push(slot & 1);
      best.year.push(year);
      best.count.push(films);
      best.person.push(slot >> 1);
    }
    return best;
  }

  /** Films by person, role and year, and by person and role alone. */
  #counts() {
    const { length } = this.#films;
    const { slots, years } = this.#byYear();
    const end = new Int32Array(length);
    for (let slot = 0, at = 0; slot < length; slot++) end[slot] = at += this.#films[slot]!;
    // Each slot's films, in the order of their years: that in which they come.
    const own = new Int16Array(this.#size);
    const next = Int32Array.from(end);
    for (let n = this.#size - 1; n >= 0; n--) own[--next[slots[n]!]!] = years[n]!;
    const [slot, year, count] = [1, 2, 3].map(() => new Int32Array(this.#size + length)) as [
      Int32Array,
      Int32Array,
      Int32Array,
    ];
    let size = 0;
    const add = (of: number, when: number, films: number): void => {
      slot[size] = of;
      year[size] = when;
      count[size++] = films;
    };
    for (let of = 0, from = 0; of < length; from = end[of++]!) {
      const to = end[of]!;
      if (to > from) add(of, ALL, to - from);
      for (let at = from; at < to;) {
        const first = at;
        while (at < to && own[at] === own[first]) at++;
        add(of, own[first]!, at - first);
      }
    }
    return { slot, year, count, size };
  }

  /** What was counted, sorted by year. */
  #byYear(): { readonly slots: Int32Array; readonly years: Int16Array } {
    const unsorted = this.#years.subarray(0, this.#size);
    const [from, to] = span(unsorted);
    const next = new Int32Array(to - from + 2);
    for (let n = 0; n < this.#size; n++) next[unsorted[n]! - from + 1]!++;
    for (let year = 1; year < next.length; year++) next[year]! += next[year - 1]!;
    const slots = new Int32Array(this.#size);
    const years = new Int16Array(this.#size);
    for (let n = 0; n < this.#size; n++) {
      const at = next[unsorted[n]! - from]!++;
      slots[at] = this.#slots[n]!;
      years[at] = unsorted[n]!;
    }
    return { slots, years };
  }
}

/** The least and the greatest of some years; those of none are 0. */
function span(years: Int16Array | Int32Array): readonly [number, number] {
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
