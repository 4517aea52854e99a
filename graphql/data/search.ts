import { fold } from './fold.js';
import type { People } from './people.js';
import type { FilmsTable, OrderField } from './tables.js';
import type { Words } from './texts.js';
import { Texts } from './texts.js';

/** Which films, all conditions together. A field that is null or missing is no condition. */
export interface FilmFilter {
  /** Accent- and case-insensitive, anywhere in the title. */
  readonly title?: string | null;
  /** All of these. */
  readonly genres?: readonly string[] | null;
  /** A whole name in cast or directors, accent- and case-insensitive. */
  readonly person?: string | null;
  readonly personId?: string | null;
  readonly fromYear?: number | null;
  readonly toYear?: number | null;
  readonly language?: string | null;
  readonly minVoteCount?: number | null;
  readonly minVoteAverage?: number | null;
  readonly minBudget?: number | null;
  readonly hasRoi?: boolean | null;
}

export interface FilmOrder {
  readonly field: OrderField;
  readonly direction: 'ASC' | 'DESC';
}

type Condition = (row: number) => boolean;

interface Range {
  readonly column: Float64Array;
  readonly least: number;
  readonly most: number;
}

/** Rows, ascending and distinct, and a cheaper test for being one of them where there is one. */
interface Indexed {
  readonly rows: Uint32Array;
  readonly holds?: Condition;
}

/** Results kept, so that the pages of one question are cut from one answer; and their rows together. */
const KEPT_RESULTS = 32;
const KEPT_ROWS = 8_000_000;

export class FilmSearch {
  readonly #films: FilmsTable;
  readonly #people: People;
  readonly #titles: Texts;
  readonly #genres: Words;
  readonly #languages: Words;
  readonly #kept = new Map<string, Uint32Array>();

  constructor(
    films: FilmsTable,
    people: People,
    words: { readonly genres: Words; readonly languages: Words },
  ) {
    this.#films = films;
    this.#people = people;
    this.#titles = new Texts(films.foldedTitles);
    this.#genres = words.genres;
    this.#languages = words.languages;
  }

  /** Rows of the films that match, in the order asked for. */
  find(filter: FilmFilter, order: FilmOrder): Uint32Array {
    const key = JSON.stringify([filter, order]);
    const found = this.#kept.get(key) ?? this.#search(filter, order);
    // Taken out and put back: a Map's first key is then the one unused for longest.
    this.#kept.delete(key);
    this.#kept.set(key, found);
    let rows = 0;
    for (const kept of this.#kept.values()) rows += kept.length;
    for (const [oldest, kept] of this.#kept) {
      if (this.#kept.size <= KEPT_RESULTS && rows <= KEPT_ROWS) break;
      this.#kept.delete(oldest);
      rows -= kept.length;
    }
    return found;
  }

  /** Rows, ascending and distinct, brought into an order. */
  sort(rows: Uint32Array, { field, direction }: FilmOrder): Uint32Array {
    const { rank, ascending, descending } = this.#films.orders[field];
    const all = direction === 'ASC' ? ascending : descending;
    if (rows.length === all.length) return all;
    // Many rows: walk the order and pick; few: sort them.
    if (rows.length * 16 > all.length) {
      const wanted = new Uint8Array(all.length);
      for (let i = 0; i < rows.length; i++) wanted[rows[i]!] = 1;
      const sorted = new Uint32Array(rows.length);
      for (let i = 0, count = 0; count < sorted.length; i++)
        if (wanted[all[i]!] === 1) sorted[count++] = all[i]!;
      return sorted;
    }
    const sign = direction === 'ASC' ? 1 : -1;
    return rows.slice().sort((a, b) => {
      const [of, than] = [rank[a]!, rank[b]!];
      if (of === than) return a - b;
      if (of === 0 || than === 0) return of === 0 ? 1 : -1;
      return sign * (of - than);
    });
  }

  #search(filter: FilmFilter, order: FilmOrder): Uint32Array {
    const indexed = this.#indexed(filter);
    if (indexed === null) return new Uint32Array(0);
    const [smallest, ...others] = indexed.sort((a, b) => a.rows.length - b.rows.length);
    let rows = smallest?.rows ?? this.#films.orders.ID.ascending;
    for (const range of this.#ranges(filter)) rows = within(rows, range);
    const conditions = [
      ...this.#conditions(filter),
      ...others.map((other) => other.holds ?? isIn(other.rows)),
    ];
    for (const condition of conditions) rows = rows.filter(condition);
    return this.sort(rows, order);
  }

  /** Conditions that have an index; null when one of them holds for no film. */
  #indexed({ title, genres, person, personId }: FilmFilter): Indexed[] | null {
    const indexed: Indexed[] = [];
    for (const genre of genres ?? []) {
      const code = this.#genres.codeOf(genre);
      if (code === undefined) return null;
      const { offsets, items } = this.#films.byGenre;
      const rows = items.subarray(offsets[code], offsets[code + 1]);
      indexed.push({ rows, holds: (row) => this.#genres.has(row, code) });
    }
    if (person != null) indexed.push({ rows: this.#people.filmsOf(this.#people.named(person), null) });
    if (personId != null) {
      const found = this.#people.find(personId);
      if (found === null) return null;
      indexed.push({ rows: this.#people.filmsOf([found], null) });
    }
    if (title != null && title !== '') {
      if (title.includes('\0')) return null;
      indexed.push({ rows: Uint32Array.from(this.#titles.holding(fold(title))) });
    }
    return indexed;
  }

  #ranges(filter: FilmFilter): Range[] {
    const { year, voteCount, voteAverage, budget } = this.#films.numbers;
    const ranges: Range[] = [
      { column: year, least: filter.fromYear ?? -Infinity, most: filter.toYear ?? Infinity },
      { column: voteCount, least: filter.minVoteCount ?? -Infinity, most: Infinity },
      { column: voteAverage, least: filter.minVoteAverage ?? -Infinity, most: Infinity },
      { column: budget, least: filter.minBudget ?? -Infinity, most: Infinity },
    ];
    return ranges.filter(({ least, most }) => least !== -Infinity || most !== Infinity);
  }

  #conditions({ hasRoi, language }: FilmFilter): Condition[] {
    const conditions: Condition[] = [];
    const { roi } = this.#films.numbers;
    if (hasRoi != null) conditions.push((row) => !Number.isNaN(roi[row]) === hasRoi);
    if (language != null) {
      const code = this.#languages.codeOf(language.toLowerCase());
      conditions.push(code === undefined ? () => false : (row) => this.#languages.has(row, code));
    }
    return conditions;
  }
}

function isIn(rows: Uint32Array): Condition {
  const allowed = new Set(rows);
  return (row) => allowed.has(row);
}

/** A plain loop: a million rows in some milliseconds, where a function a row takes tens of them. */
function within(rows: Uint32Array, { column, least, most }: Range): Uint32Array {
  const kept = new Uint32Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    const value = column[rows[i]!]!;
    // False for NaN, which is null here: the film is left out.
    if (value >= least && value <= most) kept[count++] = rows[i]!;
  }
  return kept.slice(0, count);
}
