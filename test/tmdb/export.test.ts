import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  dayBefore,
  exportName,
  findExport,
  readExport,
  readExportLine,
  readListing,
  selectFilms,
  type ListedFilm,
} from '../../tmdb/export.js';
import { BadIdList, SourceUnavailable } from '../../tmdb/failures.js';

const film = (id: number, over: Partial<ListedFilm> = {}): ListedFilm => ({
  id,
  popularity: 1,
  adult: false,
  video: false,
  ...over,
});
const line = ({ id, popularity, adult, video }: ListedFilm): string =>
  JSON.stringify({ adult, id, original_title: `Film ${id}`, popularity, video });
const lines = (films: readonly ListedFilm[]): string => films.map((one) => `${line(one)}\n`).join('');
const listing = (text: string) => readListing(Readable.from([text]), 'The id list');

describe('the daily id export', () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  const serve = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener);
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    closing.push(async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const failureOf = async (reading: Promise<unknown>): Promise<Error> => {
    const failure = await reading.then(
      () => new Error('nothing failed'),
      (error: Error) => error,
    );
    return failure;
  };

  it('is named by its day as TMDB names it', () => {
    expect(exportName('2026-11-24')).toBe('movie_ids_11_24_2026.json.gz');
    expect(exportName('2027-01-05')).toBe('movie_ids_01_05_2027.json.gz');
    expect(['2026-03-01', '2028-03-01', '2027-01-01'].map(dayBefore)).toEqual([
      '2026-02-28',
      '2028-02-29',
      '2026-12-31',
    ]);
  });

  it('is read as it arrives, however large', async () => {
    const count = 30_000;
    const url = await serve((_, response) => {
      function* all(): Iterable<string> {
        for (let id = 1; id <= count; id++) yield `${line(film(id, { popularity: id / 7 }))}\n`;
      }
      Readable.from(all()).pipe(createGzip()).pipe(response);
    });
    const { films, badLines, duplicates } = await readExport(`${url}/a.json.gz`);
    expect([films.length, badLines, duplicates]).toEqual([count, 0, 0]);
    expect(films[6]).toEqual(film(7, { popularity: 1 }));
  });

  it('broken off is a source that is away, wherever it breaks', async () => {
    const whole = gzipSync(
      lines(Array.from({ length: 5000 }, (_, at) => film(at + 1, { popularity: Math.sin(at) }))),
    );
    const half = Math.floor(whole.length / 2);
    const damaged = Buffer.from(whole);
    damaged.fill(0, half, half + 500);
    const answers: RequestListener[] = [
      // Torn, with the length that it has.
      (_, response) => response.end(whole.subarray(0, half)),
      // Damaged on the way.
      (_, response) => response.end(damaged),
      // No gzip at all.
      (_, response) => response.end('<html>Sign in to the hotel network</html>'),
      // The connection breaks in the middle.
      (_, response) => {
        response.writeHead(200, { 'content-length': whole.length });
        response.write(whole.subarray(0, half));
        setTimeout(() => response.destroy(), 50);
      },
      (_, response) => response.writeHead(503).end(),
    ];
    for (const answer of answers) {
      const failure = await failureOf(readExport(`${await serve(answer)}/movie_ids.json.gz`));
      expect(failure).toBeInstanceOf(SourceUnavailable);
      expect(failure.message).toContain('movie_ids.json.gz');
    }
    expect(await failureOf(readExport('http://127.0.0.1:1/movie_ids.json.gz'))).toBeInstanceOf(
      SourceUnavailable,
    );
  });

  it('stops when it is told to', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100000' });
      response.write(gzipSync('').subarray(0, 10));
    });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 100);
    expect((await failureOf(readExport(url, abort.signal))).name).toBe('AbortError');
  });

  it('of today is taken when it is there, else that of a day before', async () => {
    const there = new Set<string>();
    const asked: string[] = [];
    const url = await serve((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      // TMDB's storage answers 403 for a file that is not there.
      response.writeHead(there.has(request.url ?? '') ? 200 : 403, { 'x-marquee-version': 'v%C3%BC' }).end();
    });
    there.add('/movie_ids_11_23_2026.json.gz');
    expect(await findExport(url, '2026-11-24')).toEqual({
      day: '2026-11-23',
      url: `${url}/movie_ids_11_23_2026.json.gz`,
      catalogue: null,
      catalogueDay: null,
      version: 'vü',
    });
    expect(asked).toEqual(['HEAD /movie_ids_11_24_2026.json.gz', 'HEAD /movie_ids_11_23_2026.json.gz']);
    there.add('/movie_ids_11_24_2026.json.gz');
    expect((await findExport(url, '2026-11-24')).day).toBe('2026-11-24');
    expect((await findExport(url, '2026-11-26')).day).toBe('2026-11-24');
  });

  it('is missed after four days, and by whom nobody answers', async () => {
    const url = await serve((_, response) => response.writeHead(404).end());
    const none = await failureOf(findExport(url, '2026-11-24'));
    expect(none).toBeInstanceOf(SourceUnavailable);
    expect(none.message).toBe(
      `There is no id export of the last 4 days at ${url} (HTTP 404 for movie_ids_11_21_2026.json.gz).`,
    );
    const nobody = await failureOf(findExport('http://127.0.0.1:1', '2026-11-24'));
    expect(nobody).toBeInstanceOf(SourceUnavailable);
    expect(nobody.message).toContain('TMDB_EXPORT_URL');
  });
});

