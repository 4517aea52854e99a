import { holds, wordsFor, type Bitmap } from '../../dataset/serving/bitmap.js';
import type { ReturnsTable } from '../../dataset/serving/tables.js';
import type { Words } from '../../dataset/serving/texts.js';

/** Which returns, all conditions together. A field that is null or missing is no condition. */
export interface ReturnsFilter {
  readonly genre?: string | null;
  /** In US dollars, not itself included. */
  readonly overBudget?: number | null;
  /** Both included. */
  readonly fromYear?: number | null;
  readonly toYear?: number | null;
}

/**
 * Released films with a known return on investment, best first. They are few of all films, and a ranking wants the
 * first: what it asks lies side by side in their order, and is looked through until as many are found.
 */
export class Returns {
  readonly #table: ReturnsTable;
  readonly #genres: Words;
  #searches = 0;

  /** `genres`: the words of the films' genres. */
  constructor(table: ReturnsTable, genres: Words) {
    this.#table = table;
    this.#genres = genres;
  }

  /** How often it was asked. */
  get searches(): number {
    return this.#searches;
  }

  /** Rows of the best that are asked for: `count` of them, or all. */
  best(count: number, { genre, overBudget, fromYear, toYear }: ReturnsFilter): Uint32Array {
    this.#searches++;
    const { rows, budget, year, levels } = this.#table;
    const ofGenre = genre == null ? null : this.#bitsOf(genre);
    if (ofGenre === undefined) return new Uint32Array(0);
    const isDated = fromYear != null || toYear != null;
    const [over, from, to] = [overBudget ?? -Infinity, fromYear ?? -Infinity, toYear ?? Infinity];
    const { places } = levels.findLast(({ least }) => least <= over) ?? levels[0]!;
    const best = new Uint32Array(Math.min(count, places.length));
    let found = 0;
    for (let i = 0; i < places.length && found < best.length; i++) {
      const place = places[i]!;
      if (budget[place]! <= over) continue;
      // False for NaN, which is null here.
      if (isDated && !(year[place]! >= from && year[place]! <= to)) continue;
      if (ofGenre !== null && !holds(ofGenre, place)) continue;
      best[found++] = rows[place]!;
    }
    return best.subarray(0, found);
  }

  #bitsOf(genre: string): Bitmap | undefined {
    const code = this.#genres.codeOf(genre);
    const words = wordsFor(this.#table.rows.length);
    return code === undefined ? undefined : this.#table.genres.subarray(code * words, (code + 1) * words);
  }
}
