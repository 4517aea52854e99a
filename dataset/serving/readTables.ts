import { readFileSync, statSync } from 'node:fs';
import pl from 'nodejs-polars';
import { fold } from './fold.js';
import { indexGrams } from './gramIndex.js';
import { ORDER_OF, prepareSteps } from './ranges.js';
import { rankByGenre } from './rankings.js';
import {
  bytesOf,
  integersOf,
  numbersOf,
  packTexts,
  postingsOf,
  ranksOf,
  textsOf,
  wordsOf,
} from './frames.js';
import {
  FILM_NUMBERS,
  FILM_TEXTS,
  FILM_WORDS,
  RANGED,
  type CreditsTable,
  type DeadLetterRow,
  type FilmsTable,
  type ForecastBacktestRow,
  type ForecastRow,
  type OrderField,
  type OrderTable,
  type OtherTables,
  type PersonsTable,
  type Postings,
  type PreparedTables,
  type RankingTable,
  type ReportRow,
  type SeriesBacktestRow,
  type SeriesForecastRow,
  type TableFiles,
  type TrendRow,
  type WordTable,
} from './tables.js';

/**
 * Makes of a snapshot's tables what is served of them. Synchronous throughout: for threads that compute. Throws where
 * a file is missing, cut off or not what its name says.
 */
export function prepareTables(files: TableFiles): PreparedTables {
  checkSizes(files);
  const parquet = parquetOf(files);
  const films = readFilms((columns) => {
    const frame = parquet('films', columns);
    if (frame === null) throw new Error('the snapshot has no table films');
    return frame;
  });
  const people = parquet('persons') ?? EMPTY_PERSONS;
  const persons = readPersons(people);
  const credits = readCredits(parquet('credits'), films.ids, persons.count);
  return {
    films,
    persons,
    credits,
    ranking: readRanking(parquet('people'), people.select('person', 'id')),
    genreRanking: rankByGenre(
      films,
      credits,
      Uint32Array.from(integersOf(people.sort(['name', 'id']), 'person')),
    ),
    roi: rowsOfIds(integersOf(parquet('roi', ['filmId']) ?? NO_IDS, 'filmId'), films.ids, 'roi'),
  };
}

/** Reads what is not prepared. Synchronous. */
export function readOthers(files: TableFiles): OtherTables {
  checkSizes(files);
  const parquet = parquetOf(files);
  const text = (table: string): string | null => {
    const found = files[table];
    return found === undefined ? null : readFileSync(found.file, 'utf8');
  };
  return {
    trends: (parquet('trends')?.toRecords() ?? []) as unknown as TrendRow[],
    forecast: (parquet('genreForecast')?.toRecords() ?? []) as unknown as ForecastRow[],
    forecastBacktest: (parquet('genreForecastBacktest')?.toRecords() ??
      []) as unknown as ForecastBacktestRow[],
    seriesForecast: (parquet('genreSeriesForecast')?.toRecords() ?? []) as unknown as SeriesForecastRow[],
    seriesBacktest: (parquet('genreSeriesBacktest')?.toRecords() ?? []) as unknown as SeriesBacktestRow[],
    deadLetters: readDeadLetters(parquet('deadLetters'), text('deadLetterDetails')),
    reports: Object.keys(files)
      .filter((table) => table.endsWith('Report'))
      .sort()
      .flatMap((table) => JSON.parse(text(table) as string) as ReportRow[]),
    pictures: Object.fromEntries(
      Object.entries(files).flatMap(([table, { file }]) => {
        const name = /[A-Za-z]+\.svg$/.exec(file)?.[0];
        return name === undefined ? [] : [[name, text(table) as string]];
      }),
    ),
  };
}

function checkSizes(files: TableFiles): void {
  for (const [table, { file, bytes }] of Object.entries(files)) {
    const size = statSync(file).size;
    if (size !== bytes) throw new Error(`table ${table} has ${size} bytes; its manifest says ${bytes}`);
  }
}

const parquetOf =
  (files: TableFiles) =>
  (table: string, columns?: string[]): pl.DataFrame | null => {
    const found = files[table];
    return found === undefined ? null : pl.readParquet(found.file, columns === undefined ? {} : { columns });
  };

