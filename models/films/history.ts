import { Names, nameTable, type NameTable } from '../names.js';
import { bytesOf, doublesOf, integersOf, packed, packedSmall, smallOf } from '../packed.js';
import { partitionPoint } from '../rising.js';
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

/** As it stands in a model's file: see `packed`, and `packedSmall` where it says small. */
export interface HistoryJson {
  /** Release days, oldest first: a film's place here is its name. */
  readonly days: string;
  readonly measures: readonly string[];
  readonly roles: { readonly [role in Role]: RoleJson };
}

interface RoleJson {
  /** UTF-8, one after the other, in order of first appearance. */
  readonly names: string;
  /** Small: bytes of each name. */
  readonly lengths: string;
  /** Small: films of each name. */
  readonly counts: string;
  /** Small: places of each name's films one after the other: the first as it is, the others as steps. */
  readonly steps: string;
}

/** A whole history in flat arrays, which cross from one thread to another without a copy. */
export interface HistoryTables {
  readonly days: Int32Array<ArrayBuffer>;
  readonly measures: readonly Float64Array<ArrayBuffer>[];
  readonly roles: { readonly [role in Role]: RoleTable };
}

/**
 * Name i's films lie at [start[i], start[i + 1]) of `places`, oldest first. How many of its first `STRIDE` × k films
 * are known, and their sum, stand at floor(start[i] / STRIDE) + k - 1 of `known` and `sums`, of which there is one
 * per measure: few names have so many films, and the others are summed up when they are asked for.
 */
interface RoleTable {
  readonly names: NameTable;
  readonly start: Int32Array<ArrayBuffer>;
  readonly places: Int32Array<ArrayBuffer>;
  readonly known: readonly Int32Array<ArrayBuffer>[];
  readonly sums: readonly Float64Array<ArrayBuffer>[];
}

/** A power of two. */
const STRIDE = 16;

/**
 * How the films that a model was trained on turned out, by whom they were made. It answers only for what came
 * strictly before a day, so that no film is described by itself or by a later one.
 */
export class History {
  readonly #tables: HistoryTables;
  readonly #names: { readonly [role in Role]: Names };
  /** Films of this day or a later one are as if they were not there. */
  readonly #end: number;

  constructor(tables: HistoryTables, end = Infinity) {
    this.#tables = tables;
    this.#names = byRole((role) => new Names(tables.roles[role].names));
    this.#end = end;
  }

  /** Takes the films in any order. */
  static of(films: readonly PlannedFilm[], measures: Measures): History {
    const order = films.map((_, i) => i).sort((a, b) => films[a]!.day - films[b]!.day || a - b);
    const sorted = measures.map((values) => Float64Array.from(order, (i) => values[i]!));
    const roles = byRole((role) => {
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
      return sumUp(Names.of([...index.keys()]).table, start, places, sorted);
    });
    return new History({ days: Int32Array.from(order, (i) => films[i]!.day), measures: sorted, roles });
  }

