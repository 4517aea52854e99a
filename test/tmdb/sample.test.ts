import { beforeAll, describe, expect, it } from 'vitest';
import type { Catalogue, ListedFilm } from '../../tmdb/catalogues/catalogue.js';
import { openCatalogue } from '../../tmdb/catalogues/open.js';
import { isoDate, popularityProxy } from '../../tmdb/catalogues/sample.js';

describe('the sample', () => {
  let sample: Catalogue;
  let listed: readonly ListedFilm[];
  let films: readonly Record<string, unknown>[];

  beforeAll(async () => {
    sample = await openCatalogue({ kind: 'sample' });
    listed = [...(sample.list() as Iterable<ListedFilm>)];
    films = await Promise.all(
      listed.map(async ({ id }) => JSON.parse((await sample.document(id))!) as Record<string, unknown>),
    );
  });

  const titled = (title: string): Record<string, unknown> => films.find((film) => film.title === title)!;

  it('has the 3,201 films by row number', async () => {
    expect(listed).toHaveLength(3201);
    expect(listed.map(({ id }) => id)).toEqual(Array.from({ length: 3201 }, (_, at) => at + 1));
    expect(await sample.document(0)).toBeNull();
    expect(await sample.document(3202)).toBeNull();
    expect(sample.version).toMatch(/^[0-9a-f]{64}-\d+$/);
  });

  it('maps a row to a TMDB document', () => {
    expect(films[1100]).toEqual({
      adult: false,
      budget: 35_000_000,
      genres: [{ id: 18, name: 'Drama' }],
      id: 1101,
      original_title: 'The Four Feathers',
      popularity: popularityProxy(13_204, 29_882_645),
      production_companies: [{ name: 'Paramount Pictures' }],
      release_date: '2002-09-20',
      revenue: 29_882_645,
      title: 'The Four Feathers',
      video: false,
      vote_average: 6.3,
      vote_count: 13_204,
      credits: { cast: [], crew: [{ name: 'Shekhar Kapur', job: 'Director', department: 'Directing' }] },
      keywords: { keywords: [] },
    });
  });

  it('keeps the one film without a title, for cleaning to find', () => {
    const nameless = films.filter((film) => !('title' in film));
    expect(nameless.map(({ id }) => id)).toEqual([3054]);
    expect(listed[3053]!.title).toBe('');
  });

  it('takes titles that are numbers as titles', () => {
    expect(titled('1941').release_date).toBe('1979-12-14');
    expect(films.every(({ title }) => title === undefined || typeof title === 'string')).toBe(true);
  });

  it('moves films of the future back a century, and leaves the two of 2011', () => {
    expect(titled('The Birth of a Nation').release_date).toBe('1915-02-08');
    expect(titled('Gone with the Wind').release_date).toBe('1939-12-15');
    expect(titled('The Adventures of Tintin: Secret of the Unicorn').release_date).toBe('2011-12-23');
    expect(titled('Restless').release_date).toBe('2011-01-28');
    const years = films.map(({ release_date }) => Number((release_date as string).slice(0, 4)));
    expect([Math.min(...years), Math.max(...years)]).toEqual([1915, 2011]);
    expect(isoDate('Jun 12 1998')).toBe('1998-06-12');
    expect(isoDate('Jan 01 2046')).toBe('1946-01-01');
    expect(isoDate('some day')).toBe('');
  });

  it('knows TMDB’s genres alone', () => {
    const names = new Set(
      films.flatMap(({ genres }) => (genres as { name: string }[]).map(({ name }) => name)),
    );
    expect([...names].sort()).toEqual([
      'Action',
      'Adventure',
      'Comedy',
      'Documentary',
      'Drama',
      'Horror',
      'Music',
      'Romance',
      'Thriller',
      'Western',
    ]);
    expect(films.filter(({ genres }) => (genres as unknown[]).length === 0)).toHaveLength(275);
    expect(films.filter(({ genres }) => (genres as unknown[]).length === 2)).toHaveLength(137);
  });

  it('leaves out what the source does not say', () => {
    expect(films.filter((film) => 'runtime' in film)).toHaveLength(1209);
    expect(films.filter((film) => 'vote_count' in film)).toHaveLength(2988);
    expect(films.filter((film) => 'revenue' in film)).toHaveLength(3194);
  });

  it('ranks votes and gross by its stand-in for popularity', () => {
    expect(popularityProxy(null, null)).toBe(0);
    expect(popularityProxy(999, null)).toBe(3);
    expect(popularityProxy(999, 9e6)).toBe(6);
    expect(listed.every(({ popularity }) => popularity >= 0 && popularity < 40)).toBe(true);
  });
});
