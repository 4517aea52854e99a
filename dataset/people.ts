import pl from 'nodejs-polars';
import { gather } from './tables.js';

/** How many of a role and year the ranking keeps: as many as a page may ask for. */
const RANKED = 100;
/** Films whose credits are in memory at once. */
const PIECE = 50_000;
/** People of several pieces are made one list again whenever they are this many. */
const MANY = 500_000;

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
  const piece = (start: number): pl.LazyDataFrame => creditsOf(films.slice(start, PIECE));
  const persons = await personsOf(starts.map((start) => () => piece(start)));
  const codes = persons.lazy().select('id', 'person');
  /** One row for each film that counts for a person: role, year, person. */
  const counted: pl.DataFrame[] = [];

  async function* credits(): AsyncIterable<pl.DataFrame> {
    for (const start of starts) {
      const coded = await piece(start)
        .select('filmId', 'role', 'position', 'id', 'character', 'year')
        .join(codes, { on: 'id', how: 'left' })
        .sort(['filmId', 'role', 'position'])
        .select('filmId', 'role', 'position', 'person', 'character', 'year')
        .collect();
      counted.push(
        await coded
          .lazy()
          .filter(pl.col('year').isNotNull())
          .select('filmId', 'role', 'person', 'year')
          .unique({ subset: ['filmId', 'role', 'person'], keep: 'any' })
          .select('role', 'year', 'person')
          .collect(),
      );
      yield coded.drop('year');
    }
  }
  return { credits: credits(), persons, ranking: () => rankingOf(pl.concat(counted), persons) };
}

/** One row a credit, by film, role and position; `year` only where the film is released. */
function creditsOf(films: pl.LazyDataFrame): pl.LazyDataFrame {
  return pl
    .concat([
      creditsAs(films, 0, 'cast', 'castIds', 'castProfiles', 'castCharacters'),
      creditsAs(films, 1, 'directors', 'directorIds', 'directorProfiles', null),
    ])
    .sort(['filmId', 'role', 'position']);
}

function creditsAs(
  films: pl.LazyDataFrame,
  role: number,
  names: string,
  ids: string,
  profiles: string,
  characters: string | null,
): pl.LazyDataFrame {
  const lists = [names, ids, profiles, ...(characters === null ? [] : [characters])];
  const length = pl.col(names).lst.lengths().cast(pl.Int32);
  return films
    .filter(length.gt(0))
    .select(
      pl.col('id').alias('filmId'),
      pl.when(pl.col('released')).then(pl.col('year')).otherwise(pl.lit(null)).alias('year'),
      length.cumSum().minus(length).alias('first'),
      ...lists.map((list) => pl.col(list)),
    )
    .explode(lists)
    .withRowIndex('row')
    .select(
      pl.col('filmId'),
      pl.lit(role).cast(pl.Int32).alias('role'),
      pl.col('row').cast(pl.Int32).minus(pl.col('first')).alias('position'),
      pl
        .when(pl.col(ids).isNotNull())
        .then(pl.col(ids).cast(pl.Utf8))
        .otherwise(pl.concatString([pl.lit('name:'), pl.col(names)], ''))
        .alias('id'),
      pl.col(names).alias('name'),
      pl.col(profiles).alias('profilePath'),
      (characters === null ? pl.lit(null).cast(pl.Utf8) : pl.col(characters)).alias('character'),
      pl.col('year').cast(pl.Int32),
    );
}

/**
 * Every person of the pieces, by id. A person whose name changed between two documents has the one of the film with
 * the lowest id, and the first picture that there is.
 */
async function personsOf(pieces: readonly (() => pl.LazyDataFrame)[]): Promise<pl.DataFrame> {
  const first = (of: pl.LazyDataFrame): pl.LazyDataFrame =>
    of.unique({ subset: ['id'], keep: 'first', maintainOrder: true });
  const names = new Gathered(first);
  const profiles = new Gathered(first);
  for (const piece of pieces) {
    const credits = await piece().select('id', 'name', 'profilePath').collect();
    await names.add(credits.lazy().select('id', 'name'));
    await profiles.add(credits.lazy().filter(pl.col('profilePath').isNotNull()).select('id', 'profilePath'));
  }
  return await (
    await names.all()
  )
    .lazy()
    .join((await profiles.all()).lazy(), { on: 'id', how: 'left' })
    .sort('id')
    .withRowIndex('person')
    .select(pl.col('person').cast(pl.Int32), pl.col('id'), pl.col('name'), pl.col('profilePath'))
    .collect();
}

/** Rows of several pieces, reduced as they come so that they never are many more than what stays. */
class Gathered {
  #kept: pl.DataFrame[] = [];
  #rows = 0;
  #reducedAt = MANY;

  constructor(private readonly reduce: (of: pl.LazyDataFrame) => pl.LazyDataFrame) {}

  async add(rows: pl.LazyDataFrame): Promise<void> {
    const reduced = await this.reduce(rows).collect();
    this.#kept.push(reduced);
    this.#rows += reduced.height;
    if (this.#rows < this.#reducedAt) return;
    this.#rows = (await this.all()).height;
    this.#reducedAt = this.#rows + MANY;
  }

  async all(): Promise<pl.DataFrame> {
    const reduced = await this.reduce(pl.concat(this.#kept).lazy()).collect();
    this.#kept = [reduced];
    return reduced;
  }
}

/** `counted`: role, year, person, a row for each film of a person. */
async function rankingOf(counted: pl.DataFrame, persons: pl.DataFrame): Promise<pl.DataFrame> {
  // Ties go by name, then id; their place in that order stands for both.
  const order = persons
    .lazy()
    .select('person', 'name', 'id')
    .sort(['name', 'id'])
    .withRowIndex('order')
    .select(pl.col('person'), pl.col('order').cast(pl.Int32));
  const years = await counted
    .lazy()
    .groupBy(['role', 'year', 'person'])
    .agg(pl.len().cast(pl.Int32).alias('movieCount'))
    .join(order, { on: 'person', how: 'left' })
    .collect();
  const all = years
    .lazy()
    .groupBy(['role', 'person', 'order'])
    .agg(pl.col('movieCount').sum().cast(pl.Int32))
    .select(
      pl.col('role'),
      pl.lit(null).cast(pl.Int32).alias('year'),
      pl.col('person'),
      pl.col('movieCount'),
      pl.col('order'),
    );
  return await pl.concat([ranked(all, persons), ranked(years.lazy(), persons)]).collect();
}

function ranked(counts: pl.LazyDataFrame, persons: pl.DataFrame): pl.LazyDataFrame {
  return (
    counts
      .withColumns(pl.col('movieCount').mul(-1).alias('most'))
      // A lazy frame takes one direction for all columns.
      .sort(['role', 'year', 'most', 'order'])
      .groupBy(['role', 'year'], true)
      .head(RANKED)
      .withColumns(pl.lit(1).cast(pl.Int32).alias('one'))
      .withColumns(pl.col('one').cumSum().over('role', 'year').cast(pl.Int32).alias('rank'))
      .join(persons.lazy().select('person', 'id', 'name'), { on: 'person', how: 'left' })
      .sort(['role', 'year', 'rank'])
      .select(
        pl.when(pl.col('role').eq(0)).then(pl.lit('ACTOR')).otherwise(pl.lit('DIRECTOR')).alias('role'),
        pl.col('year'),
        pl.col('rank'),
        pl.col('id').alias('personId'),
        pl.col('name'),
        pl.col('movieCount').cast(pl.Int32),
      )
  );
}
