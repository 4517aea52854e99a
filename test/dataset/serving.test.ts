import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitmapOf, holds, rowsOf, type Bitmap } from '../../dataset/serving/bitmap.js';
import { indexGrams } from '../../dataset/serving/gramIndex.js';
import { Grams } from '../../dataset/serving/grams.js';
import { Narrowing, roomFor } from '../../dataset/serving/narrowing.js';
import { packTexts } from '../../dataset/serving/packTexts.js';
import { prepareSteps, Ranges } from '../../dataset/serving/ranges.js';
import { allocateTables } from '../../dataset/serving/tableMemory.js';
import { Smallest } from '../../graphql/data/smallest.js';
import { seededRandom } from '../../models/random.js';

/** Numbers 0 to n - 1 as often as wanted, the same ones each time. */
function draws(seed: string): (n: number) => number {
  const random = seededRandom(seed);
  return (n) => Math.floor(random() * n);
}

/** Numbers in the memory of a narrowing of so many rows. */
function beside(rows: number, numbers: readonly number[]): { narrowing: Narrowing; numbers: Uint32Array } {
  const { buffer } = allocateTables(4 * numbers.length, roomFor(rows));
  const placed = new Uint32Array(buffer, 0, numbers.length);
  placed.set(numbers);
  return { narrowing: new Narrowing(rows, buffer), numbers: placed };
}

describe('the index of what titles hold', () => {
  const below = draws('titles');
  const WORDS = ['harbour', 'harbours', 'the', 'of', 'mirror', 'mírror', 'ab', 'aaaa', '🎬', 'x'];
  const titles = Array.from({ length: 6000 }, (_, i) =>
    // One title stands there so often that every run of it is continued to the end.
    i % 4 === 0 ? 'the mirror of the harbour at night' : words(1 + below(4)),
  );
  function words(count: number): string {
    return Array.from({ length: count }, () => WORDS[below(WORDS.length)]).join(' ');
  }
  const texts = packTexts(titles);
  const table = indexGrams(texts);
  const grams = new Grams(table, texts);
  const find = (needle: string): number[] => {
    const found = grams.holding(Buffer.from(needle));
    const bits = new Uint32Array((titles.length + 31) >>> 5).fill(0xffffffff);
    found.write(bits);
    const list = Array.from(found.list());
    expect(Array.from(rowsOf(bits, found.count))).toEqual(list);
    return list;
  };
  const naive = (needle: string): number[] =>
    titles.flatMap((title, row) => (title.includes(needle) ? [row] : []));

  it('finds exactly the titles that hold a needle, of any length, from anywhere in one or made up', () => {
    const part = fc
      .tuple(fc.constantFrom(...titles), fc.nat(), fc.integer({ min: 1, max: 30 }))
      .map(([title, at, length]) => title.slice(at % title.length, (at % title.length) + length));
    const madeUp = fc.array(fc.constantFrom(...WORDS, ' ', 'h', 'rs', 'a'), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        fc.oneof(
          part,
          madeUp.map((parts) => parts.join('')),
        ),
        (needle) => {
          // Half of a character is no text.
          fc.pre(needle.isWellFormed());
          expect(find(needle)).toEqual(naive(needle));
        },
      ),
      { numRuns: 500 },
    );
    expect(find('the mirror of the harbour at night')).toHaveLength(1500);
    expect(find('the mirror of the harbour at nightx')).toEqual([]);
  });

  it('stores the same rows once, however many runs have them', () => {
    const places = table.starts.length;
    expect(new Set(table.starts).size).toBeLessThan(places / 2);
  });
});

