import { bitmapOf, holds, type Bitmap } from '../../dataset/serving/bitmap.js';
import type { FilmsTable } from '../../dataset/serving/tables.js';
import type { Words } from '../../dataset/serving/texts.js';
import { once } from '../../models/once.js';

/** Which returns, all conditions together. A field that is null or missing is no condition. */
export interface ReturnsFilter {
  readonly genre?: string | null;
  /** In US dollars, not itself included. */
  readonly overBudget?: number | null;
  /** Both included. */
  readonly fromYear?: number | null;
  readonly toYear?: number | null;
}

/** What is asked of returns; at place i of each that of the i-th best. */
interface Columns {
  readonly budget: Float64Array;
  readonly year: Float64Array;
  /** By a genre's code. */
  readonly genres: readonly Bitmap[];
}

/**
 * Released films with a known return on investment, best first. They are few of all films, and a ranking wants the
 * first: what it asks lies side by side in their order, and is looked through until as many are found.
 */
export class Returns {
  readonly #rows: Uint32Array;
  readonly #genres: Words;
  readonly #columns: () => Columns;
  #searches = 0;

  /** `rows`: best first. `genres`: the words of the films' genres. */
  constructor(films: FilmsTable, rows: Uint32Array, genres: Words) {
    this.#rows = rows;
    this.#genres = genres;
    this.#columns = once(() => columnsOf(films, rows, genres.size));
  }

  /** How often it was asked. */
  get searches(): number {
    return this.#searches;
  }

  /** Rows of the best that are asked for: `count` of them, or all. */
  best(count: number, { genre, overBudget, fromYear, toYear }: ReturnsFilter): Uint32Array {
    this.#searches++;
    const { budget, year, genres } = this.#columns();
    const code = genre == null ? null : this.#genres.codeOf(genre);
    if (code === undefined) return new Uint32Array(0);
    const ofGenre = code === null ? null : genres[code]!;
    const isDated = fromYear != null || toYear != null;
    const [over, from, to] = [overBudget ?? -Infinity, fromYear ?? -Infinity, toYear ?? Infinity];
    const rows = new Uint32Array(Math.min(count, this.#rows.length));
    let found = 0;
    for (let place = 0; place < this.#rows.length && found < rows.length; place++) {
      if (budget[place]! <= over) continue;
      // False for NaN, which is null here.
      if (isDated && !(year[place]! >= from && year[place]! <= to)) continue;
      if (ofGenre !== null && !holds(ofGenre, place)) continue;
      rows[found++] = this.#rows[place]!;
    }
    return rows.subarray(0, found);
  }
}

function columnsOf(films: FilmsTable, rows: Uint32Array, genres: number): Columns {
  const at = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  const places: number[][] = Array.from({ length: genres }, () => []);
  const { offsets, codes } = films.words.genres;
  rows.forEach((row, place) => {
    for (let i = offsets[row]!; i < offsets[row + 1]!; i++) places[codes[i]!]!.push(place);
  });
  return {
    budget: at(films.numbers.budget),
    year: at(films.numbers.year),
    genres: places.map((those) => bitmapOf(Uint32Array.from(those), rows.length)),
  };
}
