import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pl from 'nodejs-polars';
import { FILM_COLUMNS } from '../../dataset/films.js';
import type { OrderField } from '../../dataset/serving/tables.js';
import type { SnapshotManifest } from '../../dataset/snapshots.js';

/** A small snapshot as files on disk, and the films that it was made of: tests work their answers out of these. */

export interface TestFilm {
  readonly id: number;
  readonly title: string;
  readonly releaseDate: string | null;
  readonly genres: readonly string[];
  readonly budget: number | null;
  readonly revenue: number | null;
  readonly popularity: number | null;
  readonly voteAverage: number | null;
  readonly voteCount: number | null;
  readonly language: string | null;
  readonly cast: readonly {
    readonly id: number | null;
    readonly name: string;
    readonly character: string | null;
  }[];
  readonly directors: readonly { readonly id: number | null; readonly name: string }[];
}

const AS_OF = '2020-12-31';
export const isReleased = ({ releaseDate }: TestFilm): boolean =>
  releaseDate !== null && releaseDate <= AS_OF;
export const yearOf = ({ releaseDate }: TestFilm): number | null =>
  releaseDate === null ? null : Number(releaseDate.slice(0, 4));
export const roiOf = ({ budget, revenue }: TestFilm): number | null =>
  budget === null || revenue === null ? null : ((revenue - budget) / budget) * 100;
export const personId = ({ id, name }: { id: number | null; name: string }): string =>
  id === null ? `name:${name}` : String(id);

const VALUES: Readonly<Record<OrderField, (film: TestFilm) => number | string | null>> = {
  POPULARITY: ({ popularity }) => popularity,
  TITLE: ({ title }) => title.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase(),
  RELEASE_DATE: ({ releaseDate }) => releaseDate,
  VOTE_AVERAGE: ({ voteAverage }) => voteAverage,
  VOTE_COUNT: ({ voteCount }) => voteCount,
  BUDGET: ({ budget }) => budget,
  REVENUE: ({ revenue }) => revenue,
  ROI: roiOf,
  ID: ({ id }) => id,
};

/** Ids in order, worked out with a comparison of every pair. */
export function sorted(of: readonly TestFilm[], field: OrderField, direction: 'ASC' | 'DESC'): number[] {
  const value = VALUES[field];
  const compare = (a: number | string, b: number | string): number =>
    typeof a === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(b as string)) : a - (b as number);
  return [...of]
    .sort((x, y) => {
      const [a, b] = [value(x), value(y)];
      if (a === null || b === null) return a === b ? x.id - y.id : a === null ? 1 : -1;
      return (direction === 'ASC' ? compare(a, b) : compare(b, a)) || x.id - y.id;
    })
    .map(({ id }) => id);
}

const TITLES = ['Amélie', 'AMELIE 2', 'Éclair', 'Zoé', 'alpha', 'Ωmega', '🎬 Reel', 'Beta', 'beta', 'Noir'];
const GENRES = ['Drama', 'Comedy', 'Thriller', 'Horror'];
const PEOPLE = [
  { id: 10, name: 'Ana Ría' },
  { id: 9, name: 'Bo Li' },
  { id: null, name: 'Cy Ångström' },
  { id: 30, name: 'Bo Li' },
  { id: 41, name: 'Dee Dee' },
];

/** Deterministic, with many ties and nulls in every column. */
export function testFilms(count: number): TestFilm[] {
  let state = 7;
  const below = (n: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * n);
  };
  const orNull = <T>(value: T): T | null => (below(5) === 0 ? null : value);
  return Array.from({ length: count }, (_, i) => {
    const cast = Array.from({ length: below(4) }, (_unused, at) => ({
      ...PEOPLE[below(PEOPLE.length)]!,
      character: orNull(`Role ${at}`),
    }));
    // Somebody plays two parts.
    if (i % 11 === 0 && cast[0] !== undefined) cast.push({ ...cast[0], character: 'The double' });
    return {
      id: 3 * i + 5,
      title: `${TITLES[below(TITLES.length)]}${below(3) === 0 ? ` ${below(9)}` : ''}`,
      releaseDate: orNull(`${2010 + below(12)}-0${1 + below(9)}-1${below(9)}`),
      genres: GENRES.filter(() => below(3) === 0),
      budget: orNull((1 + below(4)) * 60_000_000),
      revenue: orNull((1 + below(9)) * 400_000_000 + below(2)),
      popularity: orNull(below(6) + 0.5),
      voteAverage: orNull(below(4) + 5),
      voteCount: orNull(below(5) * 50),
      language: orNull(['en', 'fr'][below(2)]!),
      cast,
      directors: below(2) === 0 ? [] : [PEOPLE[below(PEOPLE.length)]!],
    };
  });
}