describe('narrowing', () => {
  /** What may be asked of it, with a seed of the rows that it is asked with. */
  const STEPS = [
    'keep',
    'keep placed',
    'keep written',
    'take out',
    'take out placed',
    'drop',
    'look',
  ] as const;
  const questions = fc.record({
    rows: fc.constantFrom(1, 31, 32, 33, 127, 128, 129, 512, 1000, 5003),
    begin: fc.constantFrom('all', 'elsewhere', 'placed', 'written'),
    steps: fc.array(fc.constantFrom(...STEPS), { maxLength: 20 }),
    seed: fc.nat(),
  });

  it('leaves what every step leaves, however many they are, in whatever order and wherever their bits lie', () => {
    fc.assert(
      fc.property(questions, ({ rows, begin, steps, seed }) => {
        const below = draws(`narrowing ${seed}`);
        const all = Array.from({ length: rows }, (_, row) => row);
        const most = (): number[] => all.filter(() => below(8) > 0);
        const bitsOf = (some: readonly number[]): Bitmap => bitmapOf(Uint32Array.from(some), rows);
        const narrowing = new Narrowing(rows);
        const placed = (some: readonly number[]): Bitmap => {
          const bits = narrowing.spare()!;
          bits.set(bitsOf(some));
          return bits;
        };
        const write =
          (some: readonly number[]) =>
          (bits: Bitmap): void =>
            bits.set(bitsOf(some));
        let left = begin === 'all' ? all : most();
        if (begin === 'written') narrowing.beginWritten(write(left));
        else if (begin === 'all') narrowing.begin(null);
        else narrowing.begin((begin === 'placed' ? placed : bitsOf)(left));
        const check = (): void => {
          expect(narrowing.count()).toBe(left.length);
          expect(Array.from(rowsOf(narrowing.bits, left.length))).toEqual(left);
          expect(Array.from(narrowing.rows()!)).toEqual(left);
        };
        for (const step of steps) {
          const some = most();
          const kept = new Set(some);
          const few = all.filter((row) => !kept.has(row));
          if (step === 'keep') narrowing.keep(bitsOf(some));
          else if (step === 'keep placed') narrowing.keep(placed(some));
          else if (step === 'keep written') narrowing.keepWritten(write(some));
          else if (step === 'take out') narrowing.takeOut(bitsOf(few));
          else if (step === 'take out placed') narrowing.takeOut(placed(few));
          else if (step === 'drop') narrowing.drop(Uint32Array.from([-1, ...few, -1]), 1, few.length + 1);
          else check();
          if (step !== 'look') left = left.filter((row) => kept.has(row));
        }
        check();
      }),
      { numRuns: 400 },
    );
  });

  it('drops rows that are listed in its memory or elsewhere', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 299 }), { maxLength: 50 }),
        fc.nat(),
        fc.nat(),
        (rows, one, other) => {
          const [from, to] = [one % (rows.length + 1), other % (rows.length + 1)].sort((a, b) => a - b) as [
            number,
            number,
          ];
          const { narrowing, numbers } = beside(300, rows);
          const dropped = new Set(rows.slice(from, to));
          const left = Array.from({ length: 300 }, (_, row) => row).filter((row) => !dropped.has(row));
          for (const listed of [numbers, Uint32Array.from(rows)]) {
            narrowing.begin(null);
            narrowing.drop(listed, from, to);
            expect(narrowing.count()).toBe(left.length);
            expect(Array.from(narrowing.rows()!)).toEqual(left);
          }
        },
      ),
    );
  });

  it('begins with bits in its memory or elsewhere, and leaves those as they are', () => {
    const below = draws('begun');
    for (const rows of [1, 33, 5000]) {
      const narrowing = new Narrowing(rows);
      const some = Uint32Array.from(
        Array.from({ length: rows }, (_, row) => row).filter(() => below(2) === 0),
      );
      const others = bitmapOf(
        some.filter(() => below(2) === 0),
        rows,
      );
      const placed = narrowing.spare()!;
      placed.set(bitmapOf(some, rows));
      for (const begun of [placed, bitmapOf(some, rows)]) {
        narrowing.begin(begun);
        expect(narrowing.count()).toBe(some.length);
        narrowing.takeOut(others);
        const left = Array.from(some).filter((row) => !holds(others, row));
        expect(Array.from(rowsOf(narrowing.bits, narrowing.count()))).toEqual(left);
        expect(Array.from(rowsOf(begun, some.length))).toEqual(Array.from(some));
      }
      narrowing.begin(placed);
      narrowing.clear();
      expect(narrowing.count()).toBe(0);
    }
  });

  it('lists what is left, wherever it lies', () => {
    const places = fc.integer({ min: 1, max: 20_000 }).chain((rows) =>
      fc.record({
        rows: fc.constant(rows),
        left: fc.uniqueArray(fc.nat({ max: rows - 1 }), { maxLength: 3000 }),
      }),
    );
    fc.assert(
      fc.property(places, ({ rows, left }) => {
        const narrowing = new Narrowing(rows);
        narrowing.begin(bitmapOf(Uint32Array.from(left), rows));
        expect(Array.from(narrowing.rows()!)).toEqual(left.toSorted((a, b) => a - b));
      }),
    );
    const most = 2 ** 17;
    for (const rows of [most, most + 1]) {
      const narrowing = new Narrowing(rows);
      narrowing.begin(null);
      const listed = narrowing.rows();
      if (rows > most) expect(listed).toBeNull();
      else expect(listed?.every((row, at) => row === at)).toBe(true);
    }
  });
});