const NO_IDS = pl.DataFrame({ filmId: pl.Series('filmId', [], pl.Int32) });
const EMPTY_PERSONS = pl.DataFrame({
  person: pl.Series('person', [], pl.Int32),
  id: pl.Series('id', [], pl.Utf8),
  name: pl.Series('name', [], pl.Utf8),
  profilePath: pl.Series('profilePath', [], pl.Utf8),
});

/** Columns are read a few at a time, so that the table is never in memory twice. */
function readFilms(read: (columns: string[]) => pl.DataFrame): FilmsTable {
  const base = read(['id', 'released', 'releaseDate', ...FILM_NUMBERS]);
  const ids = integersOf(base, 'id');
  for (let row = 1; row < ids.length; row++)
    if (ids[row]! <= ids[row - 1]!) throw new Error(`table films is not sorted by id at row ${row}`);
  const titles = read(['title']);
  const folded = (titles.getColumn('title').toArray() as string[]).map(fold);
  const foldedTitle = pl.DataFrame({ title: pl.Series('title', folded, pl.Utf8) });
  const order = (column: string, frame = base): OrderTable => orderOf(ranksOf(frame, column));
  const orders: Record<OrderField, OrderTable> = {
    POPULARITY: order('popularity'),
    TITLE: order('title', foldedTitle),
    RELEASE_DATE: order('releaseDate'),
    VOTE_AVERAGE: order('voteAverage'),
    VOTE_COUNT: order('voteCount'),
    BUDGET: order('budget'),
    REVENUE: order('revenue'),
    ROI: order('roi'),
    ID: order('id'),
  };
  const words = Object.fromEntries(
    FILM_WORDS.map((name) => [name, wordsOf(read([name]), name)]),
  ) as unknown as FilmsTable['words'];
  const numbers = Object.fromEntries(
    FILM_NUMBERS.map((name) => [name, numbersOf(base, name)]),
  ) as unknown as FilmsTable['numbers'];
  const foldedTitles = packTexts(folded);
  const steps = RANGED.map((name) => {
    const { ascending } = orders[ORDER_OF[name]];
    return [name, prepareSteps(ascending, ascending.length - countUnknown(numbers[name]))] as const;
  });
  return {
    count: ids.length,
    ids,
    released: bytesOf(base, 'released'),
    releaseDate: numbersOf(base.select(pl.col('releaseDate').cast(pl.Int32)), 'releaseDate'),
    numbers,
    texts: Object.fromEntries(
      FILM_TEXTS.map((name) => [name, textsOf(name === 'title' ? titles : read([name]), name)]),
    ) as unknown as FilmsTable['texts'],
    words,
    foldedTitles,
    orders,
    byGenre: rowsByWord(words.genres),
    byLanguage: rowsByWord(words.originalLanguage),
    grams: indexGrams(foldedTitles),
    steps: Object.fromEntries(steps) as unknown as FilmsTable['steps'],
  };
}

function countUnknown(column: Float64Array): number {
  let unknown = 0;
  for (const value of column) if (Number.isNaN(value)) unknown++;
  return unknown;
}

/** Counting sort over dense ranks: rows come in id order, so ties stay in it, and nulls go last either way. */
function orderOf(rank: Int32Array<ArrayBuffer>): OrderTable {
  let distinct = 0;
  for (const one of rank) if (one > distinct) distinct = one;
  const sorted = (key: (rank: number) => number): Uint32Array<ArrayBuffer> =>
    postingsOf(distinct + 1, rank.length, (row) => (rank[row] === 0 ? distinct : key(rank[row]!))).items;
  return {
    rank,
    ascending: sorted((one) => one - 1),
    descending: sorted((one) => distinct - one),
  };
}

function rowsByWord({ words, offsets, codes }: WordTable): Postings {
  const rowOf = new Uint32Array(codes.length);
  for (let row = 0; row + 1 < offsets.length; row++) rowOf.fill(row, offsets[row], offsets[row + 1]);
  const { offsets: bounds, items } = postingsOf(
    words.offsets.length - 1,
    codes.length,
    (item) => codes[item]!,
  );
  return { offsets: bounds, items: items.map((item) => rowOf[item]!) };
}

