import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDocument, type BlockRow } from '../../dataset/document.js';
import { BLOCK_COLUMNS } from '../../dataset/films.js';
import { frameOf } from '../../dataset/tables.js';

/** https://developer.themoviedb.org/reference/movie-details, shortened. */
const FIGHT_CLUB = {
  adult: false,
  backdrop_path: '/5TiwfWEaPSwD20uwXjCTUqpQX70.jpg',
  budget: 63_000_000,
  genres: [
    { id: 18, name: 'Drama' },
    { id: 53, name: 'Thriller' },
  ],
  id: 550,
  imdb_id: 'tt0137523',
  original_language: 'en',
  original_title: 'Fight Club',
  overview: 'A ticking-time-bomb insomniac …',
  popularity: 73.433,
  poster_path: '/pB8BM7pdSp6B6Ih7QZ4DrQ3PmJK.jpg',
  production_companies: [{ id: 508, name: 'Regency Enterprises' }],
  production_countries: [{ iso_3166_1: 'US', name: 'United States of America' }],
  release_date: '1999-10-15',
  revenue: 100_853_753,
  runtime: 139,
  status: 'Released',
  tagline: 'Mischief. Mayhem. Soap.',
  title: 'Fight Club',
  vote_average: 8.433,
  vote_count: 26_280,
  credits: {
    cast: [
      { id: 1283, name: 'Helena Bonham Carter', character: 'Marla Singer', profile_path: '/h.jpg', order: 2 },
      { id: 819, name: 'Edward Norton', character: 'Narrator', profile_path: '/e.jpg', order: 0 },
      { id: 287, name: 'Brad Pitt', character: 'Tyler Durden', profile_path: null, order: 1 },
    ],
    crew: [
      { id: 7467, name: 'David Fincher', job: 'Director', profile_path: '/d.jpg' },
      { id: 7474, name: 'Ross Grayson Bell', job: 'Producer', profile_path: null },
    ],
  },
  keywords: { keywords: [{ id: 825, name: 'support group' }] },
};

const read = (film: object, id = 550) => readDocument(id, JSON.stringify(film));

const PARALLEL = [
  ['cast', 'castIds', 'castCharacters', 'castProfiles'],
  ['directors', 'directorIds', 'directorProfiles'],
] as const;