  /** What it answered when no film of day `end` or later was known; shares its memory. */
  until(end: number): History {
    return new History(this.#tables, Math.min(end, this.#end));
  }

  /** The record of a name over the films released strictly before `day`. */
  before(role: Role, name: string, day: number, measure: number): TrackRecord {
    const at = this.#names[role].numberOf(name);
    if (at < 0) return { films: 0, sum: 0, last: NaN };
    const { days, measures, roles } = this.#tables;
    const { start, places, known, sums } = roles[role];
    const first = start[at]!;
    const until = Math.min(day, this.#end);
    const next = partitionPoint(first, start[at + 1]!, (place) => days[places[place]!]! < until);
    const values = measures[measure]!;
    const strides = Math.floor((next - first) / STRIDE);
    const summed = Math.floor(first / STRIDE) + strides - 1;
    let films = strides === 0 ? 0 : known[measure]![summed]!;
    let sum = strides === 0 ? 0 : sums[measure]![summed]!;
    for (let i = first + strides * STRIDE; i < next; i++) {
      const value = values[places[i]!]!;
      if (Number.isNaN(value)) continue;
      films++;
      sum += value;
    }
    let last = NaN;
    for (let i = next - 1; i >= first && Number.isNaN(last); i--) last = values[places[i]!]!;
    return { films, sum, last };
  }

  /** Whether any film of the history, of whatever time, has the name. */
  knows(role: Role, name: string): boolean {
    const at = this.#names[role].numberOf(name);
    if (at < 0) return false;
    const { days, roles } = this.#tables;
    const { start, places } = roles[role];
    return days[places[start[at]!]!]! < this.#end;
  }

  /** Throws where it was cut: what is kept is a whole. */
  toJSON(): HistoryJson {
    if (this.#end !== Infinity)
      throw new Error('A history that was cut cannot be kept: build one of the films.');
    const { days, measures, roles } = this.#tables;
    return {
      days: packed(days),
      measures: measures.map((values) => packed(withOneNaN(values))),
      roles: byRole((role) => {
        const { names, start, places } = roles[role];
        const steps = places.slice();
        for (let name = 0; name < start.length - 1; name++)
          for (let i = start[name]! + 1; i < start[name + 1]!; i++) steps[i] = places[i]! - places[i - 1]!;
        return {
          names: packed(names.bytes),
          lengths: packedSmall(lengthsOf(names.offsets)),
          counts: packedSmall(lengthsOf(start)),
          steps: packedSmall(steps),
        };
      }),
    };
  }

  static fromJSON(json: HistoryJson): History {
    return new History(readHistory(json));
  }
}

/** Takes as long as there are films: for threads that compute. */
export function readHistory(json: HistoryJson): HistoryTables {
  const measures = json.measures.map(doublesOf);
  const roles = byRole((role) => {
    const { names, lengths, counts, steps } = json.roles[role];
    const start = startsOf(smallOf(counts));
    const places = smallOf(steps);
    for (let name = 0; name < start.length - 1; name++)
      for (let i = start[name]! + 1; i < start[name + 1]!; i++) places[i]! += places[i - 1]!;
    return sumUp(nameTable(bytesOf(names), startsOf(smallOf(lengths))), start, places, measures);
  });
  return { days: integersOf(json.days), measures, roles };
}

function byRole<Value>(of: (role: Role) => Value): { readonly [role in Role]: Value } {
  return Object.fromEntries(ROLES.map((role) => [role, of(role)])) as Record<Role, Value>;
}

function startsOf(counts: ArrayLike<number>): Int32Array<ArrayBuffer> {
  const start = new Int32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) start[i + 1] = start[i]! + counts[i]!;
  return start;
}

function lengthsOf(start: Int32Array): Int32Array {
  return start.subarray(1).map((end, i) => end - start[i]!);
}

/** NaN has many bit patterns, and which one a computation leaves is the machine's affair: the same fit, the same bytes. */
function withOneNaN(values: Float64Array): Float64Array {
  const copy = values.slice();
  const bits = new BigUint64Array(copy.buffer);
  copy.forEach((value, i) => {
    if (Number.isNaN(value)) bits[i] = 0x7ff8000000000000n;
  });
  return copy;
}

function sumUp(
  names: NameTable,
  start: Int32Array<ArrayBuffer>,
  places: Int32Array<ArrayBuffer>,
  measures: readonly Float64Array[],
): RoleTable {
  const strides = Math.floor(places.length / STRIDE);
  const known = measures.map(() => new Int32Array(strides));
  const sums = measures.map(() => new Float64Array(strides));
  measures.forEach((values, m) => {
    for (let name = 0; name < start.length - 1; name++) {
      const first = start[name]!;
      const whole = Math.floor((start[name + 1]! - first) / STRIDE);
      let at = Math.floor(first / STRIDE);
      let films = 0;
      let sum = 0;
      for (let i = first; i < first + whole * STRIDE; i++) {
        const value = values[places[i]!]!;
        if (!Number.isNaN(value)) {
          films++;
          sum += value;
        }
        if ((i - first) % STRIDE === STRIDE - 1) {
          known[m]![at] = films;
          sums[m]![at++] = sum;
        }
      }
    }
  });
  return { names, start, places, known, sums };
}
