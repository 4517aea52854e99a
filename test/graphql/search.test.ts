import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../dataset/store.js';
import { loadSnapshot } from '../../graphql/data/loadSnapshot.js';
import type { FilmFilter } from '../../graphql/data/filter.js';
import type { Snapshot } from '../../graphql/data/snapshot.js';
import { roomFor } from '../../dataset/serving/narrowing.js';
import { readPrepared, writePrepared } from '../../dataset/serving/prepared.js';
import { ORDER_FIELDS, type FilmsTable } from '../../dataset/serving/tables.js';
import { FilmSearch } from '../../graphql/data/search.js';
import { emptyFolder } from './api.js';
import { isReleased, roiOf, sorted, testFilms, writeSnapshot, yearOf, type TestFilm } from './snapshot.js';

/** So many that answers are bitmaps, and pages are walked to, where a small catalogue has lists that are sorted. */
const films = testFilms(14_000);
const folder = emptyFolder();
let snapshot: Snapshot;

beforeAll(async () => {
  const manifest = writeSnapshot(join(folder, 'data'), films);
  snapshot = await loadSnapshot(await openStore(join(folder, 'data')), manifest);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const folded = ({ title }: TestFilm): string => title.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const ids = (rows: Uint32Array): number[] => Array.from(rows, (row) => snapshot.films.ids[row]!);

const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(of, { freq: 2 });
const filters: fc.Arbitrary<FilmFilter> = fc.record({
  title: maybe(fc.constantFrom('a', 'be', 'ME', 'amelie', 'Noir 3', 'e', ' 2', '🎬', 'zoé', 'nothing')),
  genres: maybe(fc.subarray(['Drama', 'Comedy', 'Thriller', 'Horror', 'Opera'])),
  fromYear: maybe(fc.integer({ min: 2008, max: 2023 })),
  toYear: maybe(fc.integer({ min: 2008, max: 2023 })),
  language: maybe(fc.constantFrom('en', 'FR', 'xx')),
  minVoteCount: maybe(fc.constantFrom(0, 50, 100, 1000)),
  minVoteAverage: maybe(fc.constantFrom(0, 5.5, 7, 10)),
  minBudget: maybe(fc.constantFrom(0, 60_000_000, 100_000_000)),
  hasRoi: maybe(fc.boolean()),
});

function matches(film: TestFilm, filter: FilmFilter): boolean {
  const atLeast = (value: number | null, least: number | null | undefined): boolean =>
    least == null || (value !== null && value >= least);
  const year = yearOf(film);
  return (
    (filter.title == null ||
      folded(film).includes(filter.title.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase())) &&
    (filter.genres ?? []).every((genre) => film.genres.includes(genre)) &&
    atLeast(year, filter.fromYear) &&
    (filter.toYear == null || (year !== null && year <= filter.toYear)) &&
    (filter.language == null || film.language === filter.language.toLowerCase()) &&
    atLeast(film.voteCount, filter.minVoteCount) &&
    atLeast(film.voteAverage, filter.minVoteAverage) &&
    atLeast(film.budget, filter.minBudget) &&
    (filter.hasRoi == null || (roiOf(film) !== null) === filter.hasRoi)
  );
}

describe('a search among many films', () => {
  it.each(['as prepared while opening', 'read from their prepared file'])(
    'lists what a naive filter, sort and slice lists, whatever part is asked for, of films %s',
    async (opened) => {
      let { search } = snapshot;
      if (opened !== 'as prepared while opening') {
        const file = join(folder, 'films.prepared');
        writePrepared(file, snapshot.films);
        const read = await readPrepared<FilmsTable>(file, undefined, roomFor(films.length));
        const { genres, originalLanguage: languages } = snapshot.words;
        search = new FilmSearch(read!, snapshot.people, { genres, languages });
      }
      const order = fc.record({
        field: fc.constantFrom(...ORDER_FIELDS),
        direction: fc.constantFrom('ASC' as const, 'DESC' as const),
      });
      const parts = fc.array(
        fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 100 })),
        {
          minLength: 1,
          maxLength: 4,
        },
      );
      fc.assert(
        fc.property(filters, order, parts, (filter, orderBy, places) => {
          const expected = sorted(
            films.filter((film) => matches(film, filter)),
            orderBy.field,
            orderBy.direction,
          );
          const found = search.find(filter, orderBy);
          expect(found.count).toBe(expected.length);
          expect(ids(found.slice(expected.length, expected.length))).toEqual([]);
          for (const [share, size] of places) {
            const start = Math.floor(share * expected.length);
            const end = Math.min(start + size, expected.length);
            expect(ids(found.slice(start, end))).toEqual(expected.slice(start, end));
          }
        }),
        { numRuns: 150 },
      );
    },
  );

  it('lists those of the fewest votes with a mean vote, whether or not films without votes have one', async () => {
    const cleaned = films.map((film) => (film.voteCount === 0 ? { ...film, voteAverage: null } : film));
    const data = join(folder, 'cleaned');
    const manifest = writeSnapshot(data, cleaned);
    const other = await loadSnapshot(await openStore(data), manifest);
    const order = { field: 'VOTE_COUNT', direction: 'ASC' } as const;
    for (const filter of [{ minVoteAverage: 5 }, { minVoteAverage: 6, genres: ['Drama'], minVoteCount: 0 }])
      for (const [{ search, films: table }, all] of [
        [snapshot, films],
        [other, cleaned],
      ] as const) {
        const matching = all.filter((film) => matches(film, filter));
        const expected = sorted(matching, order.field, order.direction);
        const found = search.find(filter, order);
        for (const start of [0, 150, 1500])
          expect(Array.from(found.slice(start, start + 30), (row) => table.ids[row])).toEqual(
            expected.slice(start, start + 30),
          );
      }
  });

  it('goes on with a question where others were asked in between', () => {
    const questions = (['Drama', 'Comedy', 'Thriller'] as const).map((genre) => {
      const filter = { genres: [genre], fromYear: 2009, toYear: 2022 };
      const found = snapshot.search.find(filter, { field: 'POPULARITY', direction: 'DESC' });
      return {
        found,
        expected: sorted(
          films.filter((film) => matches(film, filter)),
          'POPULARITY',
          'DESC',
        ),
      };
    });
    for (const { expected } of questions) expect(expected.length).toBeGreaterThan(1024);
    for (let start = 0; start < 1000; start += 250)
      for (const { found, expected } of questions)
        expect(ids(found.slice(start, start + 20))).toEqual(expected.slice(start, start + 20));
  });

  it('has the best match first where no order is given: the title itself, its beginning, then anywhere', () => {
    const byPopularity = sorted(films, 'POPULARITY', 'DESC').map((id) =>
      films.find((film) => film.id === id)!,
    );
    const alone = ['Beta', 'am', 'noir 3', 'e'].map((title) => ({ title }));
    const beside = [
      { title: 'e', minVoteCount: 50 },
      { title: 'be', genres: ['Drama'] },
      { title: 'e', genres: [] },
      { title: 'am', language: 'en' },
    ];
    for (const filter of [...alone, ...beside]) {
      const needle = folded({ title: filter.title } as TestFilm);
      const rank = (film: TestFilm): number =>
        folded(film) === needle ? 0 : folded(film).startsWith(needle) ? 1 : 2;
      const expected = byPopularity
        .filter((film) => matches(film, filter))
        .map((film, at) => ({ film, at }))
        .sort((a, b) => rank(a.film) - rank(b.film) || a.at - b.at)
        .map(({ film }) => film.id);
      const found = snapshot.search.find(filter, null);
      // First pages are looked for row by row, later ones in bits: both, and the first again after a later one.
      for (const end of [20, found.count, 150])
        expect(ids(found.slice(0, Math.min(end, found.count)))).toEqual(expected.slice(0, end));
      for (let start = 0; start < found.count; start += 700)
        expect(ids(found.slice(start, Math.min(start + 30, found.count)))).toEqual(
          expected.slice(start, start + 30),
        );
      expect(ids(found.slice(found.count, found.count))).toEqual([]);
    }
  });
});

