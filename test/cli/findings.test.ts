import { describe, expect, it } from 'vitest';
import { formatFindings, unanswerable, type FindingsAnswer } from '../../cli/findings.js';

const SNAPSHOT = {
  id: 'tmdb/3',
  asOf: '2026-01-31',
  dataYear: 2025,
  movieCount: 5000,
  quarantined: 2,
  deadLetters: 1,
  fromYear: 1900,
  toYear: 2026,
  synthetic: false,
  attribution: 'This product uses the TMDB API.',
  coverage: [
    { field: 'cast', known: 4900 },
    { field: 'directors', known: 4950 },
    { field: 'budget', known: 0 },
    { field: 'revenue', known: 0 },
    { field: 'keywords', known: 0 },
  ],
};

const EMPTY: FindingsAnswer = {
  snapshot: SNAPSHOT,
  genres: null,
  actors: null,
  directors: null,
  roiRanking: null,
  genreForecast: null,
  models: null,
};

describe('the findings', () => {
  it('stand one a line under what they were found in', () => {
    expect(
      formatFindings({
        ...EMPTY,
        genres: [{ name: 'Drama', movieCount: 2100 }],
        actors: [{ name: 'Eric Roberts', movieCount: 46 }],
        directors: [{ name: 'Takashi Miike', movieCount: 60 }],
        roiRanking: [{ roi: 1032.4, movie: { title: 'Titanic', year: 1997 } }],
        genreForecast: {
          year: 2026,
          model: 'theta',
          ranking: [{ genre: 'Adventure', index: 1.5, lower: 1.2, upper: 1.8 }],
        },
        models: [
          { name: 'mean', task: 'rating', served: false, metrics: [] },
          {
            name: 'boosting',
            task: 'rating',
            served: true,
            metrics: [{ name: 'RMSE', value: 0.8, baseline: 'mean', baselineValue: 1 }],
          },
        ],
      }),
    ).toEqual(
      [
        'Snapshot tmdb/3: 5,000 films of 1900–2026, as of 2026-01-31 (2 quarantined, 1 dead letters)',
        '',
        '  Largest genre           Drama, 2,100 films',
        '  Most films in 2025      Eric Roberts, 46',
        '  Directed most films     Takashi Miike, 60',
        '  Best return over 100 M$  Titanic (1997), 1,032 %',
        '  Genres ahead in 2026    Adventure 1.50 (1.20–1.80); model theta',
        '  Model of rating         boosting, RMSE 0.800 beside 1.000 of mean',
        '',
        'This source cannot answer:',
        '  - which films earned their budget many times over (no budget, no revenue)',
        '  - films by keyword (no keywords)',
        '',
        'This product uses the TMDB API.',
      ].map((line) => (line.startsWith('  ') && !line.startsWith('  -') ? pad(line) : line)),
    );
  });

  it('leave out what could not be asked', () => {
    const lines = formatFindings({ ...EMPTY, snapshot: { ...SNAPSHOT, coverage: [] } });
    expect(lines).toEqual([lines[0], '', '', 'This product uses the TMDB API.']);
  });

  it('say first that data is made up', () => {
    const [first] = formatFindings({ ...EMPTY, snapshot: { ...SNAPSHOT, synthetic: true } });
    expect(first).toMatch(/^SYNTHETIC DATA\. Snapshot tmdb\/3: /);
  });

  it('are none without a snapshot', () => {
    expect(formatFindings({ ...EMPTY, snapshot: null })).toEqual(['There is no snapshot yet.']);
  });
});

describe('what a source cannot answer', () => {
  it('is what needs a field that no film has', () => {
    expect(unanswerable([{ field: 'cast', known: 0 }])).toEqual(['who appeared in the most films (no cast)']);
  });

  it('is nothing where one film has the field, or where nothing is said of it', () => {
    expect(unanswerable([{ field: 'cast', known: 1 }])).toEqual([]);
    expect(unanswerable([])).toEqual([]);
  });
});

/** Labels are as wide as the widest: `Best return over 100 M$`. */
function pad(line: string): string {
  const [, label = '', value = ''] = /^ {2}(.+?) {2,}(.+)$/.exec(line) ?? [];
  return `  ${label.padEnd('Best return over 100 M$'.length)}  ${value}`;
}
