import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RatingsReader, readLinks, type ImportedRatings } from '../../../models/personal/movielens.js';

function importLines(lines: readonly string[], header = 'userId,movieId,rating,timestamp'): ImportedRatings {
  const reader = new RatingsReader();
  for (const line of [header, ...lines]) reader.read(line);
  return reader.finish();
}

const row = fc.record({
  user: fc.integer({ min: 1, max: 30 }),
  film: fc.integer({ min: 1, max: 40 }),
  halves: fc.integer({ min: 1, max: 10 }),
});
const rows = fc.uniqueArray(row, { selector: ({ user, film }) => user * 1000 + film, maxLength: 80 });
const lineOf = ({ user, film, halves }: { user: number; film: number; halves: number }): string =>
  `${user},${film},${halves / 2},1`;
const badLine = fc.constantFrom(
  'x,1,3,1',
  '1,,3,1',
  '1,1,,1',
  '1,1,6,1',
  '1,1,0,1',
  '1,-1,3,1',
  '1',
  '1,1,NaN,1',
  '0,1,3,1',
);

describe('an import of ratings.csv', () => {
  it('gives back every good row, whatever bad ones lie between, and counts those', () => {
    fc.assert(
      fc.property(rows, fc.array(badLine, { maxLength: 20 }), fc.integer(), (good, bad, turn) => {
        const lines = [...good.map(lineOf), ...bad];
        const mixed = lines.map((_, i) => lines[(i + Math.abs(turn)) % lines.length]!);
        const found = importLines(mixed);
        expect(found.rows).toBe(lines.length);
        expect(Object.values(found.bad).reduce((a, b) => a + b, 0)).toBe(bad.length);
        expect(found.firstBad === null).toBe(bad.length === 0);
        const { ratings, userIds, filmIds } = found;
        const read = Array.from(ratings.values, (value, r) =>
          lineOf({
            user: userIds[ratings.userOf[r]!]!,
            film: filmIds[ratings.itemOf[r]!]!,
            halves: 2 * value,
          }),
        );
        expect(read.sort()).toEqual(good.map(lineOf).sort());
      }),
    );
  });

  it('does not depend on the order of rows', () => {
    fc.assert(
      fc.property(rows, (good) => {
        const lines = good.map(lineOf);
        expect(importLines([...lines].reverse())).toEqual(importLines(lines));
      }),
    );
  });

  it('counts the first of two ratings of a film by the same person', () => {
    const { ratings, bad } = importLines(['1,1,4.0,9', '2,1,3.0,9', '1,1,0.5,10']);
    expect(bad.duplicate).toBe(1);
    expect([...ratings.values]).toEqual([4, 3]);
  });

  it('finds columns by name, and says which line was bad first', () => {
    const { ratings, firstBad } = importLines(['4.5,7,3\r', 'nine,7,4'], '\uFEFFrating,movieId,userId\r');
    expect([...ratings.values]).toEqual([4.5]);
    expect(firstBad).toBe('line 3: rating "nine"');
  });

  it('refuses a file of other columns', () => {
    expect(() => importLines([], 'user,item,rating')).toThrow('has to name userId, movieId and rating');
  });
});

describe('links.csv', () => {
  it('is read with its gaps counted', () => {
    const links = readLinks('movieId,imdbId,tmdbId\r\n1,0114709,862\r\n2,1,\r\nx,1,3\r\n1,2,99\r\n');
    expect([...links.tmdb]).toEqual([[1, 862]]);
    expect(links).toMatchObject({ rows: 4, withoutTmdb: 1, bad: 2 });
  });

  it('is refused without its columns', () => {
    expect(() => readLinks('a,b\n')).toThrow('movieId and tmdbId');
  });
});
