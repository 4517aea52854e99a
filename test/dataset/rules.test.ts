import fc from 'fast-check';
import pl from 'nodejs-polars';
import { describe, expect, it } from 'vitest';
import { brokenText, CLEANING_RULES, QUARANTINE_RULES } from '../../dataset/rules.js';
import { frameOf } from '../../dataset/tables.js';
import { clean, document, rowsOf, type Document } from './documents.js';

/** By rule: what breaks it, and what just does not; with the column that the rule is about. */
const CASES: Record<string, { breaks: Document[]; holds: Document[] }> = {
  impossibleDate: {
    breaks: ['1873-12-31', '2101-01-01', '2011-02-30', '2011-13-01', 'soon', '2011'].map((release_date) => ({
      release_date,
    })),
    holds: ['1874-01-01', '2100-12-31', '2012-02-29'].map((release_date) => ({ release_date })),
  },
  noRuntime: { breaks: [{ runtime: 0 }, { runtime: -90 }], holds: [{ runtime: 1 }, { runtime: 873 }] },
  noBudget: {
    breaks: [{ budget: 0 }, { budget: -1 }],
    holds: [{ budget: 0.5 }, { budget: 1 }, { budget: 4e8 }],
  },
  noRevenue: {
    breaks: [{ revenue: 0 }, { revenue: -5 }],
    holds: [{ revenue: 1 }, { revenue: 2_923_706_026 }],
  },
  negativePopularity: { breaks: [{ popularity: -0.1 }], holds: [{ popularity: 0 }, { popularity: 0.6 }] },
  negativeVoteCount: { breaks: [{ vote_count: -1 }], holds: [{ vote_count: 0 }, { vote_count: 1 }] },
  noVoteAverage: {
    breaks: [
      { vote_average: 0, vote_count: 0 },
      { vote_average: 7, vote_count: 0 },
      { vote_average: 10.1 },
      { vote_average: -0.5 },
    ],
    holds: [
      { vote_average: 10 },
      { vote_average: 0, vote_count: 3 },
      { vote_average: 7, vote_count: null },
      { vote_average: 0.5, vote_count: 1 },
    ],
  },
};

describe('a cleaning rule', () => {
  it('has cases here, each of them', () => {
    expect(Object.keys(CASES)).toEqual(CLEANING_RULES.map(({ name }) => name));
  });

  it.each(CLEANING_RULES)(
    '$name makes its field unknown where it cannot be, and counts',
    async ({ name, column }) => {
      const { breaks } = CASES[name]!;
      const { films, counts, quarantine } = await clean(breaks.map((over, at) => document(at + 1, over)));
      expect(rowsOf(films).map((film) => film[column])).toEqual(breaks.map(() => null));
      expect(counts[name]).toBe(breaks.length);
      expect(quarantine.height).toBe(0);
    },
  );

  it.each(CLEANING_RULES)('$name leaves what can be', async ({ name, column }) => {
    const { holds } = CASES[name]!;
    const { films, counts } = await clean(holds.map((over, at) => document(at + 1, over)));
    expect(rowsOf(films).every((film) => film[column] !== null)).toBe(true);
    expect(counts[name]).toBe(0);
  });

  it.each(CLEANING_RULES)('$name changes no other field', async ({ name, column }) => {
    const { breaks } = CASES[name]!;
    const { films } = await clean(
      [document(1), ...breaks.map((over, at) => document(at + 2, over))],
      '2020-01-01',
    );
    // What follows from the field follows, and what the case itself sets is set.
    const own = ['id', 'title', column, 'year', 'released', 'roi', 'voteCount'];
    const others = (row: Document): Document =>
      Object.fromEntries(Object.entries(row).filter(([field]) => !own.includes(field)));
    const [bare, ...broken] = rowsOf(films).map(others);
    expect(broken).toEqual(breaks.map(() => bare));
  });

  it('counts only fields that it made unknown, not those that were', async () => {
    const { counts } = await clean([document(1, { vote_count: 0, vote_average: null, release_date: '' })]);
    expect(counts).toEqual({
      ...Object.fromEntries(CLEANING_RULES.map(({ name }) => [name, 0])),
      brokenText: 0,
    });
  });

  it('leaves money above 0 exactly as it came', async () => {
    const money = fc.oneof(
      fc.integer({ min: 1, max: 2 ** 31 }),
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(money, money), { minLength: 1, maxLength: 100 }), async (pairs) => {
        const rows = pairs.map(([budget, revenue], at) => document(at + 1, { budget, revenue }));
        const films = rowsOf((await clean(rows)).films);
        expect(films.map(({ budget, revenue }) => [budget, revenue])).toEqual(pairs);
        expect(films.map(({ roi }) => roi)).toEqual(pairs.map(([b, r]) => ((r - b) / b) * 100));
      }),
      { numRuns: 5 },
    );
  });
});

