import { ROLES, type PlannedFilm, type Role } from './film.js';

/** How films turned out, an array per measure with a value per film; NaN where it is unknown. */
export type Measures = readonly Float64Array[];

/** What the earlier films of a name came to, by one measure. */
export interface TrackRecord {
  readonly films: number;
  readonly sum: number;
  /** The latest film's value; NaN when there is none. */
  readonly last: number;
}

export interface HistoryJson {
  /** Release days, oldest first: a film's place here is its name. */
  readonly days: readonly number[];
  readonly measures: readonly (readonly (number | null)[])[];
  readonly roles: { readonly [role in Role]: RoleJson };
}

interface RoleJson {
  /** In order of first appearance. */
  readonly names: readonly string[];
  /** Films of each name. */
  readonly counts: readonly number[];
  /** Places of each name's films one after the other: the first as it is, the others as steps. */
  readonly steps: readonly number[];
}

/**
 * One role in flat arrays, since a large catalogue has half a million names: name i's films lie at
 * [start[i], start[i + 1]) of `places`, oldest first; how many are known before its k-th film, and their sum, at
 * start[i] + i + k of `known` and `sums`, of which there is one per measure.
 */
interface Records {
  readonly index: ReadonlyMap<string, number>;
  readonly start: Int32Array;
  readonly places: Int32Array;
  readonly known: readonly Int32Array[];
  readonly sums: readonly Float64Array[];
}

/**
 * How the films that a model was trained on turned out, by whom they were made. It answers only for what came
 * strictly before a day, so that no film is described by itself or by a later one.
 */
export class History {
  readonly #days: Int32Array;
  readonly #measures: Measures;
  readonly #roles: ReadonlyMap<Role, Records>;
  /** Films of this day or a later one are as if they were not there. */
  readonly #end: number;

  private constructor(
    days: Int32Array,
    measures: Measures,
    roles: ReadonlyMap<Role, Records>,
    end = Infinity,
  ) {
    this.#days = days;
    this.#measures = measures;
    this.#roles = roles;
    this.#end = end;
  }

  /** Takes the films in any order. */
  static of(films: readonly PlannedFilm[], measures: Measures): History {
    const order = films.map((_, i) => i).sort((a, b) => films[a]!.day - films[b]!.day || a - b);
    const sorted = measures.map((values) => Float64Array.from(order, (i) => values[i]!));
    const roles = ROLES.map((role): [Role, Records] => {
      const index = new Map<string, number>();
      const counts: number[] = [];
      const listed = order.map((film) =>
        films[film]!.names[role].map((name) => {
          const at = index.get(name) ?? index.size;
          if (at === index.size) index.set(name, at);
          counts[at] = (counts[at] ?? 0) + 1;
          return at;
        }),
      );
      const start = startsOf(counts);
      const next = start.slice();
      const places = new Int32Array(start[counts.length]!);
      listed.forEach((names, place) => names.forEach((name) => (places[next[name]!++] = place)));
      return [role, sumUp(index, start, places, sorted)];
    });
    return new History(
      Int32Array.from(order, (i) => films[i]!.day),
      sorted,
      new Map(roles),
    );
  }

  /** What it answered when no film of day `end` or later was known; shares its memory. */
  until(end: number): History {
    return new History(this.#days, this.#measures, this.#roles, Math.min(end, this.#end));
  }

  /** The record of a name over the films released strictly before `day`. */
  before(role: Role, name: string, day: number, measure: number): TrackRecord {
    const records = this.#roles.get(role)!;
    const at = records.index.get(name);
    if (at === undefined) return { films: 0, sum: 0, last: NaN };
    const first = records.start[at]!;
    let next = first;
    let end = records.start[at + 1]!;
    const known = Math.min(day, this.#end);
    while (next < end) {
      const middle = (next + end) >> 1;
      if (this.#days[records.places[middle]!]! < known) next = middle + 1;
      else end = middle;
    }
    const values = this.#measures[measure]!;
    let last = NaN;
    for (let i = next - 1; i >= first && Number.isNaN(last); i--) last = values[records.places[i]!]!;
    return { films: records.known[measure]![next + at]!, sum: records.sums[measure]![next + at]!, last };
  }

  /** Whether any film of the history, of whatever time, has the name. */
  knows(role: Role, name: string): boolean {
    const records = this.#roles.get(role)!;
    const at = records.index.get(name);
    return at !== undefined && this.#days[records.places[records.start[at]!]!]! < this.#end;
  }

  /** Throws where it was cut: what is kept is a whole. */
  toJSON(): HistoryJson {
    if (this.#end !== Infinity)
      throw new Error('A history that was cut cannot be kept: build one of the films.');
    const roles = ROLES.map((role) => {
      const { index, start, places } = this.#roles.get(role)!;
      const steps: number[] = [];
      for (let name = 0; name < index.size; name++) {
        for (let i = start[name]!; i < start[name + 1]!; i++)
          steps.push(i === start[name] ? places[i]! : places[i]! - places[i - 1]!);
      }
      const counts = Array.from({ length: index.size }, (_, name) => start[name + 1]! - start[name]!);
      return [role, { names: [...index.keys()], counts, steps }];
    });
    return {
      days: [...this.#days],
      measures: this.#measures.map((values) => Array.from(values, (v) => (Number.isNaN(v) ? null : v))),
      roles: Object.fromEntries(roles) as Record<Role, RoleJson>,
    };
  }

  static fromJSON(json: HistoryJson): History {
    const measures = json.measures.map((values) => Float64Array.from(values, (v) => v ?? NaN));
    const roles = ROLES.map((role): [Role, Records] => {
      const { names, counts, steps } = json.roles[role];
      const start = startsOf(counts);
      const places = Int32Array.from(steps);
      for (let name = 0; name < names.length; name++)
        for (let i = start[name]! + 1; i < start[name + 1]!; i++) places[i]! += places[i - 1]!;
      return [role, sumUp(new Map(names.map((name, i) => [name, i])), start, places, measures)];
    });
    return new History(Int32Array.from(json.days), measures, new Map(roles));
  }
}

function startsOf(counts: readonly number[]): Int32Array {
  const start = new Int32Array(counts.length + 1);
  counts.forEach((count, i) => (start[i + 1] = start[i]! + count));
  return start;
}

function sumUp(
  index: ReadonlyMap<string, number>,
  start: Int32Array,
  places: Int32Array,
  measures: Measures,
): Records {
  const known = measures.map(() => new Int32Array(places.length + index.size));
  const sums = measures.map(() => new Float64Array(places.length + index.size));
  measures.forEach((values, m) => {
    for (let name = 0; name < index.size; name++) {
      for (let i = start[name]!; i < start[name + 1]!; i++) {
        const value = values[places[i]!]!;
        const missing = Number.isNaN(value);
        known[m]![i + name + 1] = known[m]![i + name]! + (missing ? 0 : 1);
        sums[m]![i + name + 1] = sums[m]![i + name]! + (missing ? 0 : value);
      }
    }
  });
  return { index, start, places, known, sums };
}
