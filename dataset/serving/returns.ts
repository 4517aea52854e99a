import { wordsFor } from './bitmap.js';
import type { FilmsTable, ReturnsTable } from './tables.js';

/** Places that are looked through without a level of fewer. */
const FEW = 256;

/** `rows`: released films with a known return, best first. Synchronous: for threads that compute. */
export function prepareReturns(films: FilmsTable, rows: Uint32Array<ArrayBuffer>): ReturnsTable {
  const count = rows.length;
  const words = wordsFor(count);
  const [budget, year] = [new Float64Array(count), new Float64Array(count)];
  const { offsets, codes, words: genres } = films.words.genres;
  const bits = new Uint32Array((genres.offsets.length - 1) * words);
  rows.forEach((row, place) => {
    budget[place] = films.numbers.budget[row]!;
    year[place] = films.numbers.year[row]!;
    for (let i = offsets[row]!; i < offsets[row + 1]!; i++)
      bits[codes[i]! * words + (place >>> 5)]! |= 1 << (place & 31);
  });
  return { rows, budget, year, genres: bits, levels: levelsOf(budget) };
}

/** Halved again and again: films that share a budget stay together. */
function levelsOf(budget: Float64Array): ReturnsTable['levels'] {
  const ascending = budget.slice().sort();
  const levels = [{ least: ascending[0] ?? 0, places: Uint32Array.from(budget.keys()) }];
  for (let size = budget.length >>> 1; size >= FEW; size >>>= 1) {
    const least = ascending[ascending.length - size]!;
    levels.push({ least, places: levels.at(-1)!.places.filter((place) => budget[place]! >= least) });
  }
  return levels;
}
