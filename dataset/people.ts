import pl from 'nodejs-polars';
import { Ranking, UNRELEASED } from './ranking.js';
import { ahead, gather, inOrderOf } from './tables.js';

/** Films whose credits are in memory at once. */
const PIECE = 50_000;

export interface People<Credits = pl.DataFrame> {
  /** filmId, role (0 actor, 1 director), position (billing, from 0), person, character; in that order. */
  readonly credits: Credits;
  /** person (0 … n-1), id (`<tmdb id>` or `name:<name>`), name, profilePath. */
  readonly persons: pl.DataFrame;
  /**
   * role, year (null: all), rank, personId, name, movieCount: the first hundred of each role and year. To be asked
   * for when the credits have been read.
   */
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
 * sorted by id. Credits hold most text of all tables: they come in pieces, each computed when it is asked for.
 */
export async function rankPeopleInPieces(
  films: pl.LazyDataFrame,
): Promise<People<AsyncIterable<pl.DataFrame>>> {
  const rows = Number((await films.select(pl.len().alias('n')).collect()).getColumn('n').get(0) ?? 0);
  const starts = Array.from({ length: Math.max(1, Math.ceil(rows / PIECE)) }, (_, at) => at * PIECE);
  const piece = (start: number): pl.LazyDataFrame => films.slice(start, PIECE);
  const seen = new Seen();
  // One after another: each needs to know whom those before it named.
  const named: pl.DataFrame[] = [];
  for (const start of starts) named.push(await namedIn(piece(start), seen));
  const persons = await personsOf(pl.concat(named));
  const known = persons.select('person', 'tmdb', 'name');
  const ranking = new Ranking(persons.height);

  async function* credits(): AsyncIterable<pl.DataFrame> {
    for await (const coded of ahead(starts.map((start) => () => creditsOf(piece(start), known)))) {
      const ints = (name: string): Int32Array => coded.getColumn(name).toTypedArray() as Int32Array;
      ranking.add({
        film: ints('filmId'),
        role: ints('role'),
        person: ints('person'),
        year: ints('year'),
      });
      yield coded.select('filmId', 'role', 'position', 'person', 'character');
    }
  }
  return {
    credits: credits(),
    persons: persons.select('person', 'id', 'name', 'profilePath'),
    ranking: () => ranking.ranked(persons),
  };
}

interface Role {
  readonly role: number;
  readonly names: string;
  readonly ids: string;
  readonly profiles: string;
  readonly characters: string | null;
}

const ROLES: readonly Role[] = [
  { role: 0, names: 'cast', ids: 'castIds', profiles: 'castProfiles', characters: 'castCharacters' },
  { role: 1, names: 'directors', ids: 'directorIds', profiles: 'directorProfiles', characters: null },
];

/** One row a credit of a role, by film and position; `lists` are those that are wanted, by the names they get. */
function exploded(
  films: pl.LazyDataFrame,
  { role, names }: Role,
  lists: Readonly<Record<string, string>>,
): pl.LazyDataFrame {
  const length = pl.col(names).lst.lengths().cast(pl.Int32);
  return films
    .filter(length.gt(0))
    .select(
      pl.col('id').alias('filmId'),
      pl.lit(role).cast(pl.Int32).alias('role'),
      pl.when(pl.col('released')).then(pl.col('year')).otherwise(pl.lit(null)).cast(pl.Int32).alias('year'),
      length.cumSum().minus(length).alias('first'),
      ...Object.entries(lists).map(([name, list]) => pl.col(list).alias(name)),
    )
    .explode(Object.keys(lists))
    .withRowIndex('row')
    .withColumns(pl.col('row').cast(pl.Int32).minus(pl.col('first')).alias('position'))
    .drop('row', 'first');
}

/** In the order of film, role and position. */
function inOrder(credits: readonly pl.DataFrame[]): pl.DataFrame {
  const rows = pl.concat([...credits]);
  const place = pl.col('filmId').cast(pl.Int64).mul(2).plus(pl.col('role').cast(pl.Int64));
  return rows.withColumns(place.alias('place')).sort({ by: 'place', maintainOrder: true }).drop('place');
}

/** Who stands in the films and has not been seen: tmdb (null where the source has no numbers), name, profilePath. */
async function namedIn(films: pl.LazyDataFrame, seen: Seen): Promise<pl.DataFrame> {
  const credits = await Promise.all(
    ROLES.map((role) =>
      exploded(films, role, { tmdb: role.ids, name: role.names, profilePath: role.profiles })
        .select(
          'filmId',
          'role',
          'tmdb',
          'name',
          'profilePath',
          pl.col('profilePath').isNotNull().alias('pictured'),
        )
        .withRowIndex('row')
        .collect(),
    ),
  );
  const fresh = seen.fresh(credits.map(peopleOf));
  const taken = await Promise.all(
    credits.map((rows, n) =>
      rows
        .lazy()
        .join(pl.DataFrame({ row: pl.Series('row', fresh[n]!, pl.UInt32) }).lazy(), {
          on: 'row',
          how: 'semi',
        })
        .select('row', 'filmId', 'role', 'tmdb', 'name', 'profilePath')
        .collect(),
    ),
  );
  return inOrder(taken.map((rows) => inOrderOf('row', rows).drop('row'))).select(
    'tmdb',
    'name',
    'profilePath',
  );
}

interface Listed {
  /** Films, in their order. */
  readonly film: Int32Array;
  /** By row: the person's number, or the name where there is none. */
  readonly person: ArrayLike<number | string>;
  readonly pictured: Uint8Array;
}

function peopleOf(credits: pl.DataFrame): Listed {
  const column = (name: string): pl.Series => credits.getColumn(name);
  const numbers = column('tmdb');
  const names = numbers.nullCount() === 0 ? null : (column('name').toArray() as string[]);
  return {
    film: column('filmId').toTypedArray() as Int32Array,
    person:
      names === null
        ? (numbers.toTypedArray() as Int32Array)
        : (numbers.toArray() as (number | null)[]).map((number, row) => number ?? names[row]!),
    pictured: column('pictured').cast(pl.UInt8).toTypedArray() as Uint8Array,
  };
}

/** Whom earlier credits named, and whom they showed. */
class Seen {
  readonly #named = new Set<number | string>();
  readonly #pictured = new Set<number | string>();

