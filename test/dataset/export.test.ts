import { existsSync, readdirSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256OfFile } from '../../dataset/artefacts.js';
import { MissingFile } from '../../dataset/errors.js';
import { EXPORT_FORMATS, exportTable, NoSuchTable } from '../../dataset/export.js';
import { publishSnapshot, type SnapshotManifest } from '../../dataset/snapshots.js';
import type { Store } from '../../dataset/store.js';
import { writeParquet } from '../../dataset/tables.js';
import { genreTrends } from '../../dataset/trends.js';
import { askSql } from '../support/duckdb.js';
import { clean, document, syntheticRows } from './documents.js';
import { folders, stores } from './folder.js';
import { draft, table, type Draft } from './manifests.js';

const fresh = folders();
const freshStore = stores();

/** What CSV has most trouble with. */
const AWKWARD = {
  title: 'He said "no,\nnever"; ‘ünï’ 🎬',
  overview: ' ',
  genres: [{ name: 'Sci-Fi, "B"' }, { name: "L'été" }],
  credits: {
    cast: [
      { id: null, name: 'A, B' },
      { id: 7, name: 'C' },
    ],
    crew: [],
  },
  budget: 2_787_965_087,
};

describe('an exported table', () => {
  let store: Store;
  let snapshot: SnapshotManifest;
  let films: string;

  beforeAll(async () => {
    store = await freshStore();
    const rows = [...syntheticRows(200), document(1001, AWKWARD), document(1002, { release_date: '' })];
    const cleaned = await clean(rows);
    const tables: Draft['tables'][number][] = [];
    for (const [name, frame] of [
      ['films', cleaned.films],
      ['trends', await genreTrends(cleaned.films.lazy()).collect()],
      ['quarantine', cleaned.quarantine],
    ] as const) {
      const local = join(await store.temporary(), 'table');
      writeParquet(frame, local);
      const [{ size }, sha256] = await Promise.all([stat(local), sha256OfFile(local)]);
      const path = `artefacts/${name}/${name}.parquet`;
      await store.put(local, path);
      tables.push({ task: name, table: name, path, rows: frame.height, bytes: size, sha256, content: true });
    }
    tables.push(table('report', '{}', { path: 'artefacts/report.json', content: false }));
    ({ snapshot } = await publishSnapshot(store, draft('sample', tables)));
    films = store.local('artefacts/films/films.parquet');
  });

  const exported = async (name: string, format: (typeof EXPORT_FORMATS)[number]): Promise<string> => {
    const out = join(fresh(), `${name}.${format}`);
    expect(await exportTable(store, snapshot, name, format, out)).toBe(
      snapshot.tables.find(({ table: one }) => one === name)!.rows,
    );
    return out;
  };

  const differences = async (setup: string): Promise<unknown[]> => {
    const sql = await askSql(`${setup}; CREATE VIEW films AS FROM '${films}'`);
    const left = await sql.rows('(FROM films EXCEPT FROM copy) UNION ALL (FROM copy EXCEPT FROM films)');
    const counts = await sql.rows(
      'SELECT (SELECT count(*) FROM films)::INT AS films, (SELECT count(*) FROM copy)::INT AS copy',
    );
    sql.close();
    expect(counts).toEqual([{ films: 202, copy: 202 }]);
    return left;
  };

  it('reads back equal from Parquet', async () => {
    const out = await exported('films', 'parquet');
    expect(await differences(`CREATE VIEW copy AS FROM '${out}'`)).toEqual([]);
  });

  it('reads back equal from NDJSON, lists as lists and unknown as null', async () => {
    const out = await exported('films', 'ndjson');
    const columns = `CREATE TABLE copy AS SELECT * FROM read_json('${out}', format = 'newline_delimited',
      columns = {${await columnTypes(films)}})`;
    expect(await differences(columns)).toEqual([]);
  });

  it('reads back equal from CSV, its lists from their JSON', async () => {
    const out = await exported('films', 'csv');
    const types = await columnTypes(films, (type) => (type.endsWith('[]') ? 'VARCHAR' : type));
    const lists = (await describeColumns(films)).filter(({ type }) => type.endsWith('[]'));
    const replaced = lists.map(({ name, type }) => `"${name}"::JSON::${type} AS "${name}"`).join(', ');
    expect(
      await differences(`CREATE TABLE copy AS SELECT * REPLACE (${replaced})
        FROM read_csv('${out}', header = true, columns = {${types}}, quote = '"', escape = '"', all_varchar = false)`),
    ).toEqual([]);
  });

  it.each(EXPORT_FORMATS)('may have no rows as %s', async (format) => {
    expect(statSync(await exported('quarantine', format)).isFile()).toBe(true);
  });

  it('replaces what was there, and leaves nothing beside it', async () => {
    const folder = fresh();
    const out = join(folder, 'table.csv');
    await exportTable(store, snapshot, 'films', 'csv', out);
    const { size } = statSync(out);
    await exportTable(store, snapshot, 'trends', 'csv', out);
    expect(statSync(out).size).not.toBe(size);
    expect(readdirSync(folder)).toEqual(['table.csv']);
  });

  it('is one of those that the snapshot has: an unknown name is answered with theirs', async () => {
    const out = join(fresh(), 'none.csv');
    for (const name of ['movies', 'report', '']) {
      const error = await exportTable(store, snapshot, name, 'csv', out).catch((one: unknown) => one);
      expect(error).toBeInstanceOf(NoSuchTable);
      expect((error as Error).message).toBe(
        `Snapshot sample/1 has no table "${name}"; it has films, trends, quarantine.`,
      );
    }
    expect(existsSync(out)).toBe(false);
  });

  it('is said to be missing when its file was removed', async () => {
    const gone = {
      ...snapshot,
      tables: snapshot.tables.map((one) => ({ ...one, path: 'artefacts/gone.parquet' })),
    };
    const folder = fresh();
    await expect(exportTable(store, gone, 'films', 'csv', join(folder, 'a.csv'))).rejects.toThrow(
      MissingFile,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is named, with what to do, when its file is torn', async () => {
    await store.write('artefacts/torn.parquet', 'PAR1');
    const torn = {
      ...snapshot,
      tables: snapshot.tables.map((one) => ({ ...one, path: 'artefacts/torn.parquet' })),
    };
    const out = join(fresh(), 'a.csv');
    await expect(exportTable(store, torn, 'films', 'csv', out)).rejects.toThrow(
      /^artefacts\/torn\.parquet cannot be read: .*Move it away and start a run with `force`/,
    );
    expect(existsSync(out)).toBe(false);
  });
});

async function describeColumns(file: string): Promise<{ name: string; type: string }[]> {
  const sql = await askSql('SELECT 1');
  const rows = await sql.rows<{ column_name: string; column_type: string }>(`DESCRIBE FROM '${file}'`);
  sql.close();
  return rows.map(({ column_name: name, column_type: type }) => ({ name, type }));
}

async function columnTypes(file: string, as: (type: string) => string = (type) => type): Promise<string> {
  return (await describeColumns(file)).map(({ name, type }) => `'${name}': '${as(type)}'`).join(', ');
}
