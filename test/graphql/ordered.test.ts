import fc from 'fast-check';
import { expect, it } from 'vitest';
import { setOf } from '../../dataset/serving/bitmap.js';
import { Narrowing } from '../../dataset/serving/narrowing.js';
import type { FilmsTable } from '../../dataset/serving/tables.js';
import { inOrder } from '../../graphql/data/ordered.js';
import { seededRandom } from '../../models/random.js';

interface Ranked {
  readonly id: number;
  readonly popularity: number | null;
}

/** Films in the order of rows: the most popular first, those without at the end, equals by id. */
function rowsOf(count: number, popularities: number, seed: number): Ranked[] {
  const random = seededRandom(`ordered:${seed}`);
  const popularity = (): number | null =>
    random() < 0.1 ? null : 1 + Math.floor(random() * random() * popularities);
  const films = Array.from({ length: count }, (_, id) => ({ id, popularity: popularity() }));
  return films.sort((a, b) => (b.popularity ?? 0) - (a.popularity ?? 0) || a.id - b.id);
}

function ordersOf(films: readonly Ranked[]): FilmsTable['orders'] {
  const numbers = films.map((_, row) => row);
  const ascending = numbers.toSorted((a, b) => {
    const [one, other] = [films[a]!, films[b]!];
    return (one.popularity ?? Infinity) - (other.popularity ?? Infinity) || one.id - other.id;
  });
  const byId = numbers.toSorted((a, b) => films[a]!.id - films[b]!.id);
  const places = new Int32Array(films.length);
  byId.forEach((row, at) => (places[row] = at + 1));
  return {
    POPULARITY: {
      rank: Int32Array.from(films, ({ popularity }) => popularity ?? 0),
      ascending: Uint32Array.from(ascending),
      descending: null,
    },
    ID: { rank: places, ascending: Uint32Array.from(byId) },
  } as unknown as FilmsTable['orders'];
}

it.each([
  ['few films of each popularity', 100_000],
  ['many', 40],
  ['thousands', 2],
])('the least popular of many films come first, equals by id: %s', (_, popularities) => {
  const films = rowsOf(9000, popularities, popularities);
  const orders = ordersOf(films);
  const { scans } = new Narrowing(films.length);
  const { ascending } = orders.POPULARITY;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 8 }),
      fc.nat({ max: 6000 }),
      fc.integer({ min: 1, max: 250 }),
      (modulus, from, size) => {
        const wanted = (row: number): boolean => row % 9 !== modulus && row >= from;
        const set = setOf(ascending.filter(wanted), films.length);
        const found = inOrder(set, orders, { field: 'POPULARITY', direction: 'ASC' }, scans);
        expect(found.count).toBe(set.count);
        expect(Array.from(found.slice(0, size))).toEqual(Array.from(ascending.filter(wanted).slice(0, size)));
      },
    ),
    { numRuns: 60 },
  );
});
