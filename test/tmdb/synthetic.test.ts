import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BadCatalogue,
  catalogueLabel,
  parseCatalogue,
  type Catalogue,
} from '../../tmdb/catalogues/catalogue.js';
import { openCatalogue } from '../../tmdb/catalogues/open.js';
import type { Genre } from '../../tmdb/catalogues/genres.js';
import { LAST_PERSON, nameOf } from '../../tmdb/catalogues/people.js';
import { plantedIndex } from '../../tmdb/catalogues/planted.js';
import { syntheticDocuments } from '../../tmdb/catalogues/synthetic.js';

interface Document {
  readonly id: number;
  readonly title: string;
  readonly release_date: string;
  readonly genres: readonly { readonly name: string }[];
  readonly runtime: number;
  readonly budget: number;
  readonly revenue: number;
  readonly popularity: number;
  readonly vote_average: number;
  readonly vote_count: number;
  readonly credits: {
    readonly cast: readonly { readonly id: number; readonly name: string; readonly order: number }[];
    readonly crew: readonly { readonly id: number; readonly name: string; readonly job: string }[];
  };
}

const open = (text: string): Promise<Catalogue> => openCatalogue(parseCatalogue(text));
const documents = (films: number, seed?: number): Document[] =>
  [...syntheticDocuments(films, seed)].map((text) => JSON.parse(text) as Document);

describe('the name of a catalogue', () => {
  it('is read and written again without its defaults', () => {
    for (const text of [
      'tmdb',
      'sample',
      'synthetic:50',
      'synthetic:50:7',
      'synthetic:50:7@3',
      'synthetic:50@3',
    ])
      expect(catalogueLabel(parseCatalogue(text))).toBe(text);
    expect(catalogueLabel(parseCatalogue('synthetic:50:1@0'))).toBe('synthetic:50');
    expect(catalogueLabel(parseCatalogue('file:/data/my films.ndjson.gz'))).toBe('file:my films.ndjson.gz');
  });

  it('says in one sentence what is legal', () => {
    for (const text of [
      '',
      'TMDB',
      'file:',
      'synthetic',
      'synthetic:0',
      'synthetic:5000001',
      'synthetic:5:x',
      'synthetic:-5',
    ])
      expect(() => parseCatalogue(text)).toThrow(
        /legal are tmdb, sample, synthetic:.*1 to 5,000,000.*file:<path>\.$/,
      );
  });

  it('tmdb is not opened here', async () => {
    await expect(open('tmdb')).rejects.toThrow(BadCatalogue);
  });
});

describe('synthetic films', () => {
  it('depend on seed and id alone', async () => {
    const small = await open('synthetic:20');
    const large = await open('synthetic:4000000');
    for (const id of [1, 13, 20]) expect(await small.document(id)).toBe(await large.document(id));
    expect(await large.document(3_999_999)).not.toBeNull();
    expect([...syntheticDocuments(20)][12]).toBe(await small.document(13));
    expect(await (await open('synthetic:20:2')).document(13)).not.toBe(await small.document(13));
    for (const id of [0, -1, 21, 1.5]) expect(await small.document(id)).toBeNull();
  });

  it('are listed as their documents say', async () => {
    const catalogue = await open('synthetic:300');
    const listed = [...(catalogue.list() as Iterable<{ id: number; title: string; popularity: number }>)];
    expect(listed.map(({ id }) => id)).toEqual(Array.from({ length: 300 }, (_, at) => at + 1));
    for (const { id, title, popularity } of listed) {
      expect(JSON.parse((await catalogue.document(id))!)).toMatchObject({ id, title, popularity });
    }
  });

  it('have the shapes and the flaws of real ones', () => {
    const films = documents(20_000);
    const share = (of: (film: Document) => boolean): number => films.filter(of).length / films.length;
    expect(share(({ release_date }) => release_date === '')).toBeCloseTo(0.005, 2);
    expect(share(({ genres }) => genres.length === 0)).toBeCloseTo(0.002, 2);
    expect(share(({ genres }) => genres.length === 0)).toBeGreaterThan(0);
    expect(share(({ runtime }) => runtime === 0)).toBeCloseTo(0.04, 1);
    expect(share(({ budget }) => budget === 0)).toBeGreaterThan(0.4);
    expect(share(({ title }) => /[áéçüöãà]/.test(title))).toBeGreaterThan(0.05);
    expect(share(({ title }) => /Ã|\uFFFD/.test(title))).toBeGreaterThan(0.0005);
    for (const film of films) {
      expect(film.release_date).toMatch(/^$|^(19[3-9]\d|20[01]\d|202[0-5])-\d\d-\d\d$/);
      expect(film.credits.cast.length).toBeLessThanOrEqual(13);
      expect(film.credits.cast.map(({ order }) => order)).toEqual(film.credits.cast.map((_, at) => at));
      expect([film.budget, film.revenue, film.runtime, film.vote_count].every(Number.isSafeInteger)).toBe(
        true,
      );
      expect(film.vote_average === 0).toBe(film.vote_count === 0);
    }
    const early = films.filter(({ release_date }) => release_date < '1950').length;
    const late = films.filter(({ release_date }) => release_date >= '2006').length;
    expect(late).toBeGreaterThan(4 * early);
  });

  it('give every person one name, and every name to one person', () => {
    const step = 7;
    const names = new Set<string>();
    for (let person = 1; person <= LAST_PERSON; person += step) names.add(nameOf(person));
    expect(names.size).toBe(Math.ceil(LAST_PERSON / step));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: LAST_PERSON }),
        fc.integer({ min: 1, max: LAST_PERSON }),
        (a, b) => (nameOf(a) === nameOf(b)) === (a === b),
      ),
    );
  });

  it('are rated by who makes them', () => {
    const ratings = new Map<number, number[]>();
    for (const { credits, vote_average, vote_count } of documents(40_000)) {
      if (vote_count === 0) continue;
      for (const { id } of credits.crew) ratings.set(id, [...(ratings.get(id) ?? []), vote_average]);
    }
    const often = [...ratings.values()].filter((of) => of.length >= 12);
    const mean = (of: readonly number[]): number => of.reduce((sum, value) => sum + value, 0) / of.length;
    const halves = often.map(
      (of) => [mean(of.slice(0, of.length / 2)), mean(of.slice(of.length / 2))] as const,
    );
    expect(often.length).toBeGreaterThan(100);
    expect(correlation(halves)).toBeGreaterThan(0.3);
  });
});