describe('the best returns', () => {
  it('are those that a naive filter and sort lists first', () => {
    const asked = fc.record({
      genre: maybe(fc.constantFrom('Drama', 'Comedy', 'Thriller', 'Horror', 'Opera')),
      overBudget: maybe(fc.constantFrom(0, 59_999_999.5, 60_000_000, 100_000_000, 1e12)),
      fromYear: maybe(fc.integer({ min: 2008, max: 2023 })),
      toYear: maybe(fc.integer({ min: 2008, max: 2023 })),
    });
    const best = sorted(films, 'ROI', 'DESC');
    const byId = new Map(films.map((film) => [film.id, film]));
    fc.assert(
      fc.property(asked, fc.integer({ min: 0, max: 100 }), (asked, count) => {
        const { genre, overBudget, fromYear, toYear } = asked;
        const wanted = best.filter((id) => {
          const film = byId.get(id)!;
          return (
            isReleased(film) &&
            roiOf(film) !== null &&
            (overBudget === null || film.budget! > overBudget) &&
            matches(film, { genres: genre === null ? null : [genre], fromYear, toYear })
          );
        });
        expect(ids(snapshot.returns.best(count, asked))).toEqual(wanted.slice(0, count));
      }),
      { numRuns: 100 },
    );
  });
});
