import pl from 'nodejs-polars';
import { busiestOf, ranked, UNRELEASED, type Billed } from './ranking.js';
import { Roll, type Billing, type Fresh } from './roll.js';
import { ahead, gather, ROW_GROUP } from './tables.js';

/** Films whose credits are in memory at once: whole row groups, of which nothing is read twice. */
const PIECE = 2 * ROW_GROUP;

export interface People<Credits = pl.DataFrame> {
  /** filmId, role (0 actor, 1 director), position (billing, from 0), person, character; in that order. */
  readonly credits: Credits;
  /** person (0 … n-1), id (`<tmdb id>` or `name:<name>`), name, profilePath. */
  readonly persons: pl.DataFrame;
  /** role, year (null: all), rank, personId, name, movieCount: the first hundred of each role and year. */
  readonly ranking: () => Promise<pl.DataFrame>;
}

/** `rankPeopleInPieces` where all credits fit in memory. */
export async function rankPeople(
  films: pl.LazyDataFrame,
): Promise<Omit<People, 'ranking'> & { readonly ranking: pl.DataFrame }> {
  const people = await rankPeopleInPieces(films);
  const credits = await gather(people.credits);
  return { credits, persons: people.persons, ranking: await people.ranking() };
}

/**
 * Who made the films, with people as integers; a person listed twice in a film counts once. `films`: FILM_COLUMNS,
 * sorted by id. Credits hold most text of all tables: they come in pieces, each computed when it is asked for. The
 * names are read first, and only who stands where is kept of them: four bytes a credit.
 */
export async function rankPeopleInPieces(
  films: pl.LazyDataFrame,
): Promise<People<AsyncIterable<pl.DataFrame>>> {
  const rows = Number((await films.select(pl.len().alias('n')).collect()).getColumn('n').get(0) ?? 0);
  const starts = Array.from({ length: Math.max(1, Math.ceil(rows / PIECE)) }, (_, at) => at * PIECE);
  const roll = new Roll();
  const [billed, names, pictures]: [Billed[], pl.DataFrame[], pl.DataFrame[]] = [[], [], []];
  let taking = Promise.resolve<(readonly [pl.DataFrame, pl.DataFrame])[]>([]);
  const keep = async (): Promise<void> => {
    for (const [name, picture] of await taking) {
      names.push(name);
      pictures.push(picture);
    }
  };
  // One after another: each needs to know whom those before it named.
  const readings = starts.map((from) => () => listed(films.slice(from, PIECE)));
  for await (const { films: of, roles } of ahead(readings, 2)) {
    const { who, named, shown } = roll.call(roles.map(({ billing }) => billing));
    billed.push({ ...of, length: roles.map(({ billing }) => billing.length), who });
    await keep();
    taking = Promise.all(
      roles.map(({ rows }, role) =>
        Promise.all([taken(rows, named[role]!, NAMES), taken(rows, shown[role]!, PICTURES)]),
      ),
    );
    // It is awaited when the next ones have been called.
    taking.catch(() => undefined);
  }
  await keep();
  // The people are counted while Polars sorts them.
  const sorting = personsOf(pl.concat(names).lazy(), pl.concat(pictures).lazy());
  const busiest = busiestOf(billed, roll.size);
  const persons = await sorting;
  const place = new Int32Array(roll.size);
  const whos = ints(persons, 'who');
  for (let person = 0; person < whos.length; person++) place[whos[person]!] = person;

  const credits = starts.map(
    (from, at) => async () => await tableOf(films.slice(from, PIECE), creditsOf(billed[at]!, place)),
  );
  return {
    credits: ahead(credits),
    persons: persons.select('person', 'id', 'name', 'profilePath'),
    ranking: () => ranked(busiest, persons),
  };
}

// Expressions are made once for all pieces: nodejs-polars builds hundreds of closures for each, in about a millisecond.
const ROLES = [
  { ids: 'castIds', names: 'cast', profiles: 'castProfiles' },
  { ids: 'directorIds', names: 'directors', profiles: 'directorProfiles' },
].map(({ ids, names, profiles }) => {
  const length = pl.col(ids).lst.lengths().cast(pl.Int32);
  return {
    length: length.alias(ids),
    billed: length.gt(0),
    lists: [pl.col(ids).alias('tmdb'), pl.col(names).alias('name'), pl.col(profiles).alias('profilePath')],
  };
});
const LISTS = pl.cols('tmdb', 'name', 'profilePath');
const PICTURED = pl.col('profilePath').isNotNull().cast(pl.UInt8).alias('pictured');
const YEAR = pl
  .when(pl.col('released'))
  .then(pl.col('year'))
  .otherwise(pl.lit(UNRELEASED))
  .cast(pl.Int32)
  .fillNull(UNRELEASED)
  .alias('year');
const FILMS = [pl.col('id'), YEAR, ...ROLES.map(({ length }) => length)];
const WHO = pl.col('who').filter(pl.col('who').isNotNull());
const ROW = pl.col('row').filter(pl.col('row').isNotNull());
const NAMES = [WHO, pl.cols('tmdb', 'name').gather(ROW)];
const PICTURES = [WHO, pl.col('profilePath').gather(ROW)];

