import duckdb

from answers import BLOCKS, BROKEN, IDS, OUT, answer

sql = duckdb.connect()
sql.execute(
    f"""
CREATE TABLE dated AS
SELECT b.* EXCLUDE (problem, releaseDate, runtime, budget, revenue, popularity, voteCount, voteAverage),
  CASE WHEN year(d) BETWEEN 1874 AND 2100 THEN d END AS releaseDate,
  CASE WHEN runtime > 0 THEN runtime END AS runtime,
  CASE WHEN budget > 0 THEN budget END AS budget,
  CASE WHEN revenue > 0 THEN revenue END AS revenue,
  coalesce(CASE WHEN listed >= 0 THEN listed END, CASE WHEN popularity >= 0 THEN popularity END) AS popularity,
  CASE WHEN voteCount >= 0 THEN voteCount END AS voteCount,
  CASE WHEN voteAverage BETWEEN 0 AND 10 AND coalesce(voteCount, 1) > 0 THEN voteAverage END AS voteAverage,
  regexp_matches(title, ?) AS brokenText
FROM (SELECT *, CAST(try_strptime(releaseDate, '%Y-%m-%d') AS DATE) AS d FROM read_parquet(?)
      WHERE problem IS NULL AND title IS NOT NULL
      QUALIFY row_number() OVER (PARTITION BY id) = 1) b
LEFT JOIN (SELECT id AS listedId, popularity AS listed FROM read_parquet(?)) ON listedId = b.id
""",
    [BROKEN, BLOCKS, IDS],
)
sql.execute(
    """
CREATE TABLE films AS
SELECT *, year(releaseDate)::INT AS year, (revenue - budget) / budget * 100 AS roi,
  coalesce(releaseDate <= make_date((SELECT max(year(releaseDate)) FROM dated), 12, 31), false) AS released
FROM dated ORDER BY id
"""
)
sql.execute(
    """
CREATE TABLE trends AS
WITH r AS (SELECT year, genres, coalesce(popularity, 0) AS popularity, voteAverage FROM films WHERE released),
years AS (SELECT year, avg(popularity) AS mean, count(*) AS films FROM r GROUP BY year),
cells AS (SELECT genre, year, count(*) AS movieCount, avg(popularity) AS popularity, avg(voteAverage) AS voteAverage
  FROM (SELECT unnest(genres) AS genre, year, popularity, voteAverage FROM r) GROUP BY genre, year)
SELECT genre, year, movieCount, popularity, popularity / mean AS index, voteAverage, movieCount / films * 100 AS share
FROM cells JOIN years USING (year) ORDER BY genre, year
"""
)
sql.execute(
    """
CREATE TABLE listed AS
SELECT filmId, role, position, coalesce(pid::VARCHAR, 'name:' || name) AS id, name, profilePath, character, year FROM (
  SELECT id AS filmId, 0 AS role, unnest(range(len("cast"))) AS position, unnest(castIds) AS pid,
    unnest("cast") AS name, unnest(castProfiles) AS profilePath, unnest(castCharacters) AS character,
    CASE WHEN released THEN year END AS year FROM films
  UNION ALL
  SELECT id, 1, unnest(range(len(directors))), unnest(directorIds), unnest(directors), unnest(directorProfiles),
    NULL, CASE WHEN released THEN year END FROM films)
"""
)
sql.execute(
    """
CREATE TABLE persons AS
SELECT (row_number() OVER (ORDER BY id) - 1)::INT AS person, * FROM (
  SELECT id, arg_min(name, (filmId, role, position)) AS name,
    arg_min(profilePath, (filmId, role, position)) FILTER (profilePath IS NOT NULL) AS profilePath
  FROM listed GROUP BY id)
"""
)
sql.execute(
    """
CREATE TABLE credits AS SELECT filmId, role, position, person, character, year FROM listed
JOIN (SELECT id, person FROM persons) USING (id) ORDER BY filmId, role, position
"""
)
sql.execute(
    """
CREATE TABLE people AS
WITH counts AS (SELECT role, year, person, count(DISTINCT filmId) AS movieCount FROM credits WHERE year IS NOT NULL
  GROUP BY role, year, person),
every AS (FROM counts UNION ALL SELECT role, NULL, person, sum(movieCount) FROM counts GROUP BY role, person)
SELECT role, year, row_number() OVER (PARTITION BY role, year ORDER BY movieCount DESC, name, id) AS rank, id, name,
  movieCount FROM every JOIN persons USING (person) QUALIFY rank <= 100 ORDER BY role, year NULLS FIRST, rank
"""
)
sql.execute(
    """
CREATE TABLE roi AS SELECT row_number() OVER (ORDER BY roi DESC, id) AS rank, id, title, year, budget, revenue, roi
FROM films WHERE released AND roi IS NOT NULL ORDER BY rank
"""
)
sql.execute("ALTER TABLE credits DROP COLUMN year")
for table in ("films", "trends", "credits", "persons", "people", "roi"):
    sql.execute(f"COPY {table} TO '{OUT}/{table}.parquet' (COMPRESSION zstd)")


def rows(query):
    return sql.execute(query).fetchall()


answer(
    rows("SELECT genre, sum(movieCount) FROM trends GROUP BY genre ORDER BY genre"),
    rows("SELECT year, movieCount, popularity, index FROM trends WHERE genre = 'Drama' ORDER BY year"),
    rows("SELECT id, movieCount FROM people WHERE role = 0 AND year IS NULL ORDER BY rank LIMIT 10"),
    rows("SELECT id, roi FROM roi ORDER BY rank LIMIT 10"),
)
