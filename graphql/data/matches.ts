import {
  bitmapOf,
  dropRows,
  holds,
  keep,
  LIST,
  listSet,
  setOfBits,
  type Bitmap,
  type RowSet,
} from '../../dataset/serving/bitmap.js';
import type { FilmsTable } from '../../dataset/serving/tables.js';
import type { Texts } from '../../dataset/serving/texts.js';
import { inOrder, joined, sorted, type Ordered } from './ordered.js';

/**
 * Films whose title holds a needle, best match first: the title itself, then those that begin with it, then the rest,
 * each by popularity. Titles that begin alike stand together in the order of titles, so that two ranks tell them.
 *
 * @param needle Folded, not empty.
 * @param titles Folded.
 */
export function byMatch(set: RowSet, needle: string, titles: Texts, orders: FilmsTable['orders']): Ordered {
  const { rank, ascending } = orders.TITLE;
  const popularity = orders.POPULARITY;
  const same = titles.equal(needle, ascending);
  const begin = titles.startingWith(needle, ascending);
  if (set.rows !== null) {
    if (begin.length === 0) return sorted(set.rows, { rank: popularity.rank, direction: 'DESC' });
    const [first, last] = [rank[begin[0]!]!, rank[begin.at(-1)!]!];
    const whole = same.length > 0 ? first : 0;
    const classOf = (row: number): number => {
      const place = rank[row]!;
      return place === whole ? 0 : place >= first && place <= last ? 1 : 2;
    };
    return sorted(set.rows, { rank: popularity.rank, direction: 'DESC', classOf });
  }
  const { count, bits } = set;
  if (begin.length === 0) return inOrder(set, popularity, 'DESC');
  const exact = within(bits, same, rank.length);
  const beginning = within(bits, begin.subarray(same.length), rank.length);
  const rest = (): RowSet => {
    const others = bits.slice();
    dropRows(others, begin, 0, begin.length);
    return { count: count - exact.count - beginning.count, rows: null, bits: others };
  };
  const parts = [() => exact, () => beginning, rest].map((part) => () => inOrder(part(), popularity, 'DESC'));
  return joined(count, 2 * bits.byteLength, parts);
}

/** Those of the rows that the bits have. */
function within(bits: Bitmap, rows: Uint32Array, all: number): RowSet {
  if (rows.length <= LIST) return listSet(rows.filter((row) => holds(bits, row)));
  const some = bitmapOf(rows, all);
  keep(some, bits);
  return setOfBits(some);
}