const series = (name: string, values: readonly unknown[], type: unknown): pl.Series =>
  pl.Series(name, values as unknown[], type as pl.DataType).cast(type as pl.DataType);

function frame(
  columns: Readonly<Record<string, readonly [type: unknown, values: readonly unknown[]]>>,
): pl.DataFrame {
  return pl.DataFrame(Object.entries(columns).map(([name, [type, values]]) => series(name, values, type)));
}

const byteOrder = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

export interface Person {
  readonly id: string;
  readonly name: string;
}

/** Number of released films of each person, a film once: largest first, ties by name, then id. */
export function rankPeople(
  films: readonly TestFilm[],
  role: 'ACTOR' | 'DIRECTOR',
  keep: (film: TestFilm) => boolean = () => true,
): (Person & { movieCount: number })[] {
  const counts = new Map<string, Person & { movieCount: number }>();
  for (const film of films) {
    if (!isReleased(film) || !keep(film)) continue;
    const people = new Map(
      (role === 'ACTOR' ? film.cast : film.directors).map((one) => [personId(one), one.name]),
    );
    for (const [id, name] of people)
      counts.set(id, { id, name, movieCount: (counts.get(id)?.movieCount ?? 0) + 1 });
  }
  return [...counts.values()].sort(
    (a, b) => b.movieCount - a.movieCount || byteOrder(a.name, b.name) || byteOrder(a.id, b.id),
  );
}

export interface WriteOptions {
  readonly number?: number;
  readonly catalogue?: string;
  /** More files beside the tables: name → text. */
  readonly texts?: Readonly<Record<string, string>>;
  /** A table whose file is torn before the manifest tells of it. */
  readonly torn?: string;
}

/** Writes the tables and last the manifest into the data folder. */
export function writeSnapshot(
  folder: string,
  films: readonly TestFilm[],
  { number = 1, catalogue = 'test', texts = {}, torn }: WriteOptions = {},
): SnapshotManifest {
  const tables: SnapshotManifest['tables'][number][] = [];
  const put = (table: string, file: string, rows: number, write: (path: string) => void): void => {
    const path = `tables/${catalogue}-${number}/${file}`;
    const local = join(folder, path);
    mkdirSync(dirname(local), { recursive: true });
    write(local);
    const sha256 = createHash('sha256').update(readFileSync(local)).digest('hex');
    tables.push({ table, task: 'test', path, rows, bytes: statSync(local).size, sha256, content: true });
  };
  const parquet = (table: string, data: pl.DataFrame): void =>
    put(table, `${table}.parquet`, data.height, (path) => data.writeParquet(path, { compression: 'zstd' }));

  parquet('films', filmsTable(films));
  const persons = personsOf(films);
  parquet(
    'persons',
    frame({
      person: [pl.Int32, persons.map((_, at) => at)],
      id: [pl.Utf8, persons.map(({ id }) => id)],
      name: [pl.Utf8, persons.map(({ name }) => name)],
      profilePath: [pl.Utf8, persons.map((_, at) => (at % 2 === 0 ? `/p${at}.jpg` : null))],
    }),
  );
  parquet('credits', creditsTable(films, persons));
  parquet('people', rankingTable(films));
  parquet('trends', trendsTable(films));
  const returns = films
    .filter((film) => isReleased(film) && roiOf(film) !== null)
    .sort((a, b) => roiOf(b)! - roiOf(a)! || a.id - b.id);
  parquet(
    'roi',
    frame({
      rank: [pl.Int32, returns.map((_, at) => at + 1)],
      filmId: [pl.Int32, returns.map(({ id }) => id)],
      roi: [pl.Float64, returns.map(roiOf)],
    }),
  );
  parquet('genreForecast', forecastTable());
  parquet('genreForecastBacktest', backtestTable());
  parquet('genreSeriesForecast', seriesTable());
  parquet('deadLetters', frame({ id: [pl.Int32, [900, 901, 902]], status: [pl.Int32, [503, null, 429]] }));
  const details = [900, 902].map((id) =>
    JSON.stringify({ id, status: 503, attempts: 12, message: `Film ${id} failed` }),
  );
  put('deadLetterDetails', 'deadLetterDetails.ndjson', 2, (path) =>
    writeFileSync(path, `${details.join('\n')}\n`),
  );
  put('peoplePicture', '0a1b-people.svg', 1, (path) =>
    writeFileSync(path, '<svg xmlns="http://www.w3.org/2000/svg"/>'),
  );
  const report = {
    name: 'mean',
    task: 'rating',
    trainedAt: '2021-01-01T00:00:00.000Z',
    served: true,
    rows: films.length,
    seconds: 0.1,
    backend: 'typescript',
    metrics: [{ name: 'RMSE', value: 1.2, baseline: 'mean', baselineValue: 1.2 }],
  };
  for (const [table, text] of Object.entries({ ratingReport: JSON.stringify([report]), ...texts }))
    put(table, `${table}.json`, 1, (path) => writeFileSync(path, text));

  for (const { table, path } of tables) if (table === torn) writeFileSync(join(folder, path), 'torn');

  const manifest: SnapshotManifest = {
    id: `${catalogue}/${number}`,
    number,
    catalogue,
    synthetic: false,
    createdAt: new Date(Date.UTC(2021, 0, number)).toISOString(),
    asOf: AS_OF,
    dataYear: 2020,
    fromYear: 2010,
    toYear: 2021,
    movieCount: films.length,
    quarantined: 0,
    deadLetters: 3,
    limit: null,
    sha256: createHash('sha256').update(JSON.stringify(tables)).digest('hex'),
    run: 'run-1',
    notes: [],
    coverage: [{ field: 'budget', known: films.filter(({ budget }) => budget !== null).length }],
    tables,
    checks: [],
  };
  const path = join(folder, `snapshots/${catalogue}/${number}.json`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(manifest));
  return manifest;
}

