import { LRUCache } from 'lru-cache';
import { bitmapOf, holds, walkList, type Bitmap, type Walk } from '../../dataset/serving/bitmap.js';
import type { Narrowing } from '../../dataset/serving/narrowing.js';
import { ORDER_OF, Ranges } from '../../dataset/serving/ranges.js';
import {
  RANGED,
  type FilmsTable,
  type OrderField,
  type Postings,
  type RangedColumn,
} from '../../dataset/serving/tables.js';
import type { Words } from '../../dataset/serving/texts.js';
import { rangesOf, type FilmFilter } from './filter.js';
import type { Direction } from './ordered.js';

/** Something that a question asks, and the films for which it holds. */
export interface Condition {
  readonly count: number;
  readonly holds: (row: number) => boolean;
  /** The films, in any order; not to be changed. */
  readonly rows: () => Uint32Array;
  /** Where there are bits of them, not to be changed. */
  readonly bits?: () => Bitmap;
  /** Writes them over bits, where that takes little time and there are none. */
  readonly write?: (bits: Bitmap) => void;
  /** Shows them, where they need not be brought into the order of rows for it. */
  readonly walk?: Walk;
  /** Takes all others out. */
  readonly narrow: (to: Narrowing) => void;
}

/** Bytes of bitmaps of genres and languages. */
const KEPT = 8 * 2 ** 20;
const NONE = new Uint32Array(0);

/** Makes conditions of what a question asks of columns: of all but titles and people. */
export class Conditions {
  readonly #films: FilmsTable;
  readonly #words: { readonly genres: Words; readonly languages: Words };
  readonly #ranges: Readonly<Record<RangedColumn, Ranges>>;
  /** Those of words that came first stay where narrowing reads them. */
  readonly #placed = new Map<string, Bitmap>();
  readonly #kept = new LRUCache<string, Bitmap>({
    maxSize: KEPT,
    sizeCalculation: ({ byteLength }) => byteLength,
  });
  readonly #narrowing: Narrowing;
  /** Films without votes, where none of them has a mean vote: as many as the fewest votes come first. */
  readonly #unrated: number;
  readonly #roi: { readonly known: Condition; readonly unknown: Condition };

  /** `narrowing`: what the conditions will narrow; gives place to bitmaps, as long as it has some. */
  constructor(
    films: FilmsTable,
    words: { readonly genres: Words; readonly languages: Words },
    narrowing: Narrowing,
  ) {
    this.#films = films;
    this.#words = words;
    this.#narrowing = narrowing;
    const ranges = RANGED.map((name) => [
      name,
      new Ranges(films.numbers[name], films.orders[ORDER_OF[name]].ascending, films.steps[name]),
    ]);
    this.#ranges = Object.fromEntries(ranges) as Record<RangedColumn, Ranges>;
    this.#unrated = unratedIn(this.#ranges, narrowing);

    const { rank, ascending } = films.orders.ROI;
    // Unknown ones come last.
    const known = films.count - countZeros(rank);
    const withRoi = this.#bitsOf(ascending.subarray(0, known));
    this.#roi = {
      known: {
        count: known,
        holds: (row) => rank[row] !== 0,
        rows: () => ascending.subarray(0, known),
        bits: () => withRoi,
        narrow: (to) => to.keep(withRoi),
      },
      unknown: {
        count: films.count - known,
        holds: (row) => rank[row] === 0,
        rows: () => ascending.subarray(known),
        narrow: (to) => to.takeOut(withRoi),
      },
    };
  }

  of(question: FilmFilter): Condition[] {
    const { byGenre, byLanguage } = this.#films;
    const { genres, languages } = this.#words;
    const conditions = rangesOf(question).map(({ name, least, most }): Condition => {
      const [column, ranges] = [this.#films.numbers[name], this.#ranges[name]];
      const stretch = ranges.stretch(least, most);
      return {
        count: stretch.to - stretch.from,
        // False for NaN, which is null here: the film is left out.
        holds: (row) => column[row]! >= least && column[row]! <= most,
        rows: () => ranges.ascending.subarray(stretch.from, stretch.to),
        narrow: (to) => ranges.narrow(to, stretch),
      };
    });
    for (const genre of question.genres ?? []) conditions.push(this.#word('genre', genres, byGenre, genre));
    if (question.language != null)
      conditions.push(this.#word('language', languages, byLanguage, question.language.toLowerCase()));
    if (question.hasRoi != null) conditions.push(question.hasRoi ? this.#roi.known : this.#roi.unknown);
    return conditions;
  }

  /** How many films at the beginning of an order cannot be among those that the question finds. */
  skipped(question: FilmFilter, field: OrderField, direction: Direction): number {
    if (field === 'ROI' && question.hasRoi === false) return this.#roi.known.count;
    const unrated =
      field === 'VOTE_COUNT' && direction === 'ASC' && question.minVoteAverage != null ? this.#unrated : 0;
    const range = rangesOf(question).find(({ name }) => ORDER_OF[name] === field);
    if (range === undefined) return unrated;
    const ranges = this.#ranges[range.name];
    const { from, to } = ranges.stretch(range.least, range.most);
    return direction === 'ASC' ? Math.max(from, unrated) : ranges.known - to;
  }

  /** Where narrowing reads them, as long as there is place; else new ones. */
  #bitsOf(rows: Uint32Array): Bitmap {
    return bitmapOf(rows, this.#films.count, this.#narrowing.spare() ?? undefined);
  }

  #bitsOfWord(key: string, rows: Uint32Array): Bitmap {
    const known = this.#placed.get(key) ?? this.#kept.get(key);
    if (known !== undefined) return known;
    const place = this.#narrowing.spare();
    const bits = bitmapOf(rows, this.#films.count, place ?? undefined);
    (place === null ? this.#kept : this.#placed).set(key, bits);
    return bits;
  }

  #word(kind: string, words: Words, { offsets, items }: Postings, value: string): Condition {
    const code = words.codeOf(value);
    if (code === undefined)
      return { count: 0, holds: () => false, rows: () => NONE, narrow: (to) => to.clear() };
    const rows = items.subarray(offsets[code], offsets[code + 1]);
    const key = `${kind} ${code}`;
    const bits = (): Bitmap => this.#bitsOfWord(key, rows);
    return {
      count: rows.length,
      // Not of the columns of words, which are many times as large.
      holds: holding(bits),
      rows: () => rows,
      bits,
      walk: walkList(rows),
      narrow: (to) => to.keep(bits()),
    };
  }
}

/** The bits are asked for when they are needed. */
function holding(bits: () => Bitmap): (row: number) => boolean {
  let made: Bitmap | undefined;
  return (row) => holds((made ??= bits()), row);
}

function unratedIn({ voteCount, voteAverage }: Record<RangedColumn, Ranges>, narrowing: Narrowing): number {
  const none = voteCount.stretch(-Infinity, 0);
  narrowing.begin(null);
  voteCount.narrow(narrowing, none);
  voteAverage.narrow(narrowing, voteAverage.stretch(-Infinity, Infinity));
  return narrowing.count() === 0 ? none.to : 0;
}

function countZeros(of: Int32Array): number {
  let zeros = 0;
  for (let i = 0; i < of.length; i++) if (of[i] === 0) zeros++;
  return zeros;
}
