import { LRUCache } from 'lru-cache';
import {
  LIST,
  listed,
  listSet,
  setOf,
  walkBits,
  type Bitmap,
  type Rows,
  type RowSet,
} from '../../dataset/serving/bitmap.js';
import { fold } from '../../dataset/serving/fold.js';
import { Grams } from '../../dataset/serving/grams.js';
import { placeIn } from '../../models/rising.js';
import { Narrowing } from '../../dataset/serving/narrowing.js';
import type { FilmsTable } from '../../dataset/serving/tables.js';
import { Texts, type Words } from '../../dataset/serving/texts.js';
import { Conditions, type Condition } from './conditions.js';
import { asksTitleAlone, type FilmFilter } from './filter.js';
import { Doorkeeper } from './doorkeeper.js';
import { byMatch } from './matches.js';
import { Narrowed } from './narrowed.js';
import { inOrder, sorted, type FilmOrder, type Ordered } from './ordered.js';
import type { People } from './people.js';

const BY_POPULARITY: FilmOrder = { field: 'POPULARITY', direction: 'DESC' };

/** Bytes of results that are kept, so that later pages of a question are cut from one answer. */
const KEPT = 16 * 2 ** 20;
/** One of so many films: if fewer meet a condition, each is asked the others; if more, bitmaps of all take less time. */
const RARE = 1024;
/** Films up to which those that are wanted in the order of rows are listed: the bits show the first ones as soon. */
const FEW = 64;
/** Stands for all films, of which no bitmap is needed. */
const EVERY: Bitmap = new Uint32Array(0);

export class FilmSearch {
  readonly #films: FilmsTable;
  readonly #people: People;
  readonly #titles: Texts;
  readonly #grams: Grams;
  readonly #conditions: Conditions;
  readonly #narrowing: Narrowing;
  readonly #results = new LRUCache<string, Ordered>({
    maxSize: KEPT,
    sizeCalculation: ({ bytes }, key) => Math.ceil(bytes) + 2 * key.length,
  });
  readonly #doorkeeper = new Doorkeeper();
  #searches = 0;

  constructor(
    films: FilmsTable,
    people: People,
    words: { readonly genres: Words; readonly languages: Words },
  ) {
    this.#films = films;
    this.#people = people;
    this.#titles = new Texts(films.foldedTitles);
    this.#grams = new Grams(films.grams, films.foldedTitles);
    const narrowing = new Narrowing(films.count, films.steps.year.bits.buffer);
    this.#conditions = new Conditions(films, words, narrowing);
    this.#narrowing = narrowing;
  }

  /** How often it was asked. */
  get searches(): number {
    return this.#searches;
  }

  /**
   * The films that match. Without an order: by popularity, and where a title is sought, first those that are it,
   * then those that begin with it. `question`: a text that no other filter and order share.
   */
  find(filter: FilmFilter, order: FilmOrder | null, question = JSON.stringify([filter, order])): Ordered {
    this.#searches++;
    let found = this.#results.get(question);
    if (found === undefined) {
      found = this.#ordered(this.#search(filter, order), filter, order);
      if (this.#doorkeeper.admits(question)) this.#results.set(question, found);
    }
    return found;
  }

  /** Rows, distinct, brought into an order. */
  sort(rows: Uint32Array, order: FilmOrder): Ordered {
    return sorted(rows, this.#films.orders, order, this.#narrowing.scans);
  }

  #ordered(set: RowSet, question: FilmFilter, order: FilmOrder | null): Ordered {
    const needle = fold(question.title ?? '');
    if (order === null && needle !== '' && set.count > 0)
      return byMatch(set, asksTitleAlone(question), needle, this.#titles, this.#films.orders);
    const { field, direction } = order ?? BY_POPULARITY;
    const skipped = this.#conditions.skipped(question, field, direction);
    return inOrder(set, this.#films.orders, { field, direction }, this.#narrowing.scans, skipped);
  }

  #search(question: FilmFilter, order: FilmOrder | null): RowSet {
    const lookedUp = this.#lookUp(question);
    if (lookedUp === null) return listSet(new Uint32Array(0));
    const conditions = [...lookedUp.map(conditionOf), ...this.#conditions.of(question)];
    const all = this.#films.count;
    if (conditions.length === 0)
      return { count: all, rows: null, bits: EVERY, list: () => firstOf(all), walk: walkBits(EVERY) };
    const [fewest, ...others] = conditions.sort((a, b) => a.count - b.count) as [Condition, ...Condition[]];
    if (RARE * fewest.count <= all) {
      let rows = fewest.rows();
      for (const other of others) rows = those(rows, other.holds);
      return setOf(rows, all);
    }
    const found = new Narrowed(conditions, this.#narrowing);
    const few = found.count <= (this.#isNumbered(question, order) ? FEW : LIST);
    return few ? listSet(found.list()) : found;
  }

  /** Whether the films are wanted in the order of their rows. */
  #isNumbered({ title }: FilmFilter, order: FilmOrder | null): boolean {
    const { field, direction } = order ?? BY_POPULARITY;
    const bestFirst = order === null && title != null;
    return !bestFirst && field === BY_POPULARITY.field && direction === BY_POPULARITY.direction;
  }

  /** Films of people and titles; null when one of the look-ups finds none. */
  #lookUp({ title, person, personId }: FilmFilter): Rows[] | null {
    const found: Rows[] = [];
    if (person != null) found.push(listed(this.#people.filmsOf(this.#people.named(person), null)));
    if (personId != null) {
      const one = this.#people.find(personId);
      if (one === null) return null;
      found.push(listed(this.#people.filmsOf([one], null)));
    }
    if (title != null && title !== '') {
      const needle = fold(title);
      // Folding may leave nothing of it, as of a lone accent: then it asks nothing.
      if (title.includes('\0')) return null;
      if (needle !== '') found.push(this.#grams.holding(Buffer.from(needle)));
    }
    return found;
  }
}

const firstOf = (rows: number): Uint32Array => Uint32Array.from({ length: rows }, (_, row) => row);

/** A plain loop: the filter of typed arrays takes several times as long. */
function those(rows: Uint32Array, hold: (row: number) => boolean): Uint32Array {
  const kept = new Uint32Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) if (hold(rows[i]!)) kept[count++] = rows[i]!;
  return kept.slice(0, count);
}

/** Of rows that were looked up. */
function conditionOf(found: Rows): Condition {
  let rows: Uint32Array | undefined;
  const write = (bits: Bitmap): void => found.write(bits);
  return {
    count: found.count,
    holds: (row) => placeIn((rows ??= found.list()), row) >= 0,
    rows: () => found.list(),
    write,
    walk: found.walk,
    narrow: (to) => to.keepWritten(write),
  };
}
