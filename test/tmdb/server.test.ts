import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { startThread } from '../../models/startThread.js';
import { parseCatalogue, type Catalogue } from '../../tmdb/catalogues/catalogue.js';
import { openCatalogue } from '../../tmdb/catalogues/open.js';
import { faultPlan, MOST_IN_A_ROW } from '../../tmdb/catalogues/faults.js';
import { isoDay } from '../../tmdb/catalogues/protocol.js';
import { startTmdbServer, type TmdbServer, type TmdbServerOptions } from '../../tmdb/server.js';

const FULL = '?append_to_response=credits,keywords';
const ERROR_BODIES = join(import.meta.dirname, '../../../shared/data/tmdb-responses');

describe('the local TMDB server', () => {
  const running: TmdbServer[] = [];
  const start = async (
    catalogue: string | Catalogue,
    options: Omit<TmdbServerOptions, 'catalogue'> = {},
  ): Promise<TmdbServer> => {
    const opened = typeof catalogue === 'string' ? await openCatalogue(parseCatalogue(catalogue)) : catalogue;
    const server = await startTmdbServer({ ...options, catalogue: opened });
    running.push(server);
    return server;
  };
  afterEach(async () => {
    for (const server of running.splice(0)) await server.close();
  });
  const today = (): string => exportName(new Date());
  const exportName = (day: Date): string => {
    const [year, month, date] = isoDay(day).split('-');
    return `movie_ids_${month}_${date}_${year}.json.gz`;
  };

  it('answers a film with what was asked to be appended', async () => {
    const { url } = await start('synthetic:10');
    const full = await fetch(`${url}/movie/3${FULL}`);
    expect(full.status).toBe(200);
    expect(full.headers.get('content-type')).toBe('application/json;charset=utf-8');
    const film = (await full.json()) as Record<string, unknown>;
    expect(film).toMatchObject({
      id: 3,
      credits: { crew: expect.any(Array) },
      keywords: { keywords: expect.any(Array) },
    });
    const { credits, keywords: _, ...plain } = film;
    expect(await (await fetch(`${url}/movie/3`)).json()).toEqual(plain);
    expect(await (await fetch(`${url}/movie/3?append_to_response=credits`)).json()).toEqual({
      ...plain,
      credits,
    });
  });

  it('says on every answer which catalogue it speaks for', async () => {
    const { url, exportUrl } = await start('synthetic:10:7');
    for (const address of [
      `${url}/movie/3`,
      `${url}/movie/11`,
      `${url}/nothing`,
      `${exportUrl}/${today()}`,
    ]) {
      const { headers } = await fetch(address);
      expect(headers.get('x-marquee-catalogue')).toBe('synthetic:10:7');
      expect(headers.get('x-marquee-version')).toMatch(/^synthetic-/);
    }
  });

  it('can name a file that no header could hold as it is', async () => {
    const catalogue = { ...(await openCatalogue(parseCatalogue('synthetic:1'))), label: 'file:été.ndjson' };
    const { url } = await start(catalogue);
    const name = (await fetch(`${url}/movie/1`)).headers.get('x-marquee-catalogue');
    expect(decodeURIComponent(name!)).toBe('file:été.ndjson');
  });

  it('refuses in TMDB’s words', async () => {
    const { url, exportUrl } = await start('synthetic:10', { requireToken: 'secret' });
    const key = { headers: { authorization: 'Bearer secret' } };
    const status = async (path: string, init?: RequestInit): Promise<readonly [number, number]> => {
      const response = await fetch(`${url}${path}`, init);
      return [response.status, ((await response.json()) as { status_code: number }).status_code];
    };
    expect(await status('/movie/3')).toEqual([401, 7]);
    expect(await status('/movie/3?api_key=wrong')).toEqual([401, 7]);
    expect((await fetch(`${url}/movie/3?api_key=secret`)).status).toBe(200);
    expect((await fetch(`${url}/movie/3`, key)).status).toBe(200);
    expect((await fetch(`${exportUrl}/${today()}`)).status).toBe(200);
    expect(await status('/movie/11', key)).toEqual([404, 34]);
    expect(await status('/movie/x', key)).toEqual([404, 34]);
    expect(await status('/movie/3', { ...key, method: 'POST' })).toEqual([405, 42]);
    expect(await status('/movie/changes?start_date=2025-01-01&end_date=2025-01-16', key)).toEqual([422, 20]);
    expect(await status('/movie/changes?start_date=2025-01-05&end_date=2025-01-01', key)).toEqual([422, 20]);
    expect(await status('/movie/changes?page=0', key)).toEqual([400, 22]);
  });

  it.skipIf(!existsSync(ERROR_BODIES))(
    'its refusals are the bodies that TMDB sends (skipped without ../shared/data)',
    async () => {
      const { url } = await start('synthetic:10', { requireToken: 'secret' });
      const body = (name: string): unknown =>
        JSON.parse(readFileSync(join(ERROR_BODIES, `error-status-${name}.json`), 'utf8'));
      const key = { headers: { authorization: 'Bearer secret' } };
      expect(await (await fetch(`${url}/movie/1`)).json()).toEqual(body('401'));
      expect(await (await fetch(`${url}/movie/99`, key)).json()).toEqual(body('response'));
      expect(await (await fetch(`${url}/movie/changes?page=501`, key)).json()).toEqual(body('400'));
      expect(await (await fetch(`${url}/movie/changes?start_date=2020-01-01`, key)).json()).toEqual(
        body('422'),
      );
    },
  );

  it('lists all films in the daily export of any day up to today', async () => {
    const { exportUrl } = await start('synthetic:5000');
    const response = await fetch(`${exportUrl}/${today()}`);
    const lines = gunzipSync(Buffer.from(await response.arrayBuffer()))
      .toString('utf8')
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(5000);
    expect(lines[0]).toMatch(
      /^\{"adult":false,"id":1,"original_title":".+","popularity":[\d.]+,"video":false\}$/,
    );
    expect((await fetch(`${exportUrl}/movie_ids_01_02_2020.json.gz`)).status).toBe(200);
    const tomorrow = exportName(new Date(Date.now() + 86_400_000));
    for (const name of [tomorrow, 'movie_ids_02_30_2020.json.gz', 'movie_ids.json.gz'])
      expect((await fetch(`${exportUrl}/${name}`)).status).toBe(404);
  });

  it('repeats a broken line of its source as a broken line', async () => {
    const { exportUrl } = await start({
      ...(await openCatalogue(parseCatalogue('synthetic:3'))),
      badLines: 2,
    });
    const response = await fetch(`${exportUrl}/${today()}`);
    const lines = gunzipSync(Buffer.from(await response.arrayBuffer()))
      .toString('utf8')
      .trimEnd()
      .split('\n');
    const isJson = (line: string): boolean => {
      try {
        return JSON.parse(line) !== undefined;
      } catch {
        return false;
      }
    };
    expect(lines.map(isJson)).toEqual([true, true, true, false, false]);
  });

  it('pages through what changed', async () => {
    const catalogue = await openCatalogue(parseCatalogue('synthetic:12000@5'));
    const { url } = await start(catalogue);
    const ids: number[] = [];
    for (let page = 1, pages = 1; page <= pages; page++) {
      const path = `${url}/movie/changes?start_date=2025-01-02&end_date=2025-01-06&page=${page}`;
      const answer = (await (await fetch(path)).json()) as {
        results: { id: number; adult: boolean }[];
        page: number;
        total_pages: number;
        total_results: number;
      };
      expect(answer.page).toBe(page);
      expect(answer.results.length).toBeLessThanOrEqual(100);
      pages = answer.total_pages;
      ids.push(...answer.results.map(({ id }) => id));
      if (page === pages) expect(ids).toHaveLength(answer.total_results);
    }
    expect(ids).toEqual(await catalogue.changes('2025-01-02', '2025-01-06'));
    expect(ids.length).toBeGreaterThan(500);
  });

  it('serves no more than its rate in any second, and says when to come again', async () => {
    let now = 5000;
    const server = await start('synthetic:100', { rate: 20, clock: () => now });
    const burst = await Promise.all(
      Array.from({ length: 50 }, (_, at) => fetch(`${server.url}/movie/${at + 1}`)),
    );
    const refused = burst.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(30);
    expect(refused[0]!.headers.get('retry-after')).toBe('1');
    expect(await refused[0]!.json()).toEqual({
      success: false,
      status_code: 25,
      status_message: 'Your request count (21) is over the allowed limit of 20.',
    });
    now += 999;
    expect((await fetch(`${server.url}/movie/1`)).status).toBe(429);
    now += 1;
    expect((await fetch(`${server.url}/movie/1`)).status).toBe(200);
    expect(server.requests()).toMatchObject({ total: 52, films: 21, limited: 31, faults: 0 });
  });

  it('fails in every way it can, the same way for the same seed, and serves every film in the end', async () => {
    const outcomes = async (): Promise<string[]> => {
      const server = await start('synthetic:60', { faults: 0.7, seed: 5 });
      const films = Array.from({ length: 60 }, (_, at) => at + 1);
      return Promise.all(
        films.map(async (id) => {
          const met: string[] = [];
          for (let attempt = 0; attempt <= MOST_IN_A_ROW + 1; attempt++) {
            met.push(await outcome(`${server.url}/movie/${id}${FULL}`));
            if (met.at(-1) === '200') break;
          }
          expect(met.at(-1)).toBe('200');
          return met.join(' ');
        }),
      );
    };
    const [first, second] = [await outcomes(), await outcomes()];
    expect(first).toEqual(second);
    const kinds = new Set(first.join(' ').split(' '));
    for (const kind of ['429+', '429', '500', '502', '503', 'reset', 'torn', '200'])
      expect(kinds).toContain(kind);
  });

  it('spreads its failures evenly', () => {
    const fault = faultPlan(0.5, 1);
    const met = new Map<string, number>();
    for (let id = 0; id < 20_000; id++) {
      const kind = fault(`/3/movie/${id}`);
      const name =
        kind === null ? 'none' : kind.kind === 'limited' ? `limited ${kind.retryAfter}` : kind.kind;
      met.set(name, (met.get(name) ?? 0) + 1);
    }
    expect(met.get('none')! / 20_000).toBeCloseTo(0.5, 1);
    for (const kind of ['limited true', 'limited false', 'reset', 'torn', 'slow'])
      expect(met.get(kind)! / 10_000).toBeCloseTo(1 / 7, 1);
    expect(met.get('error')! / 10_000).toBeCloseTo(2 / 7, 1);
  });

  it('writes a line for each request, without the key', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'marquee-server-test-'));
    const accessLog = join(folder, 'logs/access.log');
    const server = await start('synthetic:10', { accessLog, requireToken: 'secret' });
    await (await fetch(`${server.url}/movie/3?api_key=secret&language=en`)).text();
    await (await fetch(`${server.url}/movie/11?api_key=secret`)).text();
    await server.close();
    expect(readFileSync(accessLog, 'utf8').replace(/^\d{13} /gm, '')).toBe(
      '200 /3/movie/3?api_key=…&language=en\n404 /3/movie/11?api_key=…\n',
    );
    rmSync(folder, { recursive: true });
  });

  it('says so when its address is taken', async () => {
    const { url } = await start('synthetic:10');
    await expect(start('synthetic:10', { port: Number(new URL(url).port) })).rejects.toThrow(
      /Another program listens on 127\.0\.0\.1:\d+; choose another --port/,
    );
  });

  it('runs in a thread of its own', async () => {
    const serve = (catalogue: string): Worker =>
      startThread(import.meta.url, '../../tmdb/server.thread', { workerData: { catalogue } });
    const message = (worker: Worker): Promise<Record<string, string>> =>
      new Promise((done, fail) => void worker.once('message', done).once('error', fail));
    const worker = serve('synthetic:10');
    const { url } = await message(worker);
    expect((await fetch(`${url}/movie/1`)).status).toBe(200);
    const ended = new Promise((done) => worker.once('exit', done));
    worker.postMessage('close');
    expect(await ended).toBe(0);
    const refused = serve('file:/no/such/file');
    expect(await message(refused)).toEqual({ failed: expect.stringContaining('there is no such file') });
  });
});

/** What a client meets: the status (with + when it is told when to come again), `reset` or `torn`. */
function outcome(url: string): Promise<string> {
  return new Promise((done) => {
    request(url, { agent: false }, (response) => {
      let length = 0;
      response.on('data', (chunk: Buffer) => (length += chunk.length));
      response.on('error', () => done('torn'));
      response.on('end', () => {
        expect(length).toBe(Number(response.headers['content-length']));
        done(`${response.statusCode}${response.headers['retry-after'] === undefined ? '' : '+'}`);
      });
    })
      .on('error', () => done('reset'))
      .end();
  });
}
