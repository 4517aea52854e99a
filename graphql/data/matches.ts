import { dropRows, holds, setOf, type Bitmap, type RowSet } from '../../dataset/serving/bitmap.js';
import type { FilmsTable } from '../../dataset/serving/tables.js';
import type { Texts } from '../../dataset/serving/texts.js';
import { inOrder, joined, sorted, type Ordered } from './ordered.js';

/**
 * Films whose title holds a needle, best match first: the title itself, then those that begin with it, then the rest,
 * each by popularity. Titles that begin alike stand together in the order of titles, so that two ranks tell them.
 *
 * @param whole Whether the set is of all titles that hold the needle: then it has those that begin with it.
 * @param needle Folded, not empty.
 * @param titles Folded.
 */
export function byMatch(
  set: RowSet,
  whole: boolean,
  needle: string,
  titles: Texts,
  orders: FilmsTable['orders'],
): Ordered {
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
  if (begin.length === 0) return inOrder(set, popularity, 'DESC');
  const all = rank.length;
  const among = (rows: Uint32Array): RowSet => setOf(whole ? rows : those(rows, set.bits), all);
  const [exact, beginning] = [among(same), among(begin.subarray(same.length))];
  const rest = (): RowSet => ({
    count: set.count - exact.count - beginning.count,
    rows: null,
    // Nobody else asks for the bits of this set any more.
    get bits() {
      const { bits } = set;
      dropRows(bits, begin, 0, begin.length);
      return bits;
    },
  });
  const parts = [() => exact, () => beginning, rest].map((part) => () => inOrder(part(), popularity, 'DESC'));
  return joined(set.count, all / 4, parts);
}

/** Those of the rows that the bits have. */
function those(rows: Uint32Array, bits: Bitmap): Uint32Array {
  const some = new Uint32Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) if (holds(bits, rows[i]!)) some[count++] = rows[i]!;
  return some.slice(0, count);
}
