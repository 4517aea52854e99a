import pl from 'nodejs-polars';
import { bytesOf, integersOf, numbersOf, ranksOf } from '../columns.js';
import { checkSizes, parquetOf } from './files.js';
import { fold } from './fold.js';
import { packTexts, textsOf } from './packTexts.js';
import { orderOf, postingsOf } from './postings.js';
import { prepareFilms } from './prepareFilms.js';
import { rankByGenre } from './rankings.js';
import { prepareReturns } from './returns.js';
import type {
  CreditsTable,
  FilmsTable,
  PersonsTable,
  Postings,
  PreparedTables,
  RankingTable,
  TableFiles,
} from './tables.js';

/**
 * Makes of a snapshot's tables what is served of them. Synchronous throughout: for threads that compute. Throws where
 * a file is missing, cut off or not what its name says.
 */
export function prepareTables(files: TableFiles): PreparedTables {
  checkSizes(files);
  const parquet = parquetOf(files);
  const films = prepareFilms((columns) => {
    const frame = parquet('films', columns);
    if (frame === null) throw new Error('the snapshot has no table films');
    return frame;
  });
  const people = parquet('persons') ?? EMPTY_PERSONS;
  const persons = preparePersons(people);
  const credits = prepareCredits(parquet('credits'), films, persons.count);
  return {
    films,
    persons,
    credits,
    ranking: prepareRanking(parquet('people'), people.select('person', 'id')),
    genreRanking: rankByGenre(
      films,
      credits,
      Uint32Array.from(integersOf(people.sort(['name', 'id']), 'person')),
    ),
    returns: prepareReturns(
      films,
      rowsOfIds(integersOf(parquet('roi', ['filmId']) ?? NO_IDS, 'filmId'), films.ids, 'roi'),
    ),
  };
}

const NO_IDS = pl.DataFrame({ filmId: pl.Series('filmId', [], pl.Int32) });
const EMPTY_PERSONS = pl.DataFrame({
  person: pl.Series('person', [], pl.Int32),
  id: pl.Series('id', [], pl.Utf8),
  name: pl.Series('name', [], pl.Utf8),
  profilePath: pl.Series('profilePath', [], pl.Utf8),
});

function preparePersons(frame: pl.DataFrame): PersonsTable {
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

function prepareCredits(
  frame: pl.DataFrame | null,
  { ids: idOf, orders: { ID: byId } }: FilmsTable,
  persons: number,
): CreditsTable {
  const ids = byId.ascending.map((row) => idOf[row]!);
  const byFilm = new Uint32Array(ids.length + 1);
  if (frame === null || frame.height === 0) {
    return {
      byFilm,
      role: new Uint8Array(0),
      person: new Int32Array(0),
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
  const role = bytesOf(frame, 'role');
  checkBilling(films, role, integersOf(frame, 'position'));
  return {
    byFilm,
    role,
    person,
    character: textsOf(frame, 'character'),
    byPerson: filmsByPerson(persons, person, role, byFilm, byId.rank),
  };
}

/** Throws where a film's credits are not its actors from 0 on, then its directors from 0 on. */
function checkBilling(films: Int32Array, role: Uint8Array, position: Int32Array): void {
  for (let credit = 0; credit < films.length; credit++) {
    const goesOn = films[credit] === films[credit - 1];
    const sameRole = goesOn && role[credit] === role[credit - 1];
    const follows = sameRole ? position[credit] === position[credit - 1]! + 1 : position[credit] === 0;
    if (!follows || (goesOn && role[credit]! < role[credit - 1]!))
      throw new Error(`table credits has those of film ${films[credit]} out of order`);
  }
}

/** See `CreditsTable.byPerson`. `places`: of each film row its place by id, from 1. */
function filmsByPerson(
  persons: number,
  person: Int32Array,
  role: Uint8Array,
  byFilm: Uint32Array,
  places: Int32Array,
): Postings {
  const credits = new Uint32Array(person.length);
  const films = new Uint32Array(person.length);
  let count = 0;
  places.forEach((place, row) => {
    for (let credit = byFilm[place - 1]!; credit < byFilm[place]!; credit++) {
      credits[count] = credit;
      films[count++] = 2 * row + role[credit]!;
    }
  });
  const { offsets, items } = postingsOf(persons, count, (at) => person[credits[at]!]!);
  return { offsets, items: items.map((at) => films[at]!) };
}

function prepareRanking(frame: pl.DataFrame | null, persons: pl.DataFrame): RankingTable {
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