/** Who stands in some films, as it is read. */
async function listed(films: pl.LazyDataFrame) {
  const [of, ...tables] = await Promise.all([
    films.select(...FILMS).collect(),
    ...ROLES.map(({ billed, lists }) =>
      films
        .filter(billed)
        .select(...lists)
        .explode(LISTS)
        .withColumns(PICTURED)
        .collect(),
    ),
  ]);
  const lengths = [ints(of, 'castIds'), ints(of, 'directorIds')];
  return {
    films: { film: ints(of, 'id'), year: ints(of, 'year') },
    roles: tables.map((rows, role) => ({ rows, billing: billingOf(rows, lengths[role]!) })),
  };
}

function billingOf(rows: pl.DataFrame, length: Int32Array): Billing {
  const numbers = rows.getColumn('tmdb');
  const pictured = rows.getColumn('pictured').toTypedArray() as Uint8Array;
  if (numbers.nullCount() === 0) return { length, person: numbers.toTypedArray() as Int32Array, pictured };
  const names = rows.getColumn('name').toArray() as string[];
  const person = (numbers.toArray() as (number | null)[]).map((number, row) => number ?? names[row]!);
  return { length, person, pictured };
}

/** `columns` of some rows, with `who` stands in each. */
async function taken(
  rows: pl.DataFrame,
  { row, who }: Fresh,
  columns: readonly pl.Expr[],
): Promise<pl.DataFrame> {
  const fresh = frameOf32({ who: new Int32Array(who), row: new Int32Array(row) });
  // The shorter one ends in nulls.
  return await pl
    .concat([rows, fresh], { how: 'horizontal' })
    .lazy()
    .select(...columns)
    .collect();
}

/**
 * Every person, by id: person, who, id, name, profilePath. `names`: who, tmdb (null where the source has no numbers),
 * name; `pictures`: who, profilePath. A person whose name changed between two documents has the one of the film with
 * the lowest id, and the first picture that there is.
 */
async function personsOf(names: pl.LazyDataFrame, pictures: pl.LazyDataFrame): Promise<pl.DataFrame> {
  const id = pl
    .when(pl.col('tmdb').isNotNull())
    .then(pl.col('tmdb').cast(pl.Utf8))
    .otherwise(pl.concatString([pl.lit('name:'), pl.col('name')], ''));
  return await names
    .withColumns(id.alias('id'))
    .join(pictures, { on: 'who', how: 'left' })
    .sort('id')
    .withRowIndex('person')
    .select(pl.col('person').cast(pl.Int32), pl.cols('who', 'id', 'name', 'profilePath'))
    .collect();
}

interface Credits {
  readonly film: Int32Array;
  readonly role: Int32Array;
  readonly position: Int32Array;
  readonly person: Int32Array;
}

/** One credit a row, by film, role and position. `place`: by who, the person. */
function creditsOf({ film: ids, length, who }: Billed, place: Int32Array): Credits {
  const column = (): Int32Array => new Int32Array(who.length);
  const [film, role, position, person] = [column(), column(), column(), column()];
  let row = 0;
  for (let of = 0; of < ids.length; of++)
    for (let as = 0; as < length.length; as++) {
      const end = length[as]![of]!;
      for (let at = 0; at < end; at++, row++) {
        film[row] = ids[of]!;
        role[row] = as;
        position[row] = at;
        person[row] = place[who[row]!]!;
      }
    }
  return { film, role, position, person };
}

const CAST = pl.cols('castIds', 'castCharacters');
const CHARACTER = pl.col('castCharacters').alias('character');
const TABLE = [pl.cols('filmId', 'role', 'position', 'person'), pl.col('character').gather(pl.col('at'))];

/** The table of some credits: with the characters of those who act in `films`. */
async function tableOf(films: pl.LazyDataFrame, credits: Credits): Promise<pl.DataFrame> {
  const { film: filmId, role, position, person } = credits;
  // Where somebody directs, the characters are the shorter column, and end in nulls: a director's.
  let none = 0;
  for (let row = 0; row < role.length; row++) if (role[row] === 0) none++;
  const at = new Int32Array(role.length);
  for (let row = 0, actor = 0; row < role.length; row++) at[row] = role[row] === 0 ? actor++ : none;
  const coded = frameOf32({ filmId, role, position, person, at });
  // With the ids: lists of other lengths than these are refused.
  const characters = films.filter(ROLES[0]!.billed).select(CAST).explode(CAST).select(CHARACTER);
  return await pl
    .concat([coded.lazy(), characters], { how: 'horizontal' })
    .select(...TABLE)
    .collect();
}

function frameOf32(columns: Readonly<Record<string, Int32Array>>): pl.DataFrame {
  return pl.DataFrame(Object.entries(columns).map(([name, values]) => pl.Series(name, values, pl.Int32)));
}

function ints(frame: pl.DataFrame, name: string): Int32Array {
  return frame.getColumn(name).toTypedArray() as Int32Array;
}
