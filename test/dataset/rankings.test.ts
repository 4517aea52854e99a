import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pl from 'nodejs-polars';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlockRow } from '../../dataset/document.js';
import { rankPeople } from '../../dataset/people.js';
import { rankRoi } from '../../dataset/roi.js';
import { writeParquet } from '../../dataset/tables.js';
import { genreTrends } from '../../dataset/trends.js';
import { askSql, type Sql } from '../support/duckdb.js';
import { clean, document, rowsOf, syntheticRows } from './documents.js';
import { folders } from './folder.js';

const fresh = folders();

/** Beside a synthetic catalogue, what is rare there: no ids, a person twice in a film, films that are announced. */
function crawl(): BlockRow[] {
  const rows = syntheticRows(600, 11);
  const person = (name: string, id: number | null = null, order = 0) => ({
    id,
    name,
    order,
    character: `as ${name}`,
  });
  const cast = [person('Ann'), person('Bob', null, 1), person('Ann', null, 2), person('Cy', 4_000_001, 3)];
  const crew = [{ ...person('Ann'), job: 'Director' }];
  const genres = [{ name: 'Drama' }, { name: 'Ånger' }];
  const more = ['2011-01-01', '2011-02-01', '2099-01-01', ''].map((release_date, at) =>
    document(1001 + at, { release_date, genres, credits: { cast, crew }, budget: 10, revenue: 30 + at * 10 }),
  );
  const equal = [2001, 2002].map((id) => document(id, { budget: 2, revenue: 6, popularity: 0, genres: [] }));
  // The same id under another name: the film with the lowest id names the person.
  const renamed = document(3001, { credits: { cast: [person('Cyrus', 4_000_001)], crew: [] } });
  return [...rows, ...more, ...equal, renamed];
}

async function write(folder: string): Promise<Record<string, pl.DataFrame>> {
  const { films } = await clean(crawl(), '2026-11-24');
  const { credits, persons, ranking } = await rankPeople(films.lazy());
  const tables = {
    films,
    credits,
    persons,
    people: ranking,
    trends: await genreTrends(films.lazy()).collect(),
    roi: await rankRoi(films.lazy()).collect(),
  };
  for (const [name, table] of Object.entries(tables)) writeParquet(table, join(folder, `${name}.parquet`));
  return tables;
}