describe('an id list', () => {
  it('counts lines that are no film, and leaves them out', async () => {
    const bad = [
      'not JSON',
      '{"id":"7"}',
      '{"id":1.5}',
      '{"id":0}',
      '{"id":-3}',
      '{"id":2147483648}',
      '[]',
      'null',
      '{',
    ];
    const { films, badLines, duplicates } = await listing(
      `${line(film(5))}\n${bad.join('\n')}\n\n  \n${line(film(6))}`,
    );
    expect(films.map(({ id }) => id)).toEqual([5, 6]);
    expect([badLines, duplicates]).toEqual([bad.length, 0]);
  });

  it('counts ids that came before, and keeps their first line', async () => {
    const { films, duplicates } = await listing(
      lines([film(5, { popularity: 9 }), film(6), film(5), film(5)]),
    );
    expect(films).toEqual([film(5, { popularity: 9 }), film(6)]);
    expect(duplicates).toBe(2);
  });

  it('may hold bare ids, with any line ends', async () => {
    const { films, badLines } = await listing('603\r\n 604 \r\n\r\n0\n-5\n7e2\n605');
    expect(films).toEqual([603, 604, 605].map((id) => film(id, { popularity: null })));
    expect(badLines).toBe(3);
  });

  it('without a film is no id list, and says what one looks like', async () => {
    for (const text of ['', '\n\n', 'title,year\nHeat,1995\n']) {
      const error = await listing(text).catch((one: unknown) => one);
      expect(error).toBeInstanceOf(BadIdList);
      expect((error as Error).message).toMatch(/^The id list lists no film: .*Give one film a line\.$/);
    }
  });

  it('gives each line’s film, whatever else the line says', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const read = readExportLine(JSON.stringify(value));
        expect(read === null || (Number.isInteger(read.id) && read.id > 0)).toBe(true);
      }),
    );
    expect(readExportLine('{"id":5}')).toEqual(film(5, { popularity: null }));
    expect(readExportLine('{"id":5,"popularity":"1","adult":1,"video":true}')).toEqual(
      film(5, { popularity: null, video: true }),
    );
  });

  it('is read the same, however its bytes come in pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 40 }),
        async (ids, size) => {
          const text = Buffer.from(ids.map((id) => `{"id":${id},"original_title":"Amélie 🎬"}\n`).join(''));
          const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
            text.subarray(at * size, (at + 1) * size),
          );
          const { films } = await readListing(Readable.from(pieces), 'The id list');
          expect(films.map(({ id }) => id)).toEqual(ids);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('the films of a run', () => {
  const popularity = fc.option(
    fc.oneof(fc.integer({ min: 0, max: 3 }), fc.double({ min: 0, max: 100, noNaN: true })),
  );
  const anyFilms = fc.uniqueArray(
    fc.record({ id: fc.integer({ min: 1, max: 200 }), popularity, adult: fc.boolean(), video: fc.boolean() }),
    { selector: ({ id }) => id, maxLength: 60 },
  );

  it('are the most popular ones, ties by id, listed by id, none adult and none a mere video', () => {
    fc.assert(
      fc.property(anyFilms, fc.option(fc.integer({ min: 0, max: 70 })), (films, limit) => {
        const given = [...films];
        const chosen = selectFilms(films, limit);
        expect(films).toEqual(given);
        const wanted = films.filter(({ adult, video }) => !adult && !video);
        expect(chosen).toHaveLength(Math.min(wanted.length, limit ?? Infinity));
        expect(chosen.every((one) => wanted.includes(one))).toBe(true);
        expect(chosen.map(({ id }) => id)).toEqual(chosen.map(({ id }) => id).sort((a, b) => a - b));
        const heat = (one: ListedFilm): number => one.popularity ?? -1;
        for (const left of wanted.filter((one) => !chosen.includes(one)))
          for (const taken of chosen)
            expect(heat(taken) > heat(left) || (heat(taken) === heat(left) && taken.id < left.id)).toBe(true);
      }),
    );
  });

  it('are the same in whatever order they were listed', () => {
    fc.assert(
      fc.property(
        anyFilms.chain((films) =>
          fc.tuple(fc.constant(films), fc.shuffledSubarray(films, { minLength: films.length })),
        ),
        fc.integer({ min: 0, max: 70 }),
        ([films, shuffled], limit) => {
          expect(selectFilms(shuffled, limit)).toEqual(selectFilms(films, limit));
        },
      ),
    );
  });
});
