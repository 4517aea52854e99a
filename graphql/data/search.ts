import { BoundedMap } from '../boundedMap.js';
import {
  bitmapOf,
  holds,
  intersect,
  listSet,
  setOf,
  setOfBits,
  takeOut,
  type Bitmap,
  type RowSet,
} from '../../dataset/serving/bitmap.js';
import { fold } from '../../dataset/serving/fold.js';
import { Grams } from '../../dataset/serving/grams.js';
import { inOrder, joined, listed, sortRows, type Direction, type Ordered } from './ordered.js';
import type { People } from './people.js';
import { ORDER_OF, Ranges } from '../../dataset/serving/ranges.js';
import { RANGED, type FilmsTable, type OrderField, type RangedColumn } from '../../dataset/serving/tables.js';
import type { Words } from '../../dataset/serving/texts.js';
import { Texts } from '../../dataset/serving/texts.js';

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

/** What the ranking of returns asks beside. */
interface Question extends FilmFilter {
  /** In US dollars, not itself included. */
  readonly overBudget?: number | null;
  /** Released films with a known return alone. */
  readonly returns?: boolean;
}

export interface FilmOrder {
  readonly field: OrderField;
  readonly direction: Direction;
}

/** Bytes of conditions and of results that are kept, so that the pages of a question are cut from one answer. */
const KEPT_CONDITIONS = 32 * 2 ** 20;
const KEPT_RESULTS = 32 * 2 ** 20;

interface Range {
  readonly name: RangedColumn;
  readonly least: number;
  readonly most: number;
}

/** What a filter asks, as a test of one film and, made when it is asked for, as a bitmap of all that pass. */
interface Condition {
  readonly holds: (row: number) => boolean;
  readonly bits: () => Bitmap;
}

