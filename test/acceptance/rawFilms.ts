/**
 * The questions asked of the raw TMDB documents with SQL alone: an engine and a reading of the rules that
 * share no line with the project. `raw` is the NDJSON that the pipeline was given.
 */

/** `kept`: every film of the snapshot; `film`: the released ones, which rankings count. */
export function rawViews(ndjson: string): string {
  return `
    CREATE TABLE raw AS SELECT * FROM read_json('${ndjson}', format = 'newline_delimited', maximum_object_size = 67108864, columns = {
      id: 'BIGINT', title: 'VARCHAR', release_date: 'VARCHAR', runtime: 'DOUBLE', budget: 'DOUBLE', revenue: 'DOUBLE',
      popularity: 'DOUBLE', vote_average: 'DOUBLE', vote_count: 'BIGINT', original_language: 'VARCHAR',
      genres: 'STRUCT(name VARCHAR)[]',
      credits: 'STRUCT("cast" STRUCT(id BIGINT, name VARCHAR, "order" BIGINT)[], crew STRUCT(id BIGINT, name VARCHAR, job VARCHAR)[])'
    });
    CREATE TABLE kept AS
      SELECT *, try_cast(nullif(release_date, '') AS DATE) AS released_on FROM raw
      WHERE id IS NOT NULL AND title IS NOT NULL AND trim(title) <> '';
    CREATE TABLE film AS
      SELECT id, title, released_on, year(released_on) AS year, popularity,
        CASE WHEN budget > 0 THEN budget END AS budget,
        CASE WHEN revenue > 0 THEN revenue END AS revenue,
        CASE WHEN vote_count IS DISTINCT FROM 0 THEN vote_average END AS vote_average, vote_count,
        list_distinct(list_transform(coalesce(genres, []), g -> g.name)) AS genres,
        credits
      FROM kept
      WHERE released_on <= make_date((SELECT max(year(released_on)) FROM kept), 12, 31);
    CREATE TABLE film_genre AS SELECT id, year, unnest(genres) AS genre FROM film;
    CREATE TABLE credit AS
      SELECT DISTINCT id, year, role, person, name FROM (
        SELECT id, year, 'ACTOR' AS role, c.id AS person, c.name AS name FROM (SELECT id, year, unnest(credits."cast") AS c FROM film)
        UNION ALL
        SELECT id, year, 'DIRECTOR', c.id, c.name FROM (SELECT id, year, unnest(credits.crew) AS c FROM film) WHERE c.job = 'Director'
      ) WHERE name IS NOT NULL;
  `;
}

export const GENRES = `SELECT genre AS name, count(DISTINCT id)::INT AS "movieCount" FROM film_genre GROUP BY 1 ORDER BY 2 DESC, 1`;

export function trend(genre: string, fromYear: number): string {
  return `
    WITH years AS (SELECT year, count(*) AS films, avg(coalesce(popularity, 0)) AS mean FROM film GROUP BY 1),
    of_genre AS (SELECT f.year, count(*) AS films, avg(coalesce(f.popularity, 0)) AS mean, avg(f.vote_average) AS vote
      FROM film f WHERE list_contains(f.genres, '${genre}') GROUP BY 1)
    SELECT g.year::INT AS year, g.films::INT AS "movieCount", g.mean AS popularity, g.mean / y.mean AS index,
      g.vote AS "voteAverage", 100.0 * g.films / y.films AS share
    FROM of_genre g JOIN years y USING (year) WHERE year >= ${fromYear} ORDER BY year`;
}

/** People by number of films, ties by name. */
export function people(role: 'ACTOR' | 'DIRECTOR', year: number | null, first: number): string {
  return `SELECT name, count(DISTINCT id)::INT AS "movieCount" FROM credit
    WHERE role = '${role}' ${year === null ? '' : `AND year = ${year}`}
    GROUP BY coalesce(person::VARCHAR, name), name ORDER BY 2 DESC, 1 LIMIT ${first}`;
}

export function roi(minBudget: number, first: number): string {
  return `SELECT id::INT AS id, title, budget, revenue, (revenue - budget) / budget * 100 AS roi FROM film
    WHERE budget > ${minBudget} AND revenue IS NOT NULL ORDER BY roi DESC, id LIMIT ${first}`;
}

export function filmsOf(name: string): string {
  const quoted = `'${name.replaceAll("'", "''")}'`;
  return `SELECT id::INT AS id, title, year(released_on)::INT AS year, CASE WHEN budget > 0 THEN budget END AS budget,
      CASE WHEN revenue > 0 THEN revenue END AS revenue,
      CASE WHEN vote_count IS DISTINCT FROM 0 THEN vote_average END AS "voteAverage"
    FROM kept WHERE list_contains(list_transform(credits."cast", c -> c.name), ${quoted})
      OR list_contains(list_transform(list_filter(credits.crew, c -> c.job = 'Director'), c -> c.name), ${quoted})
    ORDER BY released_on NULLS LAST, id`;
}

export function bestOf(genre: string, fromYear: number, toYear: number, minVotes: number): string {
  return `SELECT id::INT AS id FROM film WHERE list_contains(genres, '${genre}') AND year BETWEEN ${fromYear} AND ${toYear}
    AND vote_count >= ${minVotes} ORDER BY vote_average DESC NULLS LAST, id`;
}

export function titled(needle: string): string {
  return `SELECT id::INT AS id FROM kept WHERE contains(lower(strip_accents(title)), lower(strip_accents('${needle}'))) ORDER BY id`;
}
