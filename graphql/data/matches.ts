import {
  bitmapOf,
  dropRows,
  holds,
  LIST,
  listSet,
  type Bitmap,
  type RowSet,
} from '../../dataset/serving/bitmap.js';
import type { FilmsTable } from '../../dataset/serving/tables.js';
import type { Texts } from '../../dataset/serving/texts.js';
import { once } from '../../models/once.js';
import { asNumbered, BEGINNING, firstRows, nth } from './numbered.js';
import { joined, type Ordered } from './ordered.js';

/**
 * Films whose title holds a needle, best match first: the title itself, then those that begin with it, then the rest,
 * each by popularity, which is the order of rows. Titles that begin alike stand together in the order of titles, so
 * that their ranks tell them.
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
  { TITLE: { rank, ascending } }: FilmsTable['orders'],
): Ordered {
  const all = rank.length;
  const begin = titles.startingWith(needle, ascending);
  if (begin.length === 0) return asNumbered(set, all);
  const same = titles.equal(needle, begin);
  const [first, last] = [rank[begin[0]!]!, rank[begin.at(-1)!]!];
  // Those that only begin with it have the ranks from here on.
  const longer = same.length > 0 ? first + 1 : first;
  const ranked = (from: number, to: number) => (row: number) => rank[row]! >= from && rank[row]! <= to;

  /** Of rows in the order of titles. */
  const part = (rows: Uint32Array, wanted: (row: number) => boolean): Ordered => {
    const find = (): Uint32Array =>
      whole ? rows : set.rows !== null ? set.rows.filter(wanted) : those(rows, set.bits);
    const found = find();
    if (found.length <= LIST) return asNumbered(listSet(found), all);
    return among(
      set,
      found.length,
      wanted,
      once(() => bitmapOf(find(), all)),
    );
  };
  const [exact, beginning] = [
    part(same, ranked(first, longer - 1)),
    part(begin.subarray(same.length), ranked(longer, last)),
  ];
  const begins = ranked(first, last);
  const rest = (): Ordered =>
    among(
      set,
      set.count - exact.count - beginning.count,
      (row) => !begins(row),
      once(() => {
        const bits = set.rows === null ? set.bits.slice() : bitmapOf(set.rows, all);
        dropRows(bits, begin, 0, begin.length);
        return bits;
      }),
    );
  return joined(set.count, all / 2, [() => exact, () => beginning, rest]);
}

/** Those of a set that are wanted, by popularity: the first are looked for one by one, later ones in their bits. */
function among(set: RowSet, count: number, wanted: (row: number) => boolean, bits: () => Bitmap): Ordered {
  return {
    count,
    bytes: 0,
    slice: (start, end) =>
      end <= BEGINNING ? firstRows(set, end, wanted).subarray(start) : nth(bits(), start, end),
  };
}

/** Those of the rows that the bits have. */
function those(rows: Uint32Array, bits: Bitmap): Uint32Array {
  const some = new Uint32Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) if (holds(bits, rows[i]!)) some[count++] = rows[i]!;
  return some.slice(0, count);
}