export class FilmSearch {
  readonly #films: FilmsTable;
  readonly #people: People;
  readonly #titles: Texts;
  readonly #grams: Grams;
  readonly #returns: Bitmap;
  readonly #genres: Words;
  readonly #languages: Words;
  readonly #ranges: Readonly<Record<RangedColumn, Ranges>>;
  readonly #conditions = new BoundedMap<string, Bitmap>(KEPT_CONDITIONS, (_key, bits) => bits.byteLength);
  readonly #results = new BoundedMap<string, Ordered>(
    KEPT_RESULTS,
    (key, { bytes }) => bytes + 2 * key.length,
  );
  #searches = 0;

  constructor(
    films: FilmsTable,
    people: People,
    words: { readonly genres: Words; readonly languages: Words },
    returns: Uint32Array,
  ) {
    this.#films = films;
    this.#returns = bitmapOf(returns, films.count);
    this.#people = people;
    this.#titles = new Texts(films.foldedTitles);
    this.#grams = new Grams(films.grams, films.foldedTitles);
    this.#genres = words.genres;
    this.#languages = words.languages;
    const ranges = RANGED.map((name) => [
      name,
      new Ranges(films.numbers[name], films.orders[ORDER_OF[name]].ascending, films.steps[name]),
    ]);
    this.#ranges = Object.fromEntries(ranges) as Record<RangedColumn, Ranges>;
  }

  /** How often it was asked. */
  get searches(): number {
    return this.#searches;
  }

  /**
   * The films that match. Without an order: by popularity, and where a title is sought, first those that are it,
   * then those that begin with it.
   */
  find(filter: FilmFilter, order: FilmOrder | null): Ordered {
    return this.#answer(filter, order);
  }

  /** Released films with a known return on investment, best first. `genre` null: of all. */
  returns(genre: string | null, over: Pick<Question, 'overBudget' | 'fromYear' | 'toYear'>): Ordered {
    const question = { ...over, genres: genre === null ? null : [genre], returns: true };
    return this.#answer(question, { field: 'ROI', direction: 'DESC' });
  }

  #answer(question: Question, order: FilmOrder | null): Ordered {
    this.#searches++;
    const key = JSON.stringify([question, order]);
    let found = this.#results.get(key);
    if (found === undefined) {
      const set = this.#search(question);
      const needle = fold(question.title ?? '');
      found =
        order === null && needle !== '' && set.count > 0
          ? this.#byMatch(set, needle)
          : this.#sorted(set, question, order ?? BY_POPULARITY);
      this.#results.set(key, found);
    }
    return found;
  }

  /** Rows, ascending and distinct, brought into an order. */
  sort(rows: Uint32Array, { field, direction }: FilmOrder): Ordered {
    return listed(sortRows(rows, this.#films.orders[field], direction));
  }

  #sorted(set: RowSet, filter: Question, { field, direction }: FilmOrder): Ordered {
    const range = rangesOf(filter).find(({ name }) => ORDER_OF[name] === field);
    let skipped = 0;
    if (range !== undefined) {
      const [from, after] = this.#ranges[range.name].around(range.least, range.most);
      skipped = direction === 'ASC' ? from : after;
    }
    return inOrder(set, this.#films.orders[field], direction, skipped);
  }

  #search(filter: Question): RowSet {
    const all = this.#films.count;
    const sets = this.#sets(filter);
    if (sets === null) return listSet(new Uint32Array(0));
    const conditions = this.#conditionsOf(filter);
    const [smallest, ...others] = sets.sort((a, b) => a.count - b.count);
    if (smallest?.rows != null) {
      let rows = smallest.rows;
      for (const other of others) rows = rows.filter(isIn(other));
      for (const condition of conditions) rows = rows.filter(condition.holds);
      return listSet(rows);
    }
    const bitmaps = [...sets.map(({ bits }) => bits!), ...conditions.map(({ bits }) => bits())];
    if (bitmaps.length === 0) return { count: all, rows: null, bits: EVERY };
    return intersect(bitmaps);
  }

  /** Conditions whose films are looked up; null when one of them holds for none. */
  #sets({ title, person, personId }: FilmFilter): RowSet[] | null {
    const sets: RowSet[] = [];
    const all = this.#films.count;
    if (person != null) sets.push(setOf(this.#people.filmsOf(this.#people.named(person), null), all));
    if (personId != null) {
      const found = this.#people.find(personId);
      if (found === null) return null;
      sets.push(setOf(this.#people.filmsOf([found], null), all));
    }
    if (title != null && title !== '') {
      const needle = fold(title);
      // Folding may leave nothing of it, as of a lone accent: then it asks nothing.
      if (title.includes('\0')) return null;
      if (needle !== '') sets.push(this.#grams.holding(Buffer.from(needle)));
    }
    return sets;
  }

  #conditionsOf(filter: Question): Condition[] {
    const { numbers, orders, count, byGenre, byLanguage } = this.#films;
    const conditions: Condition[] = rangesOf(filter).map(({ name, least, most }) => ({
      // False for NaN, which is null here: the film is left out.
      holds: (row) => numbers[name][row]! >= least && numbers[name][row]! <= most,
      bits: () => this.#kept(`${name} ${least} ${most}`, () => this.#ranges[name].between(least, most)),
    }));
    const word = (words: Words, { offsets, items }: FilmsTable['byGenre'], value: string): void => {
      const code = words.codeOf(value);
      conditions.push({
        holds: code === undefined ? () => false : (row) => words.has(row, code),
        bits: () =>
          this.#kept(`${words === this.#genres ? 'genre' : 'language'} ${code ?? 'none'}`, () =>
            bitmapOf(
              code === undefined ? new Uint32Array(0) : items.subarray(offsets[code], offsets[code + 1]),
              count,
            ),
          ),
      });
    };
    for (const genre of filter.genres ?? []) word(this.#genres, byGenre, genre);
    if (filter.language != null) word(this.#languages, byLanguage, filter.language.toLowerCase());
    const { hasRoi } = filter;
    if (filter.returns === true)
      conditions.push({ holds: (row) => holds(this.#returns, row), bits: () => this.#returns });
    if (hasRoi != null) {
      const { rank, ascending } = orders.ROI;
      conditions.push({
        holds: (row) => (rank[row] !== 0) === hasRoi,
        bits: () =>
          this.#kept(`roi ${hasRoi}`, () =>
            bitmapOf(
              ascending.filter((row) => (rank[row] !== 0) === hasRoi),
              count,
            ),
          ),
      });
    }
    return conditions;
  }

  #kept(key: string, make: () => Bitmap): Bitmap {
    let bits = this.#conditions.get(key);
    if (bits === undefined) this.#conditions.set(key, (bits = make()));
    return bits;
  }

  #byMatch(set: RowSet, needle: string): Ordered {
    const { orders, count } = this.#films;
    const byTitle = orders.TITLE.ascending;
    if (set.rows !== null) {
      const wanted = Buffer.from(needle);
      const classOf = (row: number): number => this.#titles.matchClass(row, wanted);
      return listed(sortRows(set.rows, orders.POPULARITY, 'DESC', classOf));
    }
    const rest = set.bits.slice();
    const take = (rows: Uint32Array): Ordered => {
      const wanted = bitmapOf(rows, count);
      const taken = intersect([rest, wanted]);
      takeOut(rest, wanted);
      return inOrder(taken, orders.POPULARITY, 'DESC');
    };
    return joined([
      take(this.#titles.equal(needle, byTitle)),
      take(this.#titles.startingWith(needle, byTitle)),
      inOrder(setOfBits(rest), orders.POPULARITY, 'DESC'),
    ]);
  }
}

const BY_POPULARITY: FilmOrder = { field: 'POPULARITY', direction: 'DESC' };

/** Stands for all films, of which no bitmap is needed. */
const EVERY: Bitmap = new Uint32Array(0);

function rangesOf(filter: Question): Range[] {
  const ranges: Range[] = [
    { name: 'year', least: filter.fromYear ?? -Infinity, most: filter.toYear ?? Infinity },
    { name: 'voteCount', least: filter.minVoteCount ?? -Infinity, most: Infinity },
    { name: 'voteAverage', least: filter.minVoteAverage ?? -Infinity, most: Infinity },
    {
      name: 'budget',
      least: Math.max(filter.minBudget ?? -Infinity, justAbove(filter.overBudget ?? -Infinity)),
      most: Infinity,
    },
  ];
  return ranges.filter(({ least, most }) => least !== -Infinity || most !== Infinity);
}

/** The next larger number, so that "more than" is "at least". */
function justAbove(value: number): number {
  if (!Number.isFinite(value) || value === 0) return value === 0 ? Number.MIN_VALUE : value;
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0]! += value > 0 ? 1n : -1n;
  return new Float64Array(bits.buffer)[0]!;
}

function isIn({ rows, bits }: RowSet): (row: number) => boolean {
  if (bits !== null) return (row) => holds(bits, row);
  const allowed = new Set(rows);
  return (row) => allowed.has(row);
}
