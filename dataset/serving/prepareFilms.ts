import pl from 'nodejs-polars';
import { bytesOf, integersOf, numbersOf, ranksOf } from '../columns.js';
import { fold } from './fold.js';
import { indexGrams } from './gramIndex.js';
import { packTexts, textsInOrder, textsOf, wordsInOrder, wordsOf } from './packTexts.js';
import { orderOf, rowsByWord } from './postings.js';
import { ORDER_OF, prepareSteps } from './ranges.js';
import {
  FILM_NUMBERS,
  FILM_TEXTS,
  FILM_WORDS,
  RANGED,
  type FilmsTable,
  type OrderField,
  type OrderTable,
} from './tables.js';

/** `readById` is asked for a few columns at a time, so that the table is never in memory twice. */
export function prepareFilms(readById: (columns: string[]) => pl.DataFrame): FilmsTable {
  const rows = popularFirst(readById(['id', 'popularity']));
  const base = inOrder(readById(['id', 'released', 'releaseDate', ...FILM_NUMBERS]), rows);
  const ids = integersOf(base, 'id');
  const idRank = ranksOf(base, 'id');
  const byId = orderOf(idRank).ascending;
  const titles = inOrder(readById(['title']), rows);
  const folded = (titles.getColumn('title').toArray() as string[]).map(fold);
  const foldedTitle = pl.DataFrame({ title: pl.Series('title', folded, pl.Utf8) });
  const order = (column: string, frame = base): OrderTable => orderOf(ranksOf(frame, column), byId);
  const orders: Record<OrderField, OrderTable> = {
    POPULARITY: { ...order('popularity'), descending: null },
    TITLE: order('title', foldedTitle),
    RELEASE_DATE: order('releaseDate'),
    VOTE_AVERAGE: order('voteAverage'),
    VOTE_COUNT: order('voteCount'),
    BUDGET: order('budget'),
    REVENUE: order('revenue'),
    ROI: order('roi'),
    ID: orderOf(idRank, byId),
  };
  const words = Object.fromEntries(
    FILM_WORDS.map((name) => [name, wordsInOrder(wordsOf(readById([name]), name), rows)]),
  ) as unknown as FilmsTable['words'];
  const numbers = Object.fromEntries(
    FILM_NUMBERS.map((name) => [name, numbersOf(base, name)]),
  ) as unknown as FilmsTable['numbers'];
  const foldedTitles = packTexts(folded);
  const steps = RANGED.map((name) => {
    const { ascending } = orders[ORDER_OF[name]];
    return [
      name,
      prepareSteps(numbers[name], ascending, ascending.length - countUnknown(numbers[name])),
    ] as const;
  });
  return {
    count: ids.length,
    ids,
    released: bytesOf(base, 'released'),
    releaseDate: numbersOf(base.select(pl.col('releaseDate').cast(pl.Int32)), 'releaseDate'),
    numbers,
    texts: Object.fromEntries(
      FILM_TEXTS.map((name) => [name, textsInOrder(textsOf(readById([name]), name), rows)]),
    ) as unknown as FilmsTable['texts'],
    words,
    foldedTitles,
    orders,
    byGenre: rowsByWord(words.genres),
    byLanguage: rowsByWord(words.originalLanguage),
    grams: indexGrams(foldedTitles),
    steps: Object.fromEntries(steps) as unknown as FilmsTable['steps'],
  };
}

/** Places of the films in the table, which is by id, in the order in which they are served. */
function popularFirst(frame: pl.DataFrame): Uint32Array {
  const ids = integersOf(frame, 'id');
  for (let row = 1; row < ids.length; row++)
    if (ids[row]! <= ids[row - 1]!) throw new Error(`table films is not sorted by id at row ${row}`);
  return orderOf(ranksOf(frame, 'popularity')).descending;
}

/** For short columns: texts take several times as long to sort as those below. */
function inOrder(frame: pl.DataFrame, rows: Uint32Array): pl.DataFrame {
  const places = new Int32Array(rows.length);
  rows.forEach((row, place) => (places[row] = place));
  return frame
    .withColumns(pl.Series('place', places, pl.Int32))
    .sort('place')
    .drop('place');
}

function countUnknown(column: Float64Array): number {
  let unknown = 0;
  for (const value of column) if (Number.isNaN(value)) unknown++;
  return unknown;
}
