import { fold } from '../../dataset/serving/fold.js';
import type { CreditsTable, PersonsTable, RankingTable } from '../../dataset/serving/tables.js';
import { Texts, type Words } from '../../dataset/serving/texts.js';
import { once } from '../../models/once.js';

export type Role = 'ACTOR' | 'DIRECTOR';
const CODE: Readonly<Record<Role, number>> = { ACTOR: 0, DIRECTOR: 1 };

/** `person` is a number of this snapshot, 0 to n - 1. */
export interface Ranked {
  readonly rank: number;
  readonly person: number;
  readonly movieCount: number;
}

/** Who made the films. */
export class People {
  readonly ids: Texts;
  readonly names: Texts;
  readonly profilePaths: Texts;
  readonly characters: Texts;
  readonly #foldedNames: Texts;
  readonly #persons: PersonsTable;
  readonly #credits: CreditsTable;
  readonly #genres: Words;
  readonly #places: Int32Array;
  /** Made when they are first asked for, as opening a snapshot keeps everybody waiting. */
  readonly #rankings: () => Rankings;
  readonly #genreRankings: () => Rankings;
  #searches = 0;

  /** `places`: of each film row its place by id, from 1. */
  constructor(
    persons: PersonsTable,
    credits: CreditsTable,
    rankings: { readonly overall: RankingTable; readonly byGenre: RankingTable },
    genres: Words,
    places: Int32Array,
  ) {
    this.#places = places;
    this.#persons = persons;
    this.#credits = credits;
    this.#genres = genres;
    this.ids = new Texts(persons.ids);
    this.names = new Texts(persons.names);
    this.profilePaths = new Texts(persons.profilePaths);
    this.#foldedNames = new Texts(persons.foldedNames);
    this.characters = new Texts(credits.character);
    this.#rankings = once(() => new Rankings(rankings.overall));
    this.#genreRankings = once(() => new Rankings(rankings.byGenre));
  }

  /** How often a person was looked up by id or name. */
  get searches(): number {
    return this.#searches;
  }

  find(id: string): number | null {
    this.#searches++;
    return this.ids.equal(id, this.#persons.byId)[0] ?? null;
  }

  /** Everybody of that whole name, accent- and case-insensitive. */
  named(name: string): Uint32Array {
    this.#searches++;
    return this.#foldedNames.equal(fold(name), this.#persons.byFoldedName);
  }

  /** Credits of a film: actors in billing order, then directors. */
  creditsOf(row: number, role: Role | null): number[] {
    const { byFilm, role: roles } = this.#credits;
    const place = this.#places[row]!;
    const found: number[] = [];
    for (let credit = byFilm[place - 1]!; credit < byFilm[place]!; credit++)
      if (role === null || roles[credit] === CODE[role]) found.push(credit);
    return found;
  }

  personOf(credit: number): number {
    return this.#credits.person[credit]!;
  }

  roleOf(credit: number): Role {
    return this.#credits.role[credit] === CODE.ACTOR ? 'ACTOR' : 'DIRECTOR';
  }

  /** Names of a film's people in billing order, each person once. */
  namesOf(row: number, role: Role, first: number): string[] {
    const { byFilm, role: roles, person } = this.#credits;
    const place = this.#places[row]!;
    const seen = new Set<number>();
    for (let credit = byFilm[place - 1]!; credit < byFilm[place]! && seen.size < first; credit++)
      if (roles[credit] === CODE[role]) seen.add(person[credit]!);
    return Array.from(seen, (one) => this.names.at(one)!);
  }

  /** Film rows of these people together, ascending and distinct. */
  filmsOf(persons: Iterable<number>, role: Role | null): Uint32Array {
    const { offsets, items } = this.#credits.byPerson;
    const all = Array.from(persons, (person) => {
      const credits = items.subarray(offsets[person], offsets[person + 1]);
      const films = new Uint32Array(credits.length);
      let count = 0;
      for (let i = 0; i < credits.length; i++) {
        const credit = credits[i]!;
        if (role !== null && (credit & 1) !== CODE[role]) continue;
        const film = credit >>> 1;
        if (count === 0 || films[count - 1] !== film) films[count++] = film;
      }
      return films.subarray(0, count);
    });
    if (all.length === 1) return all[0]!;
    const rows = Uint32Array.from(all.flatMap((films) => [...films])).sort();
    return rows.filter((row, at) => at === 0 || row !== rows[at - 1]);
  }

  /** The first people by number of released films, at most a hundred. */
  ranking(role: Role, year: number | null, genre: string | null, first: number): Ranked[] {
    if (genre === null) return this.#rankings().first(CODE[role], -1, year, first);
    const code = this.#genres.codeOf(genre);
    return code === undefined ? [] : this.#genreRankings().first(CODE[role], code, year, first);
  }
}

/** Rankings by role, genre and year, each a run of rows. */
class Rankings {
  readonly #table: RankingTable;
  readonly #runs = new Map<string, { readonly start: number; readonly end: number }>();

  constructor(table: RankingTable) {
    this.#table = table;
    const { role, genre, year } = table;
    const same = (a: number, b: number): boolean =>
      role[a] === role[b] && genre[a] === genre[b] && Object.is(year[a], year[b]);
    for (let row = 0, start = 0; row < role.length; row++) {
      if (row + 1 < role.length && same(row, row + 1)) continue;
      this.#runs.set(`${role[start]} ${genre[start]} ${year[start]}`, { start, end: row + 1 });
      start = row + 1;
    }
  }

  first(role: number, genre: number, year: number | null, first: number): Ranked[] {
    const run = this.#runs.get(`${role} ${genre} ${year ?? NaN}`);
    if (run === undefined) return [];
    const { rank, person, movieCount } = this.#table;
    return Array.from({ length: Math.min(first, run.end - run.start) }, (_, at) => ({
      rank: rank[run.start + at]!,
      person: person[run.start + at]!,
      movieCount: movieCount[run.start + at]!,
    }));
  }
}
