import pl from 'nodejs-polars';

/** How many of a role and year the ranking keeps: as many as a page may ask for. */
const RANKED = 100;

export interface People {
  /** filmId, role (0 actor, 1 director), position (billing, from 0), person, character; in that order. */
  readonly credits: pl.DataFrame;
  /** person (0 … n-1), id (`<tmdb id>` or `name:<name>`), name, profilePath. */
  readonly persons: pl.DataFrame;
  /** role, year (null: all), rank, personId, name, movieCount: the first hundred of each role and year. */
  readonly ranking: pl.DataFrame;
}

/** Who made the films, with people as integers; a person listed twice in a film counts once. */
export async function rankPeople(films: pl.LazyDataFrame): Promise<People> {
  const listed = await pl
    .concat([
      creditsOf(films, 0, 'cast', 'castIds', 'castProfiles', 'castCharacters'),
      creditsOf(films, 1, 'directors', 'directorIds', 'directorProfiles', null),
    ])
    .sort(['filmId', 'role', 'position'])
    .collect();
  // A person whose name changed between two documents has the one of the film with the lowest id.
  const persons = await listed
    .lazy()
    .groupBy('id', true)
    .agg(pl.col('name').first(), pl.col('profilePath').filter(pl.col('profilePath').isNotNull()).first())
    .sort('id')
    .withRowIndex('person')
    .select(pl.col('person').cast(pl.Int32), pl.col('id'), pl.col('name'), pl.col('profilePath'))
    .collect();
  const credits = await listed
    .lazy()
    .join(persons.lazy().select('id', 'person'), { on: 'id', how: 'left' })
    .sort(['filmId', 'role', 'position'])
    .select('filmId', 'role', 'position', 'person', 'character', 'year')
    .collect();
  const once = credits
    .lazy()
    .filter(pl.col('year').isNotNull())
    .select('filmId', 'role', 'person', 'year')
    .unique({ subset: ['filmId', 'role', 'person'], maintainOrder: true });
  const ranking = await pl
    .concat([
      ranked(
        once.select(pl.col('role'), pl.lit(null).cast(pl.Int32).alias('year'), pl.col('person')),
        persons,
      ),
      ranked(once.select('role', 'year', 'person'), persons),
    ])
    .collect();
  return { credits: credits.drop('year'), persons, ranking };
}

/** One row a credit; `year` only where the film is released. */
function creditsOf(
  films: pl.LazyDataFrame,
  role: number,
  names: string,
  ids: string,
  profiles: string,
  characters: string | null,
): pl.LazyDataFrame {
  const lists = [names, ids, profiles, ...(characters === null ? [] : [characters])];
  return films
    .filter(pl.col(names).lst.lengths().gt(0))
    .select(
      pl.col('id').alias('filmId'),
      pl.when(pl.col('released')).then(pl.col('year')).otherwise(pl.lit(null)).alias('year'),
      ...lists.map((list) => pl.col(list)),
    )
    .explode(lists)
    .withColumns(pl.col('filmId').cumCount().over('filmId').cast(pl.Int32).alias('ordinal'))
    .select(
      pl.col('filmId'),
      pl.lit(role).cast(pl.Int32).alias('role'),
      pl.col('ordinal').minus(pl.col('ordinal').min().over('filmId')).cast(pl.Int32).alias('position'),
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

function ranked(credits: pl.LazyDataFrame, persons: pl.DataFrame): pl.LazyDataFrame {
  return (
    credits
      .groupBy(['role', 'year', 'person'])
      .agg(pl.col('person').count().cast(pl.Int32).alias('movieCount'))
      .withColumns(pl.col('movieCount').mul(-1).alias('most'))
      .join(persons.lazy().select('person', 'id', 'name'), { on: 'person', how: 'left' })
      // A lazy frame takes one direction for all columns.
      .sort(['role', 'year', 'most', 'name', 'id'])
      .groupBy(['role', 'year'], true)
      .head(RANKED)
      .withColumns(pl.lit(1).cast(pl.Int32).alias('one'))
      .withColumns(pl.col('one').cumSum().over('role', 'year').cast(pl.Int32).alias('rank'))
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
