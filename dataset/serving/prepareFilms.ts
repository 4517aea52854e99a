import pl from 'nodejs-polars';
import { bytesOf, integersOf, numbersOf, ranksOf } from '../columns.js';
import { fold } from './fold.js';
import { indexGrams } from './gramIndex.js';
import { packTexts, textsOf, wordsOf } from './packTexts.js';
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

/** `read` is asked for a few columns at a time, so that the table is never in memory twice. */
export function prepareFilms(read: (columns: string[]) => pl.DataFrame): FilmsTable {
  const base = read(['id', 'released', 'releaseDate', ...FILM_NUMBERS]);
  const ids = integersOf(base, 'id');
  for (let row = 1; row < ids.length; row++)
    if (ids[row]! <= ids[row - 1]!) throw new Error(`table films is not sorted by id at row ${row}`);
  const titles = read(['title']);
  const folded = (titles.getColumn('title').toArray() as string[]).map(fold);
  const foldedTitle = pl.DataFrame({ title: pl.Series('title', folded, pl.Utf8) });
  const order = (column: string, frame = base): OrderTable => orderOf(ranksOf(frame, column));
  const orders: Record<OrderField, OrderTable> = {
    POPULARITY: order('popularity'),
    TITLE: order('title', foldedTitle),
    RELEASE_DATE: order('releaseDate'),
    VOTE_AVERAGE: order('voteAverage'),
    VOTE_COUNT: order('voteCount'),
    BUDGET: order('budget'),
    REVENUE: order('revenue'),
    ROI: order('roi'),
    ID: order('id'),
  };
  const words = Object.fromEntries(
    FILM_WORDS.map((name) => [name, wordsOf(read([name]), name)]),
  ) as unknown as FilmsTable['words'];
  const numbers = Object.fromEntries(
    FILM_NUMBERS.map((name) => [name, numbersOf(base, name)]),
  ) as unknown as FilmsTable['numbers'];
  const foldedTitles = packTexts(folded);
  const steps = RANGED.map((name) => {
    const { ascending } = orders[ORDER_OF[name]];
    return [name, prepareSteps(ascending, ascending.length - countUnknown(numbers[name]))] as const;
  });
  return {
    count: ids.length,
    ids,
    released: bytesOf(base, 'released'),
    releaseDate: numbersOf(base.select(pl.col('releaseDate').cast(pl.Int32)), 'releaseDate'),
    numbers,
    texts: Object.fromEntries(
      FILM_TEXTS.map((name) => [name, textsOf(name === 'title' ? titles : read([name]), name)]),
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

function countUnknown(column: Float64Array): number {
  let unknown = 0;
  for (const value of column) if (Number.isNaN(value)) unknown++;
  return unknown;
}