describe('a TMDB document', () => {
  it('becomes a row with TMDB’s fields under the table’s names', () => {
    expect(read(FIGHT_CLUB)).toEqual({
      id: 550,
      title: 'Fight Club',
      originalTitle: 'Fight Club',
      overview: 'A ticking-time-bomb insomniac …',
      tagline: 'Mischief. Mayhem. Soap.',
      status: 'Released',
      releaseDate: '1999-10-15',
      runtime: 139,
      originalLanguage: 'en',
      countries: ['United States of America'],
      companies: ['Regency Enterprises'],
      keywords: ['support group'],
      genres: ['Drama', 'Thriller'],
      budget: 63_000_000,
      revenue: 100_853_753,
      popularity: 73.433,
      voteAverage: 8.433,
      voteCount: 26_280,
      cast: ['Edward Norton', 'Brad Pitt', 'Helena Bonham Carter'],
      castIds: [819, 287, 1283],
      castCharacters: ['Narrator', 'Tyler Durden', 'Marla Singer'],
      castProfiles: ['/e.jpg', null, '/h.jpg'],
      directors: ['David Fincher'],
      directorIds: [7467],
      directorProfiles: ['/d.jpg'],
      imdbId: 'tt0137523',
      posterPath: '/pB8BM7pdSp6B6Ih7QZ4DrQ3PmJK.jpg',
      backdropPath: '/5TiwfWEaPSwD20uwXjCTUqpQX70.jpg',
      problem: null,
    });
  });

  it('keeps cast without an order behind those who have one, as they stood', () => {
    const cast = [
      { name: 'Last' },
      { name: 'Second', order: 5 },
      { name: 'Later' },
      { name: 'First', order: 0 },
    ];
    expect(read({ id: 550, credits: { cast } }).cast).toEqual(['First', 'Second', 'Last', 'Later']);
  });

  it('leaves out people and names that are empty, and with them all that belongs to them', () => {
    const row = read({
      id: 550,
      genres: [{ name: 'Drama' }, { name: '' }, null, 'Crime', { id: 1 }, { name: 'Drama' }],
      credits: { cast: [{ id: 1, name: ' ' }, { id: 2, name: 'Ida Lupino' }, 7] },
    });
    expect(row.genres).toEqual(['Drama']);
    expect(row.cast).toEqual(['Ida Lupino']);
    expect(row.castIds).toEqual([2]);
  });

  it('knows nothing of a field that is missing', () => {
    const { id, problem, ...rest } = read({ id: 550 });
    expect({ id, problem }).toEqual({ id: 550, problem: null });
    for (const [name, value] of Object.entries(rest))
      expect({ [name]: value }).toEqual({ [name]: Array.isArray(value) ? [] : null });
  });

  it('knows nothing of a field of the wrong type', () => {
    const wrong = Object.fromEntries(Object.keys(FIGHT_CLUB).map((field) => [field, { unexpected: true }]));
    expect(read({ ...wrong, id: 550 })).toEqual(read({ id: 550 }));
    const numbers = {
      id: 550,
      title: 7,
      budget: '63000000',
      runtime: '2 h',
      popularity: null,
      genres: 'Drama',
    };
    expect(read(numbers)).toEqual(read({ id: 550 }));
  });

  it('takes a number too large for its column for unknown, and a fraction for the nearest whole', () => {
    expect(read({ id: 550, runtime: 2 ** 31, vote_count: -(2 ** 31) - 1 })).toMatchObject({
      runtime: null,
      voteCount: null,
    });
    expect(read({ id: 550, runtime: 99.6 }).runtime).toBe(100);
    expect(readDocument(550, '{"id":550,"budget":1e999}').budget).toBeNull();
  });

  it('takes a blank text for unknown and leaves any other as it came', () => {
    expect(read({ id: 550, title: '  ', tagline: ' Soap ' })).toMatchObject({
      title: null,
      tagline: ' Soap ',
    });
  });

  it('puts the replacement character for half of a surrogate pair, which no Parquet text can hold', () => {
    expect(readDocument(550, String.raw`{"id":550,"title":"Half \ud83d"}`).title).toBe('Half \u{FFFD}');
    expect(readDocument(550, String.raw`{"id":550,"title":"\ud83c\udfac"}`).title).toBe('🎬');
  });

  it.each([
    ['<html>502 Bad Gateway</html>', 'the document is not JSON'],
    ['', 'the document is not JSON'],
    ['{"id":550', 'the document is not JSON'],
    ['null', 'the document is not an object'],
    ['[{"id":550}]', 'the document is not an object'],
    ['{"title":"Fight Club"}', 'the document has no id'],
    ['{"id":"550"}', 'the document has no id'],
    ['{"id":551,"title":"Another"}', 'the document is of film 551'],
  ])('keeps its id and says what is wrong: %s', (body, problem) => {
    const row = readDocument(550, body);
    expect(row).toMatchObject({ id: 550, title: null, cast: [], problem });
    expect(Object.keys(row)).toEqual(Object.keys(BLOCK_COLUMNS));
  });

  it('is a row of the declared columns whatever JSON it is', () => {
    const fields = fc.constantFrom(...Object.keys(FIGHT_CLUB), 'name', 'order', 'cast', 'crew', 'job');
    const { film } = fc.letrec((tie) => ({
      film: fc.dictionary(
        fields,
        fc.oneof(
          { maxDepth: 4 },
          fc.jsonValue(),
          fc.string({ unit: 'binary' }),
          tie('film'),
          fc.array(tie('film'), { maxLength: 3 }),
        ),
      ),
    }));
    const rows: BlockRow[] = [];
    const anyFilm = fc.oneof(
      fc.jsonValue(),
      film,
      film.map((one) => ({ ...(one as object), id: 550 })),
    );
    fc.assert(
      fc.property(anyFilm, (json) => {
        const row = readDocument(550, JSON.stringify(json));
        expect(row.id).toBe(550);
        expect(Object.keys(row)).toEqual(Object.keys(BLOCK_COLUMNS));
        for (const lists of PARALLEL) {
          const lengths = lists.map((name) => (row[name] as unknown[]).length);
          expect(new Set(lengths).size).toBe(1);
        }
        rows.push(row);
      }),
      { numRuns: 300 },
    );
    expect(frameOf(BLOCK_COLUMNS, rows).height).toBe(rows.length);
  });

  it('never fails, whatever text it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (body) => {
        expect(readDocument(7, body).id).toBe(7);
      }),
    );
  });
});