function filmsTable(films: readonly TestFilm[]): pl.DataFrame {
  const values: Partial<Record<keyof typeof FILM_COLUMNS, readonly unknown[]>> = {
    id: films.map(({ id }) => id),
    title: films.map(({ title }) => title),
    overview: films.map(({ id }) => (id % 2 === 0 ? `Film ${id} – a story` : null)),
    status: films.map((film) => (isReleased(film) ? 'Released' : null)),
    releaseDate: films.map(({ releaseDate }) =>
      releaseDate === null ? null : Date.parse(releaseDate) / 86_400_000,
    ),
    year: films.map(yearOf),
    runtime: films.map(({ id }) => 60 + (id % 90)),
    originalLanguage: films.map(({ language }) => language),
    genres: films.map(({ genres }) => genres),
    countries: films.map(({ id }) => (id % 3 === 0 ? ['US', 'FR'] : [])),
    budget: films.map(({ budget }) => budget),
    revenue: films.map(({ revenue }) => revenue),
    roi: films.map(roiOf),
    popularity: films.map(({ popularity }) => popularity),
    voteAverage: films.map(({ voteAverage }) => voteAverage),
    voteCount: films.map(({ voteCount }) => voteCount),
    released: films.map(isReleased),
    brokenText: films.map(() => false),
  };
  const columns = Object.entries(FILM_COLUMNS).map(([name, type]) => {
    const given = values[name as keyof typeof FILM_COLUMNS];
    if (name === 'releaseDate') return series(name, given!, pl.Int32).cast(pl.Date);
    const isList = String(type).includes('List');
    return series(name, given ?? films.map(() => (isList ? [] : null)), type);
  });
  return pl.DataFrame(columns);
}

function personsOf(films: readonly TestFilm[]): Person[] {
  const people = films.flatMap(({ cast, directors }) => [...cast, ...directors]);
  const known = new Map(people.map((one) => [personId(one), one.name]));
  return [...known].map(([id, name]) => ({ id, name })).sort((a, b) => byteOrder(a.id, b.id));
}

function creditsTable(films: readonly TestFilm[], persons: readonly Person[]): pl.DataFrame {
  const number = new Map(persons.map(({ id }, at) => [id, at]));
  const rows = films.flatMap(({ id, cast, directors }) => [
    ...cast.map((one, position) => ({
      id,
      role: 0,
      position,
      person: personId(one),
      character: one.character,
    })),
    ...directors.map((one, position) => ({ id, role: 1, position, person: personId(one), character: null })),
  ]);
  return frame({
    filmId: [pl.Int32, rows.map(({ id }) => id)],
    role: [pl.Int32, rows.map(({ role }) => role)],
    position: [pl.Int32, rows.map(({ position }) => position)],
    person: [pl.Int32, rows.map(({ person }) => number.get(person))],
    character: [pl.Utf8, rows.map(({ character }) => character)],
  });
}

function rankingTable(films: readonly TestFilm[]): pl.DataFrame {
  const years = [null, ...new Set(films.filter(isReleased).map(yearOf))];
  const rows = (['ACTOR', 'DIRECTOR'] as const).flatMap((role) =>
    years.flatMap((year) =>
      rankPeople(films, role, (film) => year === null || yearOf(film) === year).map((one, at) => ({
        ...one,
        role,
        year,
        rank: at + 1,
      })),
    ),
  );
  return frame({
    role: [pl.Utf8, rows.map(({ role }) => role)],
    year: [pl.Int32, rows.map(({ year }) => year)],
    rank: [pl.Int32, rows.map(({ rank }) => rank)],
    personId: [pl.Utf8, rows.map(({ id }) => id)],
    name: [pl.Utf8, rows.map(({ name }) => name)],
    movieCount: [pl.Int32, rows.map(({ movieCount }) => movieCount)],
  });
}

