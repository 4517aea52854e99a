import { fold } from './fold.js';
import type { CreditsTable, FilmsTable, PersonsTable, RankingTable } from './tables.js';
import type { Words } from './texts.js';
import { Texts } from './texts.js';

export type Role = 'ACTOR' | 'DIRECTOR';
const CODE: Readonly<Record<Role, number>> = { ACTOR: 0, DIRECTOR: 1 };

/** `person` is a number of this snapshot, 0 to n - 1. */
export interface Ranked {
  readonly rank: number;
  readonly person: number;
  readonly movieCount: number;
}

/** Rankings by genre that are kept: they are counted when asked for. */
const KEPT_RANKINGS = 64;

/** Who made the films. */
export class People {
  readonly ids: Texts;
  readonly names: Texts;
  readonly profilePaths: Texts;
  readonly characters: Texts;
  readonly #foldedNames: Texts;
  readonly #persons: PersonsTable;
  readonly #credits: CreditsTable;
  readonly #films: FilmsTable;
  readonly #genres: Words;
  readonly #rankings: ReadonlyMap<string, readonly Ranked[]>;
  readonly #counted = new Map<string, readonly Ranked[]>();

  constructor(
    persons: PersonsTable,
    credits: CreditsTable,
    ranking: RankingTable,
    films: FilmsTable,
    genres: Words,
  ) {
    this.#persons = persons;
    this.#credits = credits;
    this.#films = films;
    this.#genres = genres;
    this.ids = new Texts(persons.ids);
    this.names = new Texts(persons.names);
    this.profilePaths = new Texts(persons.profilePaths);
    this.#foldedNames = new Texts(persons.foldedNames);
    this.characters = new Texts(credits.character);
    this.#rankings = groupRankings(ranking);
  }

  find(id: string): number | null {
    return this.ids.equal(id, this.#persons.byId)[0] ?? null;
  }

  /** Everybody of that whole name, accent- and case-insensitive. */
  named(name: string): Uint32Array {
    return this.#foldedNames.equal(fold(name), this.#persons.byFoldedName);
  }

  /** Credits of a film: actors in billing order, then directors. */
  creditsOf(row: number, role: Role | null): number[] {
    const { byFilm, role: roles } = this.#credits;
    const found: number[] = [];
    for (let credit = byFilm[row]!; credit < byFilm[row + 1]!; credit++)
      if (role === null || roles[credit] === CODE[role]) found.push(credit);
    return found;
  }

  personOf(credit: number): number {
    return this.#credits.person[credit]!;
  }

  roleOf(credit: number): Role {
    return this.#credits.role[credit] === CODE.ACTOR ? 'ACTOR' : 'DIRECTOR';
  }

  positionOf(credit: number): number {
    return this.#credits.position[credit]!;
  }

  /** Names of a film's people in billing order, each person once. */
  namesOf(row: number, role: Role, first: number): string[] {
    const { byFilm, role: roles, person } = this.#credits;
    const seen = new Set<number>();
    for (let credit = byFilm[row]!; credit < byFilm[row + 1]! && seen.size < first; credit++)
      if (roles[credit] === CODE[role]) seen.add(person[credit]!);
    return Array.from(seen, (one) => this.names.at(one)!);
  }

  /** Film rows of these people together, ascending and distinct. */
  filmsOf(persons: Iterable<number>, role: Role | null): Uint32Array {
    const { byPerson, role: roles } = this.#credits;
    const rows = new Set<number>();
    for (const person of persons) {
      for (let i = byPerson.offsets[person]!; i < byPerson.offsets[person + 1]!; i++) {
        const credit = byPerson.items[i]!;
        if (role === null || roles[credit] === CODE[role]) rows.add(this.#filmOf(credit));
      }
    }
    return Uint32Array.from(rows).sort();
  }

  /** People by number of released films; without a genre from the table, with one counted now. */
  ranking(role: Role, year: number | null, genre: string | null): readonly Ranked[] {
    if (genre === null) return this.#rankings.get(`${CODE[role]} ${year ?? 'all'}`) ?? [];
    const key = JSON.stringify([role, year, genre]);
    const known = this.#counted.get(key) ?? this.#count(role, year, genre);
    this.#counted.delete(key);
    this.#counted.set(key, known);
    if (this.#counted.size > KEPT_RANKINGS) this.#counted.delete(this.#counted.keys().next().value as string);
    return known;
  }

  #count(role: Role, year: number | null, genre: string): Ranked[] {
    const code = this.#genres.codeOf(genre);
    if (code === undefined) return [];
    const { offsets, items } = this.#films.byGenre;
    const counts = new Map<number, number>();
    for (const row of items.subarray(offsets[code], offsets[code + 1])) {
      if (this.#films.released[row] === 0) continue;
      if (year !== null && this.#films.numbers.year[row] !== year) continue;
      const people = new Set(this.creditsOf(row, role).map((credit) => this.personOf(credit)));
      for (const person of people) counts.set(person, (counts.get(person) ?? 0) + 1);
    }
    return [...counts]
      .sort(
        ([a, films], [b, others]) =>
          others - films || this.names.compareRows(a, b) || this.ids.compareRows(a, b),
      )
      .slice(0, 100)
      .map(([person, movieCount], at) => ({ rank: at + 1, person, movieCount }));
  }

  #filmOf(credit: number): number {
    const { byFilm } = this.#credits;
    let low = 0;
    let high = byFilm.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (byFilm[middle]! <= credit) low = middle;
      else high = middle;
    }
    return low;
  }
}

function groupRankings({ role, year, rank, person, movieCount }: RankingTable): Map<string, Ranked[]> {
  const groups = new Map<string, Ranked[]>();
  for (let row = 0; row < role.length; row++) {
    const key = `${role[row]} ${Number.isNaN(year[row]) ? 'all' : year[row]}`;
    const group = groups.get(key) ?? [];
    group.push({ rank: rank[row]!, person: person[row]!, movieCount: movieCount[row]! });
    groups.set(key, group);
  }
  return groups;
}