  /** Rows of cast and directors that name somebody, or show a picture, for the first time: film by film, cast first. */
  fresh([cast, directors]: readonly Listed[]): readonly [number[], number[]] {
    const rows: [number[], number[]] = [[], []];
    const look = ({ person, pictured }: Listed, row: number, taken: number[]): void => {
      const who = person[row]!;
      const unnamed = !this.#named.has(who);
      const unseen = pictured[row] === 1 && !this.#pictured.has(who);
      if (unnamed) this.#named.add(who);
      if (unseen) this.#pictured.add(who);
      if (unnamed || unseen) taken.push(row);
    };
    let directed = 0;
    for (let row = 0; row < cast!.film.length; row++) {
      while (directed < directors!.film.length && directors!.film[directed]! < cast!.film[row]!)
        look(directors!, directed++, rows[1]);
      look(cast!, row, rows[0]);
    }
    while (directed < directors!.film.length) look(directors!, directed++, rows[1]);
    return rows;
  }
}

/** One row a credit, by film, role and position: filmId, role, position, person, character, year. */
async function creditsOf(films: pl.LazyDataFrame, persons: pl.DataFrame): Promise<pl.DataFrame> {
  const credits = await Promise.all(
    ROLES.map(async (role) => {
      const { ids, names, characters } = role;
      const lists = { tmdb: ids, name: names, ...(characters === null ? {} : { character: characters }) };
      const rows = exploded(films, role, lists);
      const whole =
        characters === null ? rows.withColumns(pl.lit(null).cast(pl.Utf8).alias('character')) : rows;
      return await whole.select('filmId', 'role', 'position', 'tmdb', 'name', 'character', 'year').collect();
    }),
  );
  return await coded(inOrder(credits), persons);
}

/** `person` for `tmdb`, or for `name` where there is no number; the order stays. */
async function coded(credits: pl.DataFrame, persons: pl.DataFrame): Promise<pl.DataFrame> {
  const numbered = persons.lazy().filter(pl.col('tmdb').isNotNull()).select('tmdb', 'person');
  let rows = credits.withRowIndex('row').lazy().join(numbered, { on: 'tmdb', how: 'left' });
  if (credits.getColumn('tmdb').nullCount() > 0) {
    const unnumbered = persons
      .lazy()
      .filter(pl.col('tmdb').isNull())
      .select(pl.col('name'), pl.col('person').alias('named'));
    rows = rows
      .join(unnumbered, { on: 'name', how: 'left' })
      .withColumns(
        pl.when(pl.col('tmdb').isNull()).then(pl.col('named')).otherwise(pl.col('person')).alias('person'),
      );
  }
  const found = await rows
    .select('row', 'filmId', 'role', 'position', 'person', 'character', pl.col('year').fillNull(UNRELEASED))
    .collect();
  // A left join promises no order.
  return inOrderOf('row', found).drop('row').rechunk();
}

/**
 * Every person, by id: person, tmdb, id, name, profilePath. A person whose name changed between two
 * documents has the one of the film with the lowest id, and the first picture that there is.
 */
async function personsOf(named: pl.DataFrame): Promise<pl.DataFrame> {
  const id = pl
    .when(pl.col('tmdb').isNotNull())
    .then(pl.col('tmdb').cast(pl.Utf8))
    .otherwise(pl.concatString([pl.lit('name:'), pl.col('name')], ''));
  const all = named.withColumns(id.alias('id'));
  const first = { subset: ['id'], keep: 'first' as const, maintainOrder: true };
  const pictures = all
    .lazy()
    .filter(pl.col('profilePath').isNotNull())
    .unique(first)
    .select('id', 'profilePath');
  return await all
    .lazy()
    .unique(first)
    .select('tmdb', 'id', 'name')
    .join(pictures, { on: 'id', how: 'left' })
    .sort('id')
    .withRowIndex('person')
    .select(
      pl.col('person').cast(pl.Int32),
      pl.col('tmdb'),
      pl.col('id'),
      pl.col('name'),
      pl.col('profilePath'),
    )
    .collect();
}