function trendsTable(films: readonly TestFilm[]): pl.DataFrame {
  const released = films.filter(isReleased);
  const rows = [...GENRES].sort().flatMap((genre) =>
    [...new Set(released.map(yearOf))].sort().flatMap((year) => {
      const ofYear = released.filter((film) => yearOf(film) === year);
      const ofGenre = ofYear.filter(({ genres }) => genres.includes(genre));
      return ofGenre.length === 0
        ? []
        : [{ genre, year, films: ofGenre.length, share: (100 * ofGenre.length) / ofYear.length }];
    }),
  );
  return frame({
    genre: [pl.Utf8, rows.map(({ genre }) => genre)],
    year: [pl.Int32, rows.map(({ year }) => year)],
    movieCount: [pl.Int32, rows.map(({ films: count }) => count)],
    popularity: [pl.Float64, rows.map(() => 1.5)],
    index: [pl.Float64, rows.map(() => 1)],
    voteAverage: [pl.Float64, rows.map((_, at) => (at === 0 ? null : 6.5))],
    share: [pl.Float64, rows.map(({ share }) => share)],
  });
}

function backtestTable(): pl.DataFrame {
  const rows = ['ets', 'naive'].flatMap((model) =>
    [2018, 2019].flatMap((origin) =>
      GENRES.flatMap((genre, at) =>
        [origin + 1, origin + 2]
          .filter((year) => year <= 2020)
          .map((year) => ({ model, genre, origin, year, actual: at + 1 })),
      ),
    ),
  );
  const around = (by: number): (number | null)[] =>
    rows.map(({ origin, actual }) => (origin === 2018 ? null : actual + by));
  return frame({
    model: [pl.Utf8, rows.map(({ model }) => model)],
    genre: [pl.Utf8, rows.map(({ genre }) => genre)],
    origin: [pl.Int32, rows.map(({ origin }) => origin)],
    year: [pl.Int32, rows.map(({ year }) => year)],
    actual: [pl.Float64, rows.map(({ actual }) => actual)],
    predicted: [pl.Float64, rows.map(({ model, actual }) => actual + (model === 'ets' ? 0.5 : 0))],
    lower: [pl.Float64, around(-0.1)],
    upper: [pl.Float64, around(0.1)],
    lower95: [pl.Float64, around(-0.2)],
    upper95: [pl.Float64, around(0.2)],
  });
}

/** Shares by one model: the first genre's are the smallest. */
function seriesTable(): pl.DataFrame {
  const rows = GENRES.flatMap((genre, at) =>
    [2021, 2022, 2023].map((year) => ({ genre, year, value: 10 * (at + 1) })),
  );
  const around = (by: number): number[] => rows.map(({ value }) => value + by);
  return frame({
    series: [pl.Utf8, rows.map(() => 'share')],
    model: [pl.Utf8, rows.map(() => 'theta')],
    served: [pl.Bool, rows.map(() => true)],
    genre: [pl.Utf8, rows.map(({ genre }) => genre)],
    year: [pl.Int32, rows.map(({ year }) => year)],
    value: [pl.Float64, around(0)],
    lower: [pl.Float64, around(-1)],
    upper: [pl.Float64, around(1)],
    lower95: [pl.Float64, around(-2)],
    upper95: [pl.Float64, around(2)],
  });
}

function forecastTable(): pl.DataFrame {
  const rows = ['ets', 'naive'].flatMap((model) =>
    GENRES.flatMap((genre, at) =>
      [2021, 2022, 2023].map((year) => ({ model, genre, year, index: at === 3 ? 1 : at + 1 })),
    ),
  );
  const around = (by: number): number[] => rows.map(({ index }) => index + by);
  return frame({
    model: [pl.Utf8, rows.map(({ model }) => model)],
    served: [pl.Bool, rows.map(({ model }) => model === 'naive')],
    genre: [pl.Utf8, rows.map(({ genre }) => genre)],
    year: [pl.Int32, rows.map(({ year }) => year)],
    index: [pl.Float64, around(0)],
    lower: [pl.Float64, around(-0.1)],
    upper: [pl.Float64, around(0.1)],
    lower95: [pl.Float64, around(-0.2)],
    upper95: [pl.Float64, around(0.2)],
  });
}