describe('scans', () => {
  const scanned = fc.record({
    order: fc.array(fc.nat({ max: 999 }), { minLength: 1, maxLength: 120 }),
    held: fc.uniqueArray(fc.nat({ max: 999 }), { maxLength: 600 }),
    from: fc.nat(),
    to: fc.nat(),
    most: fc.nat({ max: 40 }),
  });

  it('go through rows in the memory, or elsewhere, and look into bits in it or elsewhere', () => {
    fc.assert(
      fc.property(scanned, ({ order, held, most, ...part }) => {
        const [from, to] = [part.from % order.length, part.to % (order.length + 1)].sort((a, b) => a - b) as [
          number,
          number,
        ];
        const { narrowing, numbers } = beside(1000, order);
        const bits = bitmapOf(Uint32Array.from(held), 1000);
        const placed = narrowing.spare()!;
        placed.set(bits);
        const { scans } = narrowing;
        const found = order.slice(from, to).filter((row) => held.includes(row));
        for (const rows of [numbers, Uint32Array.from(order)]) {
          for (const among of [bits, placed]) {
            expect(scans.held(among, rows, from, to)).toBe(found.length);
            expect(Array.from(scans.take(among, rows, from, to, most))).toEqual(found.slice(0, most));
          }
          const column = new Int32Array(rows.buffer, rows.byteOffset, rows.length);
          const places = order.map((row) => row % order.length);
          expect(Array.from(scans.values(column, Uint32Array.from(places)))).toEqual(
            places.map((place) => order[place]),
          );
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('stop at the end of the rows', () => {
    const { narrowing, numbers } = beside(100, [1, 2, 3]);
    const bits = bitmapOf(Uint32Array.from([3, 99]), 100);
    for (const rows of [numbers, Uint32Array.from(numbers)])
      expect(narrowing.scans.held(bits, rows, 1, 1000)).toBe(1);
  });

  it('take and look up as many as are asked for, also more than there is room for', () => {
    const many = 2 ** 17 + 5;
    const order = Array.from({ length: many }, (_, place) => many - 1 - place);
    const { narrowing, numbers } = beside(many, order);
    narrowing.begin(null);
    const { scans, bits } = narrowing;
    for (const most of [2 ** 17, many]) {
      const taken = scans.take(bits, numbers, 0, many, most);
      expect(taken.length).toBe(most);
      expect(taken.every((row, place) => row === order[place])).toBe(true);
      const values = scans.values(new Int32Array(numbers.buffer, 0, many), taken);
      expect(values.every((value, place) => value === place)).toBe(true);
    }
  });
});

describe('a range of values', () => {
  const below = draws('values');
  const COLUMNS: Readonly<Record<string, () => number>> = {
    'many values': () => (below(10) === 0 ? NaN : below(20_000)),
    'few values, each of more films than there are between two bitmaps, or of few': () =>
      below(10) === 0 ? NaN : below(3) === 0 ? 5 * below(300) : 10_000 + (below(100) === 0 ? 1 : 0),
    'one value': () => 7,
    'none known': () => NaN,
  };
  it.each(Object.entries(COLUMNS))(
    'leaves the rows whose value is known and in it, wherever its ends lie among the prepared bitmaps: %s',
    (_name, value) => {
      const column = Float64Array.from({ length: 60_000 }, value);
      const rows = Array.from(column.keys());
      const key = (row: number): number => (Number.isNaN(column[row]) ? Infinity : column[row]!);
      const ascending = Uint32Array.from(rows.sort((a, b) => key(a) - key(b) || a - b));
      const known = column.filter((value) => !Number.isNaN(value)).length;
      const ranges = new Ranges(column, ascending, prepareSteps(column, ascending, known));
      const narrowing = new Narrowing(column.length);
      const bound = fc.oneof(
        fc.integer({ min: -1, max: 20_001 }),
        fc.constantFrom(-Infinity, Infinity, 7, 10_000, 10_001),
      );
      fc.assert(
        fc.property(bound, bound, (least, most) => {
          const stretch = ranges.stretch(least, most);
          narrowing.begin(null);
          ranges.narrow(narrowing, stretch);
          const expected = Array.from(column.keys()).filter(
            (row) => column[row]! >= least && column[row]! <= most,
          );
          expect(stretch.to - stretch.from).toBe(expected.length);
          expect(narrowing.count()).toBe(expected.length);
          // Matchers walk numbers one by one, and there are many.
          const left = rowsOf(narrowing.bits, expected.length);
          expect(left.every((row, at) => row === expected[at])).toBe(true);
        }),
        { numRuns: 40 },
      );
    },
  );
});

it('the smallest of many numbers are those that sorting would put first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.nat(), (numbers, size) => {
      const count = 1 + (size % numbers.length);
      const smallest = new Smallest(count);
      for (const number of numbers) smallest.offer(number);
      expect(Array.from(smallest.sorted())).toEqual(numbers.sort((a, b) => a - b).slice(0, count));
    }),
  );
});
