import type { CreditsTable, FilmsTable, RankingTable } from './tables.js';

/** As many as a page may ask for. */
const RANKED = 100;

/**
 * Who made most released films of each genre, in each year and over all: the first hundred by number of films, ties
 * by name. Prepared, because counting the films of a large genre holds everybody else up.
 *
 * @param byName Persons in the order of their names, those of one name by id.
 */
export function rankByGenre(table: FilmsTable, credits: CreditsTable, byName: Uint32Array): RankingTable {
  const place = new Uint32Array(byName.length);
  byName.forEach((person, at) => (place[person] = at));
  const groups: Group[] = [];
  const inYear = new Counts(byName.length);
  const overall = new Counts(byName.length);
  for (const role of [0, 1]) {
    for (let genre = 0; genre + 1 < table.byGenre.offsets.length; genre++) {
      const years = releasedByYear(table, genre);
      for (const [year, films] of years) {
        for (const film of films) inYear.addFilm(film, credits, role);
        groups.push({ role, genre, year, ...inYear.first(byName, place) });
        overall.addAll(inYear);
        inYear.clear();
      }
      if (years.length > 0) groups.push({ role, genre, year: NaN, ...overall.first(byName, place) });
      overall.clear();
    }
  }
  return tableOf(groups);
}

interface Group {
  readonly role: number;
  readonly genre: number;
  readonly year: number;
  readonly persons: readonly number[];
  readonly counts: readonly number[];
}

/** Films of each person, with a note of who has any, so that clearing is cheap. */
class Counts {
  readonly #counts: Uint32Array;
  /** The last film counted for a person, plus 1: who is listed twice in it counts once. */
  readonly #seen: Uint32Array;
  readonly #who: number[] = [];

  constructor(persons: number) {
    this.#counts = new Uint32Array(persons);
    this.#seen = new Uint32Array(persons);
  }

  addFilm(film: number, { byFilm, role: roles, person }: CreditsTable, role: number): void {
    for (let credit = byFilm[film]!; credit < byFilm[film + 1]!; credit++) {
      const who = person[credit]!;
      if (roles[credit] !== role || this.#seen[who] === film + 1) continue;
      this.#seen[who] = film + 1;
      this.#add(who, 1);
    }
  }

  addAll(other: Counts): void {
    for (const who of other.#who) this.#add(who, other.#counts[who]!);
  }

  /** The first hundred. */
  first(byName: Uint32Array, place: Uint32Array): { readonly persons: number[]; readonly counts: number[] } {
    // Few films and a late name make a large key.
    let keys = Float64Array.from(this.#who, (who) => (2 ** 21 - this.#counts[who]!) * 2 ** 30 + place[who]!);
    if (keys.length > 8 * RANKED) {
      // The hundredth of a part is a bound for the hundredth of all.
      const bound = keys.slice(0, 4 * RANKED).sort()[RANKED - 1]!;
      keys = keys.filter((key) => key <= bound);
    }
    const persons = Array.from(keys.sort().subarray(0, RANKED), (key) => byName[key % 2 ** 30]!);
    return { persons, counts: persons.map((person) => this.#counts[person]!) };
  }

  clear(): void {
    for (const who of this.#who) this.#counts[who] = this.#seen[who] = 0;
    this.#who.length = 0;
  }

  #add(who: number, films: number): void {
    if (this.#counts[who] === 0) this.#who.push(who);
    this.#counts[who]! += films;
  }
}

/** Years with their released films of a genre, ascending. Films by their places in the order of ids, from 0. */
function releasedByYear(
  { byGenre, released, numbers, orders }: FilmsTable,
  genre: number,
): (readonly [year: number, films: number[]])[] {
  const years = new Map<number, number[]>();
  for (let i = byGenre.offsets[genre]!; i < byGenre.offsets[genre + 1]!; i++) {
    const row = byGenre.items[i]!;
    if (released[row] === 0) continue;
    const year = numbers.year[row]!;
    const film = orders.ID.rank[row]! - 1;
    const films = years.get(year);
    if (films === undefined) years.set(year, [film]);
    else films.push(film);
  }
  return [...years].sort(([a], [b]) => a - b);
}

function tableOf(groups: readonly Group[]): RankingTable {
  const each = <T>(value: (group: Group, at: number) => T): T[] =>
    groups.flatMap((group) => group.persons.map((_, at) => value(group, at)));
  return {
    role: Uint8Array.from(each(({ role }) => role)),
    genre: Int32Array.from(each(({ genre }) => genre)),
    year: Float64Array.from(each(({ year }) => year)),
    rank: Int32Array.from(each((_, at) => at + 1)),
    person: Int32Array.from(each(({ persons }, at) => persons[at]!)),
    movieCount: Int32Array.from(each(({ counts }, at) => counts[at]!)),
  };
}
