import { spawn, type ChildProcess } from 'node:child_process';
import { access, chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pl from 'nodejs-polars';
import { BENCH_FOLDER } from '../bundle.js';
import { run } from '../measure.js';
import type { Question } from './questions.js';
import { freePort } from '../../temporal/ports.js';

/** The peer with a database: PostGraphile over PostgreSQL, with the indexes that its page needs. */
export interface Postgraphile {
  readonly url: string;
  readonly pid: readonly number[];
  readonly version: string;
  /** The same page asked in its own schema; `total`: with the number of all films that match. */
  page(draw: () => Question, total: boolean): () => Question;
  stop(): Promise<void>;
}

const SQL = `
CREATE TABLE staged (id int, title text, year int, popularity float8, vote_average float8, vote_count int, genres text);
COPY staged FROM STDIN CSV HEADER;
CREATE TABLE films AS SELECT id, title, year, popularity, vote_average, vote_count, string_to_array(genres, '|') AS genres FROM staged;
DROP TABLE staged;
ALTER TABLE films ADD PRIMARY KEY (id);
CREATE INDEX ON films (popularity DESC NULLS LAST, id);
CREATE INDEX ON films (popularity DESC, id);
CREATE INDEX ON films (year, popularity DESC);
CREATE INDEX ON films USING gin (genres);
CREATE INDEX ON films (vote_count);
VACUUM ANALYZE films;
`;

export async function startPostgraphile(parquet: string): Promise<Postgraphile> {
  const bin = await binaries();
  const folder = await mkdtemp(join(tmpdir(), 'marquee-postgres-'));
  const data = join(folder, 'data');
  const user = await unprivileged(folder);
  const [port, web] = [await freePort(), await freePort()];
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const child of children.reverse()) {
      const ended = new Promise((done) => child.once('close', done));
      if (child.exitCode === null && child.kill('SIGINT')) await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await run(...as(user, join(bin, 'initdb'), ['-D', data, '-U', 'bench', '-A', 'trust', '-E', 'UTF8']));
    const settings = [
      'shared_buffers=512MB',
      'work_mem=64MB',
      'max_connections=60',
      'listen_addresses=127.0.0.1',
    ];
    const server = spawn(
      ...as(user, join(bin, 'postgres'), [
        ...['-D', data, '-k', folder, '-p', String(port)],
        ...settings.flatMap((one) => ['-c', one]),
      ]),
      { stdio: 'ignore' },
    );
    children.push(server);
    const psql = [
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      '-U',
      'bench',
      '-v',
      'ON_ERROR_STOP=1',
      '-d',
      'postgres',
    ];
    await until(async () => await run(join(bin, 'psql'), [...psql, '-c', 'SELECT 1']));
    const csv = join(folder, 'films.csv');
    await writeCsv(parquet, csv);
    const sql = join(folder, 'films.sql');
    await writeFile(sql, SQL.replace('COPY staged FROM STDIN', `\\copy staged FROM '${csv}'`));
    await run(join(bin, 'psql'), [...psql, '-f', sql]);
    const version = (await run(join(bin, 'psql'), [...psql, '-Atc', 'SHOW server_version'])).split(
      ' ',
    )[0] as string;

    const cli = await postgraphile();
    const child = spawn(
      process.execPath,
      [
        ...[cli, '-c', `postgres://bench@127.0.0.1:${port}/postgres`, '-s', 'public', '-n', '127.0.0.1'],
        ...['-p', String(web), '--disable-query-log', '--disable-graphiql', '--max-pool-size', '32'],
        ...['--append-plugins', 'postgraphile-plugin-connection-filter'],
      ],
      {
        cwd: `${BENCH_FOLDER}postgraphile`,
        env: { ...process.env, NODE_ENV: 'production' },
        stdio: 'ignore',
      },
    );
    children.push(child);
    const url = `http://127.0.0.1:${web}`;
    await until(async () => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: JSON_TYPE,
        body: '{"query":"{ __typename }"}',
      });
      if (!response.ok) throw new Error(`PostGraphile answers ${response.status}`);
    });
    return { url, pid: [server.pid as number, child.pid as number], version, page, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };

function page(draw: () => Question, total: boolean): () => Question {
  const query = `query ($filter: FilmFilter) { movies: allFilms(first: 20, orderBy: [POPULARITY_DESC, ID_ASC], filter: $filter) { ${total ? 'totalCount' : ''} pageInfo { hasNextPage endCursor } nodes { id title year popularity voteAverage genres } } }`;
  return () => {
    const { genres, fromYear, toYear, minVoteCount } = draw().variables.filter as {
      genres: string[];
      fromYear: number;
      toYear: number;
      minVoteCount: number;
    };
    const filter = {
      genres: { contains: genres },
      year: { greaterThanOrEqualTo: fromYear, lessThanOrEqualTo: toYear },
      voteCount: { greaterThanOrEqualTo: minVoteCount },
    };
    return { query, variables: { filter } };
  };
}

/** Debian keeps them out of the path. */
async function binaries(): Promise<string> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) throw new Error('PostgreSQL is missing: apt-get install postgresql');
  return `/usr/lib/postgresql/${newest}/bin`;
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package made. */
async function unprivileged(folder: string): Promise<string | null> {
  if (process.getuid?.() !== 0) return null;
  const [uid, gid] =
    (await run('id', ['-u', 'postgres'])).trim() === ''
      ? [0, 0]
      : [Number(await run('id', ['-u', 'postgres'])), Number(await run('id', ['-g', 'postgres']))];
  await chown(folder, uid as number, gid as number);
  return 'postgres';
}

function as(user: string | null, command: string, args: readonly string[]): [string, string[]] {
  return user === null
    ? [command, [...args]]
    : ['setpriv', ['--reuid', user, '--regid', user, '--clear-groups', command, ...args]];
}

async function writeCsv(parquet: string, csv: string): Promise<void> {
  const films = await pl
    .scanParquet(parquet)
    .select('id', 'title', 'year', 'popularity', 'voteAverage', 'voteCount', pl.col('genres').lst.join('|'))
    .collect();
  films.writeCSV(csv);
}

/** Installed into a folder of its own: it brings a hundred packages that nothing else needs. */
async function postgraphile(): Promise<string> {
  const folder = `${BENCH_FOLDER}postgraphile`;
  const cli = `${folder}/node_modules/postgraphile/cli.js`;
  const there = await access(`${folder}/node_modules/postgraphile-plugin-connection-filter`).then(
    () => true,
    () => false,
  );
  if (!there) {
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}/package.json`, '{ "private": true }');
    // Version 5 wants Node 22.
    await run('npm', [
      ...['--prefix', folder, 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'],
      ...['postgraphile@4.14.1', 'postgraphile-plugin-connection-filter@2.3.0'],
    ]);
  }
  return cli;
}

async function until(works: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await works();
      return;
    } catch (error) {
      if (attempt === 60) throw error;
      await delay(500);
    }
  }
}
