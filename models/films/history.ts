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
  readonly names: { readonly [role in Role]: readonly string[] };
  /** Places of each name's films, the first as it is, the others as steps from the one before. */
  readonly places: { readonly [role in Role]: readonly (readonly number[])[] };
}

/** One name's films: their places, oldest first, and per measure how many are known, and their sum, so far. */
interface Entry {
  readonly places: Int32Array;
  readonly known: readonly Int32Array[];
  readonly sums: readonly Float64Array[];
}

type Places = ReadonlyMap<Role, ReadonlyMap<string, readonly number[]>>;

/**
 * How the films that a model was trained on turned out, by whom they were made. It answers only for what came
 * strictly before a day, so that no film is described by itself or by a later one.
 */
export class History {
  readonly #days: Int32Array;
  readonly #measures: Measures;
  readonly #entries: ReadonlyMap<Role, ReadonlyMap<string, Entry>>;

  private constructor(days: Int32Array, measures: Measures, places: Places) {
    this.#days = days;
    this.#measures = measures;
    this.#entries = new Map(
      [...places].map(([role, names]) => [
        role,
        new Map([...names].map(([name, at]) => [name, sumUp(at, measures)])),
      ]),
    );
  }

  /** Takes the films in any order. */
  static of(films: readonly PlannedFilm[], measures: Measures): History {
    const order = films.map((_, i) => i).sort((a, b) => films[a]!.day - films[b]!.day || a - b);
    const places = new Map(ROLES.map((role) => [role, new Map<string, number[]>()]));
    order.forEach((film, place) => {
      for (const role of ROLES) {
        const ofRole = places.get(role)!;
        for (const name of films[film]!.names[role]) {
          const at = ofRole.get(name);
          if (at === undefined) ofRole.set(name, [place]);
          else at.push(place);
        }
      }
    });
    return new History(
      Int32Array.from(order, (i) => films[i]!.day),
      measures.map((values) => Float64Array.from(order, (i) => values[i]!)),
      places,
    );
  }

  /** The record of a name over the films released strictly before `day`. */
  before(role: Role, name: string, day: number, measure: number): TrackRecord {
    const entry = this.#entries.get(role)!.get(name);
    if (entry === undefined) return { films: 0, sum: 0, last: NaN };
    let count = 0;
    let end = entry.places.length;
    while (count < end) {
      const middle = (count + end) >> 1;
      if (this.#days[entry.places[middle]!]! < day) count = middle + 1;
      else end = middle;
    }
    const values = this.#measures[measure]!;
    let last = NaN;
    for (let i = count - 1; i >= 0 && Number.isNaN(last); i--) last = values[entry.places[i]!]!;
    return { films: entry.known[measure]![count]!, sum: entry.sums[measure]![count]!, last };
  }

  /** Whether any film of the history, of whatever time, has the name. */
  knows(role: Role, name: string): boolean {
    return this.#entries.get(role)!.has(name);
  }

  /** Every name of a role with its number of films, in order of first appearance. */
  counts(role: Role): [string, number][] {
    return [...this.#entries.get(role)!].map(([name, { places }]) => [name, places.length]);
  }

  toJSON(): HistoryJson {
    const perRole = <T>(of: (entries: ReadonlyMap<string, Entry>) => T) =>
      Object.fromEntries(ROLES.map((role) => [role, of(this.#entries.get(role)!)])) as Record<Role, T>;
    return {
      days: [...this.#days],
      measures: this.#measures.map((values) => Array.from(values, (v) => (Number.isNaN(v) ? null : v))),
      names: perRole((entries) => [...entries.keys()]),
      places: perRole((entries) => Array.from(entries.values(), ({ places }) => steps(places))),
    };
  }

  static fromJSON(json: HistoryJson): History {
    const places = ROLES.map((role): [Role, Map<string, number[]>] => {
      const names = json.names[role].map((name, i): [string, number[]] => {
        let place = 0;
        return [name, json.places[role][i]!.map((step) => (place += step))];
      });
      return [role, new Map(names)];
    });
    const measures = json.measures.map((values) => Float64Array.from(values, (v) => v ?? NaN));
    return new History(Int32Array.from(json.days), measures, new Map(places));
  }
}

function sumUp(places: readonly number[], measures: Measures): Entry {
  const known = measures.map(() => new Int32Array(places.length + 1));
  const sums = measures.map(() => new Float64Array(places.length + 1));
  measures.forEach((values, m) => {
    places.forEach((place, i) => {
      const value = values[place]!;
      const missing = Number.isNaN(value);
      known[m]![i + 1] = known[m]![i]! + (missing ? 0 : 1);
      sums[m]![i + 1] = sums[m]![i]! + (missing ? 0 : value);
    });
  });
  return { places: Int32Array.from(places), known, sums };
}

function steps(places: Int32Array): number[] {
  return Array.from(places, (place, i) => (i === 0 ? place : place - places[i - 1]!));
}