describe('rankings and trends, beside the same questions in SQL', () => {
  let sql: Sql;
  let tables: Record<string, pl.DataFrame>;
  let folder: string;

  beforeAll(async () => {
    folder = fresh();
    tables = await write(folder);
    const views = Object.keys(tables).map(
      (name) => `CREATE VIEW ${name} AS FROM '${folder}/${name}.parquet';`,
    );
    sql = await askSql(`${views.join('\n')}
      CREATE VIEW billed AS
        SELECT id AS filmId, year, released, 0 AS role, unnest(range(len("cast")))::INT AS position,
          unnest("cast") AS name, unnest(castIds) AS personId, unnest(castCharacters) AS character FROM films
        UNION ALL
        SELECT id, year, released, 1, unnest(range(len(directors)))::INT, unnest(directors), unnest(directorIds), NULL
          FROM films;
      CREATE VIEW named AS SELECT *, coalesce(personId::VARCHAR, 'name:' || name) AS id FROM billed;`);
  });
  afterAll(() => sql.close());

  it('says of every genre and year what a GROUP BY says', async () => {
    const expected = await sql.rows(`
      WITH released AS (SELECT year, genres, coalesce(popularity, 0) AS heat, voteAverage FROM films WHERE released),
        years AS (SELECT year, avg(heat) AS heat, count(*) AS films FROM released GROUP BY year)
      SELECT genre, g.year AS year, count(*)::INT AS "movieCount", avg(g.heat) AS popularity,
        if(any_value(y.heat) > 0, avg(g.heat) / any_value(y.heat), NULL) AS index,
        avg(voteAverage) AS "voteAverage", 100.0 * count(*) / any_value(y.films) AS share
      FROM (SELECT unnest(genres) AS genre, * FROM released) g JOIN years y ON y.year = g.year
      GROUP BY genre, g.year ORDER BY genre, g.year`);
    const trends = rowsOf(tables.trends!);
    expect(expected.length).toBeGreaterThan(300);
    expect(trends.map(({ genre, year, movieCount }) => [genre, year, movieCount])).toEqual(
      expected.map(({ genre, year, movieCount }) => [genre, year, movieCount]),
    );
    for (const field of ['popularity', 'index', 'voteAverage', 'share'])
      for (const [at, row] of trends.entries()) {
        const wanted = expected[at]![field];
        if (wanted === null) expect(row[field]).toBeNull();
        else expect(row[field]).toBeCloseTo(wanted as number, 5);
      }
  });

  it('has shares of single-genre films that add up to no more than the year', async () => {
    expect(await sql.rows('SELECT * FROM trends WHERE share <= 0 OR share > 100 OR movieCount < 1')).toEqual(
      [],
    );
  });

  it('lists every credit in billing order, once as often as it was billed', async () => {
    const expected = await sql.rows(`SELECT n.filmId AS "filmId", n.role AS role, n.position AS position,
        n.id AS "personId", n.character AS character FROM named n ORDER BY ALL`);
    const found = await sql.rows(`SELECT c.filmId AS "filmId", c.role AS role, c.position AS position,
        p.id AS "personId", c.character AS character FROM credits c JOIN persons p USING (person) ORDER BY ALL`);
    expect(found).toEqual(expected);
    expect(rowsOf(tables.credits!).map(({ filmId, role, position }) => [filmId, role, position])).toEqual(
      (await sql.rows(`SELECT filmId, role, position FROM credits ORDER BY filmId, role, position`)).map(
        ({ filmId, role, position }) => [filmId, role, position],
      ),
    );
  });

  it('numbers people from 0 without a gap, each id once, named by the film with the lowest id', async () => {
    const persons = rowsOf(tables.persons!);
    expect(persons.map(({ person }) => person)).toEqual(persons.map((_, at) => at));
    expect(new Set(persons.map(({ id }) => id)).size).toBe(persons.length);
    expect(persons.find(({ id }) => id === '4000001')?.name).toBe('Cy');
    expect(persons.find(({ id }) => id === 'name:Ann')?.name).toBe('Ann');
    expect(persons.length).toBe(Number((await sql.rows('SELECT count(DISTINCT id) AS n FROM named'))[0]!.n));
  });

  it('ranks the first hundred of each role and year as a window function does', async () => {
    const expected = await sql.rows(`
      WITH counted AS (
        SELECT role, year, id, count(DISTINCT filmId)::INT AS n FROM named WHERE released GROUP BY role, year, id
        UNION ALL
        SELECT role, NULL, id, count(DISTINCT filmId)::INT FROM named WHERE released GROUP BY role, id)
      SELECT if(role = 0, 'ACTOR', 'DIRECTOR') AS role, year, rank::INT AS rank, id AS "personId", name,
        n AS "movieCount"
      FROM (SELECT c.*, p.name, row_number() OVER (PARTITION BY role, year ORDER BY n DESC, p.name, c.id) AS rank
            FROM counted c JOIN persons p ON p.id = c.id)
      WHERE rank <= 100 ORDER BY role, year NULLS FIRST, rank`);
    const found = await sql.rows('SELECT * FROM people ORDER BY role, year NULLS FIRST, rank');
    expect(found).toEqual(expected);
    expect(Math.max(...found.map(({ rank }) => rank as number))).toBe(100);
  });

  it('counts a person once in a film that bills them twice, and not in films that are not out', async () => {
    const [ann] = await sql.rows(
      `SELECT count(DISTINCT filmId)::INT AS n FROM named WHERE id = 'name:Ann' AND role = 0 AND released`,
    );
    expect(ann).toEqual({ n: 2 });
    const { ranking } = await rankPeople(
      (
        await clean(
          crawl().filter(({ id }) => id > 1000),
          '2026-11-24',
        )
      ).films.lazy(),
    );
    const annOf2011 = rowsOf(ranking).find(
      ({ role, year, personId }) => role === 'ACTOR' && year === 2011 && personId === 'name:Ann',
    );
    expect(annOf2011).toMatchObject({ movieCount: 2 });
    expect(rowsOf(ranking).some(({ year }) => year === 2099)).toBe(false);
  });

  it('ranks films by return as ORDER BY does, equal ones by id', async () => {
    const expected = await sql.rows(`
      SELECT row_number() OVER (ORDER BY (revenue - budget) / budget DESC, id)::INT AS rank, id AS "filmId", title,
        year, budget, revenue, (revenue - budget) / budget * 100 AS roi
      FROM films WHERE released AND budget > 0 AND revenue > 0 ORDER BY rank`);
    const found = await sql.rows('SELECT * FROM roi ORDER BY rank');
    expect(found.length).toBeGreaterThan(50);
    expect(found).toEqual(expected);
    const equal = found.filter(({ filmId }) => filmId === 2001 || filmId === 2002);
    expect(equal.map(({ filmId }) => filmId)).toEqual([2001, 2002]);
  });

  it('are the same bytes when they are made again', async () => {
    const again = fresh();
    await write(again);
    const hashes = (at: string) =>
      Object.keys(tables).map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(at, `${name}.parquet`)))
          .digest('hex'),
      ]);
    expect(hashes(again)).toEqual(hashes(folder));
  });

  it('are empty where there are no films', async () => {
    const { films } = await clean([]);
    const { credits, persons, ranking } = await rankPeople(films.lazy());
    expect([credits.height, persons.height, ranking.height]).toEqual([0, 0, 0]);
    expect((await genreTrends(films.lazy()).collect()).height).toBe(0);
    expect((await rankRoi(films.lazy()).collect()).height).toBe(0);
  });

  it('counts every film of a genre, also one whose popularity is beyond all measure', async () => {
    const genres = [{ name: 'Drama' }];
    const { films } = await clean([document(1, { genres, popularity: 1e300 }), document(2, { genres })]);
    expect(rowsOf(await genreTrends(films.lazy()).collect())).toMatchObject([
      { genre: 'Drama', movieCount: 2, share: 100 },
    ]);
  });
});