function rowsOfIds(
  filmIds: Int32Array,
  ids: Int32Array<ArrayBuffer>,
  table: string,
): Uint32Array<ArrayBuffer> {
  const rows = new Map<number, number>();
  ids.forEach((id, row) => rows.set(id, row));
  return Uint32Array.from(filmIds, (id) => {
    const row = rows.get(id);
    if (row === undefined) throw new Error(`table ${table} names film ${id}, which films lacks`);
    return row;
  });
}

function readPersons(frame: pl.DataFrame): PersonsTable {
  const numbered = integersOf(frame, 'person');
  if (numbered.some((person, row) => person !== row)) throw new Error('table persons is not numbered from 0');
  const folded = (frame.getColumn('name').toArray() as (string | null)[]).map((name) => fold(name ?? ''));
  const sorted = (column: pl.Series): Uint32Array<ArrayBuffer> =>
    orderOf(ranksOf(pl.DataFrame({ x: column }), 'x')).ascending;
  return {
    count: frame.height,
    ids: textsOf(frame, 'id'),
    names: textsOf(frame, 'name'),
    profilePaths: textsOf(frame, 'profilePath'),
    foldedNames: packTexts(folded),
    byId: sorted(frame.getColumn('id')),
    byFoldedName: sorted(pl.Series('x', folded, pl.Utf8)),
  };
}

function readCredits(
  frame: pl.DataFrame | null,
  ids: Int32Array<ArrayBuffer>,
  persons: number,
): CreditsTable {
  const byFilm = new Uint32Array(ids.length + 1);
  if (frame === null || frame.height === 0) {
    const none = new Int32Array(0);
    return {
      byFilm,
      role: new Uint8Array(0),
      position: none,
      person: none.slice(),
      character: packTexts([]),
      byPerson: postingsOf(persons, 0, () => 0),
    };
  }
  const films = integersOf(frame, 'filmId');
  let row = 0;
  films.forEach((film, credit) => {
    while (row < ids.length && ids[row]! < film) byFilm[++row] = credit;
    if (ids[row] !== film)
      throw new Error(`table credits names film ${film} out of order or unknown to films`);
  });
  byFilm.fill(films.length, row + 1);
  const person = integersOf(frame, 'person', -1);
  if (person.some((one) => one < 0 || one >= persons))
    throw new Error('table credits names a person that persons lacks');
  return {
    byFilm,
    role: bytesOf(frame, 'role'),
    position: integersOf(frame, 'position'),
    person,
    character: textsOf(frame, 'character'),
    byPerson: postingsOf(persons, person.length, (credit) => person[credit]!),
  };
}

function readRanking(frame: pl.DataFrame | null, persons: pl.DataFrame): RankingTable {
  if (frame === null || frame.height === 0) {
    const none = (): Int32Array<ArrayBuffer> => new Int32Array(0);
    return {
      role: new Uint8Array(0),
      genre: none(),
      year: new Float64Array(0),
      rank: none(),
      person: none(),
      movieCount: none(),
    };
  }
  const joined = frame
    .withColumns(
      pl.col('personId').cast(pl.Utf8).alias('id'),
      pl.col('role').eq(pl.lit('DIRECTOR')).alias('directs'),
    )
    .join(persons, { on: 'id', how: 'left' })
    .sort(['role', 'year', 'rank']);
  const person = integersOf(joined, 'person', -1);
  if (person.includes(-1)) throw new Error('table people names a person that persons lacks');
  return {
    role: bytesOf(joined, 'directs'),
    genre: new Int32Array(joined.height).fill(-1),
    year: numbersOf(joined, 'year'),
    rank: integersOf(joined, 'rank'),
    person,
    movieCount: integersOf(joined, 'movieCount'),
  };
}

function readDeadLetters(frame: pl.DataFrame | null, details: string | null): DeadLetterRow[] {
  const known = new Map<number, { status?: number | null; attempts?: number; message?: string }>();
  for (const line of details?.split('\n') ?? []) {
    if (line === '') continue;
    const one = JSON.parse(line) as {
      id: number;
      status?: number | null;
      attempts?: number;
      message?: string;
    };
    known.set(one.id, one);
  }
  const rows = (frame?.toRecords() ?? []) as unknown as { id: number; status: number | null }[];
  return rows.map(({ id, status }) => ({
    id,
    status,
    attempts: known.get(id)?.attempts ?? null,
    message: known.get(id)?.message ?? 'No detail was kept.',
  }));
}