describe('a quarantine rule', () => {
  it('applies to documents that could not be read, and says why', async () => {
    const { films, quarantine } = await clean([document(1, { id: 2 }), document(3)]);
    expect(rowsOf(films).map(({ id }) => id)).toEqual([3]);
    expect(rowsOf(quarantine)).toEqual([{ id: 1, rule: 'unreadable', detail: 'the document is of film 2' }]);
  });

  it('applies to films without a title, though they may have all else', async () => {
    const { quarantine } = await clean([
      document(1, { title: '' }),
      document(2, { title: ' ' }),
      document(3),
    ]);
    expect(rowsOf(quarantine).map(({ id, rule }) => [id, rule])).toEqual([
      [1, 'missingTitle'],
      [2, 'missingTitle'],
    ]);
  });

  it('applies to a second row of an id, and keeps the first', async () => {
    const { films, quarantine } = await clean([
      document(5, { title: 'First' }),
      document(5, { title: 'Second' }),
    ]);
    expect(rowsOf(films).map(({ title }) => title)).toEqual(['First']);
    expect(rowsOf(quarantine).map(({ id, rule }) => [id, rule])).toEqual([[5, 'duplicateId']]);
  });

  it('gives one reason a film: the first that applies', async () => {
    const { quarantine } = await clean([document(1, { id: 9, title: '' }), document(2, { title: null })]);
    expect(rowsOf(quarantine).map(({ rule }) => rule)).toEqual(['unreadable', 'missingTitle']);
    expect(QUARANTINE_RULES.map(({ name }) => name)).toEqual(['unreadable', 'missingTitle', 'duplicateId']);
  });

  it('never takes a film for lacking genres, cast, a date or money', async () => {
    const { films, quarantine } = await clean([
      document(1, { genres: [], credits: { cast: [], crew: [] }, release_date: '', budget: 0, revenue: 0 }),
    ]);
    expect(quarantine.height).toBe(0);
    expect(rowsOf(films)[0]).toMatchObject({
      id: 1,
      genres: [],
      cast: [],
      releaseDate: null,
      released: false,
    });
  });

  it('loses no row: films and quarantined are all that came, whatever it was', async () => {
    const film = fc.record(
      {
        id: fc.integer({ min: 1, max: 40 }),
        title: fc.oneof(fc.string(), fc.constant('Film'), fc.constant(null)),
        release_date: fc.oneof(fc.string(), fc.constantFrom('', '2011-06-07', '1600-01-01', '2011-02-31')),
        runtime: fc.oneof(fc.integer(), fc.constant(0)),
        budget: fc.double(),
        revenue: fc.double(),
        popularity: fc.double({ min: -10, max: 1000, noNaN: true }),
        vote_count: fc.integer(),
        vote_average: fc.double(),
        genres: fc.array(fc.record({ name: fc.constantFrom('Drama', 'Crime', '') })),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), film), { maxLength: 60 }),
        async (list) => {
          const rows = list.map(([id, over]) => document(id, over));
          const { films, quarantine } = await clean(rows);
          expect(films.height + quarantine.height).toBe(rows.length);
          const ids = rowsOf(films).map(({ id }) => id as number);
          expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
        },
      ),
      { numRuns: 10 },
    );
  });
});

describe('broken text', () => {
  const flags = async (titles: readonly (string | null)[]): Promise<unknown[]> => {
    const frame = await frameOf(
      { title: pl.Utf8 },
      titles.map((title) => ({ title })),
    )
      .lazy()
      .select(brokenText.alias('broken'))
      .collect();
    return frame.getColumn('broken').toArray();
  };
  const misread = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
  const windows = (text: string): string => new TextDecoder('windows-1252').decode(Buffer.from(text, 'utf8'));

  it('is flagged: UTF-8 that was read as Latin-1 or Windows-1252, and the replacement character', async () => {
    const titles = [
      'AmÃ©lie',
      misread('Amélie'),
      windows('Ângela'),
      windows('Les Choristes — L’été'),
      'Caf\u{FFFD}',
    ];
    expect(await flags(titles)).toEqual(titles.map(() => true));
  });

  it('is not seen in titles of the world', async () => {
    const titles = [
      'Amélie',
      'Ângela',
      'São Paulo',
      'ÃO',
      'Â',
      '€uro',
      '千と千尋の神隠し',
      'Ça commence',
      'Wall·E',
      null,
    ];
    expect(await flags(titles)).toEqual(titles.map(() => false));
  });

  it('is seen in any accented letter that was read with the wrong table', async () => {
    const letters = [...'àáâãäåæçèéêëìíîïñòóôõöøùúûüýÀÉÖÜß'];
    expect(await flags(letters.map((letter) => misread(`Caf${letter} Noir`)))).toEqual(
      letters.map(() => true),
    );
  });

  it('is flagged in the table and stays as it came', async () => {
    const { films, counts } = await clean([
      document(1, { title: 'AmÃ©lie' }),
      document(2, { title: 'Amélie' }),
    ]);
    expect(rowsOf(films).map(({ title, brokenText }) => [title, brokenText])).toEqual([
      ['AmÃ©lie', true],
      ['Amélie', false],
    ]);
    expect(counts.brokenText).toBe(1);
  });
});
