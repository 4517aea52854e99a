import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FILM_COLUMNS } from '../../dataset/films.js';
import { clean, syntheticRows } from '../dataset/documents.js';
import { askSql, type Sql } from '../support/duckdb.js';
import { removeFolder, temporaryFolder } from '../support/system.js';
import { snippetsOf } from './snippets.js';

const PAGE = 'docs/analysts.md';
const LATEST = 'marquee-data/latest/films.parquet';
const FILMS = 500;

describe(PAGE, () => {
  const folder = temporaryFolder('analysts');
  const file = join(folder, 'films.parquet');
  let sql: Sql;
  let director: string;

  beforeAll(async () => {
    const { films } = await clean(syntheticRows(FILMS));
    films.writeParquet(file);
    sql = await askSql('SELECT 1');
    const [most] = await sql.rows<{ name: string }>(
      `SELECT name FROM (SELECT unnest(directors) AS name FROM '${file}') GROUP BY name ORDER BY count(*) DESC, name LIMIT 1`,
    );
    director = most?.name as string;
  });

  afterAll(() => {
    sql?.close();
    removeFolder(folder);
  });

  const ask = (text: string) =>
    sql.rows<Record<string, unknown>>(
      text
        .replaceAll(LATEST, file)
        .replaceAll("'films.csv'", `'${join(folder, 'films.csv')}'`)
        .replaceAll('Woody Allen', director.replaceAll("'", "''"))
        // A film of 500 invented ones rarely costs more than 100 million.
        .replaceAll('100e6', '10e6'),
    );

  it('has SQL for every question about data', () => {
    expect(snippetsOf(PAGE).filter(({ language }) => language === 'sql').length).toBeGreaterThan(8);
  });

  it.each(snippetsOf(PAGE).filter(({ language }) => language === 'sql'))(
    '$heading: $text',
    async (snippet) => {
      const rows = await ask(snippet.text);
      if (snippet.text.startsWith('CREATE')) expect(rows).toEqual([]);
      else expect(rows.length).toBeGreaterThan(0);
    },
  );

  it('answers for the whole table', async () => {
    const whole = snippetsOf(PAGE).findLast(({ language }) => language === 'sql');
    const [row] = await ask(whole?.text as string);
    expect(Number(row?.films)).toBe(FILMS);
  });

  it('tells of every column, with the type that it has', async () => {
    const page = readFileSync(new URL(`../../${PAGE}`, import.meta.url), 'utf8');
    const table = new Map(
      page
        .split('\n')
        .filter((line) => line.startsWith('| `'))
        .flatMap((line) => {
          const [, names = '', type = ''] = line.split('|');
          return [...names.matchAll(/`(\w+)`/g)].map(([, name]) => [name as string, type.trim()]);
        }) as [string, string][],
    );
    const columns = await sql.rows<{ column_name: string; column_type: string }>(
      `DESCRIBE SELECT * FROM '${file}'`,
    );
    expect([...table.keys()].sort()).toEqual(Object.keys(FILM_COLUMNS).sort());
    for (const { column_name: name, column_type: type } of columns)
      expect([name, table.get(name)]).toEqual([name, type]);
  });
});