describe('the planted trends', () => {
  it('are a line and an AR(1) in logs, relative to all films of the year', () => {
    const { genres, years, index } = plantedIndex(1);
    expect(genres).toHaveLength(19);
    expect([years[0], years.at(-1)]).toEqual([1930, 2025]);
    // What is common to all genres cancels in the difference of two: again a line and an AR(1).
    const series = years.map((year) => Math.log(index('Horror', year) / index('Comedy', year)));
    const rest = detrended(series);
    const lagged = rest.slice(1).map((value, at) => [rest[at]!, value] as const);
    expect(correlation(lagged)).toBeGreaterThan(0.35);
    expect(correlation(lagged)).toBeLessThan(0.8);
    expect(plantedIndex(1).index('Drama', 2000)).toBe(index('Drama', 2000));
    expect(plantedIndex(2).index('Drama', 2000)).not.toBe(index('Drama', 2000));
  });

  it('are what films of one genre show', () => {
    const { index } = plantedIndex(1);
    const years = new Map<string, number[]>();
    const cells = new Map<string, number[]>();
    for (const film of documents(40_000)) {
      const year = film.release_date.slice(0, 4);
      if (year === '') continue;
      years.set(year, [...(years.get(year) ?? []), film.popularity]);
      if (film.genres.length !== 1) continue;
      const cell = `${film.genres[0]!.name}|${year}`;
      cells.set(cell, [...(cells.get(cell) ?? []), film.popularity]);
    }
    const mean = (of: readonly number[]): number => of.reduce((sum, value) => sum + value, 0) / of.length;
    const pairs = [...cells]
      .filter(([, of]) => of.length >= 40)
      .map(([cell, of]) => {
        const [genre, year] = cell.split('|') as [Genre, string];
        return [Math.log(index(genre, Number(year))), Math.log(mean(of) / mean(years.get(year)!))] as const;
      });
    expect(pairs.length).toBeGreaterThan(60);
    expect(correlation(pairs)).toBeGreaterThan(0.9);
    expect(Math.abs(mean(pairs.map(([planted, measured]) => measured - planted)))).toBeLessThan(0.05);
  });
});

describe('a later day of a synthetic catalogue', () => {
  it('revises 1 % of the films each day, and says which', async () => {
    const before = await open('synthetic:5000@30');
    const after = await open('synthetic:5000@32');
    const changed = await after.changes('2025-02-01', '2025-02-02');
    expect(changed.length).toBeGreaterThan(60);
    expect(changed.length).toBeLessThan(140);
    const different: number[] = [];
    for (let id = 1; id <= 5000; id++) {
      if ((await before.document(id)) !== (await after.document(id))) different.push(id);
    }
    expect(different).toEqual(changed);
    expect(before.version).not.toBe(after.version);
  });

  it('knows nothing of days after it or before the first', async () => {
    const catalogue = await open('synthetic:5000@30');
    expect(await catalogue.changes('2025-02-01', '2025-02-10')).toEqual([]);
    expect(await catalogue.changes('2024-12-20', '2025-01-01')).toEqual([]);
    expect(await (await open('synthetic:5000')).changes('2025-01-01', '2025-01-10')).toEqual([]);
  });
});

function correlation(pairs: readonly (readonly [number, number])[]): number {
  const mean = (at: 0 | 1): number => pairs.reduce((sum, pair) => sum + pair[at], 0) / pairs.length;
  const [x, y] = [mean(0), mean(1)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [a, b] of pairs) {
    xy += (a - x) * (b - y);
    xx += (a - x) ** 2;
    yy += (b - y) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}

function detrended(series: readonly number[]): readonly number[] {
  const middle = (series.length - 1) / 2;
  const mean = series.reduce((sum, value) => sum + value, 0) / series.length;
  let [xy, xx] = [0, 0];
  series.forEach((value, at) => {
    xy += (at - middle) * (value - mean);
    xx += (at - middle) ** 2;
  });
  return series.map((value, at) => value - mean - (xy / xx) * (at - middle));
}
