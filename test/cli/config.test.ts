import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOperations } from '../../cli/operations.js';
import { asEnvironment, readSettings, UsageError, withoutKeys } from '../../cli/config.js';

describe('settings', () => {
  it('have defaults', () => {
    expect(readSettings({}, {})).toEqual({
      catalogue: 'sample',
      data: resolve('marquee-data'),
      port: 4000,
      host: '127.0.0.1',
      baseUrl: 'https://api.themoviedb.org/3',
      exportUrl: 'https://files.tmdb.org/p/exports',
      logLevel: 'info',
    });
  });

  it('come from a flag before they come from the environment', () => {
    const environment = { MARQUEE_CATALOGUE: 'tmdb', MARQUEE_LIMIT: '500', MARQUEE_PORT: '4001' };
    expect(readSettings({}, environment)).toMatchObject({ catalogue: 'tmdb', limit: 500, port: 4001 });
    expect(readSettings({ catalogue: 'sample', port: '0' }, environment)).toMatchObject({
      catalogue: 'sample',
      limit: 500,
      port: 0,
    });
  });

  it('take an empty variable for one that is not set', () => {
    expect(readSettings({}, { MARQUEE_CATALOGUE: '', MARQUEE_PORT: '' })).toEqual(readSettings({}, {}));
  });

  it('reach a child process as they are', () => {
    const settings = readSettings({ limit: '7', data: '/data', port: '0' }, { TMDB_RATE: '10' });
    expect(readSettings({}, asEnvironment(settings))).toEqual(settings);
  });
});

describe('what only a worker reads', () => {
  it('is checked with all else, and reaches it through `npm start`', () => {
    const settings = readSettings({}, { MARQUEE_RATINGS: 'ml-latest-small', MARQUEE_METRICS_PORT: '0' });
    expect(settings).toMatchObject({ ratings: resolve('ml-latest-small'), metricsPort: 0 });
    expect(readSettings({}, asEnvironment(settings))).toEqual(settings);
    expect(readSettings({}, { MARQUEE_RATINGS: '', MARQUEE_METRICS_PORT: '' })).toEqual(readSettings({}, {}));
    for (const port of ['65536', '-1', '94.5', 'x'])
      expect(() => readSettings({}, { MARQUEE_METRICS_PORT: port })).toThrow(
        new UsageError(
          `MARQUEE_METRICS_PORT is "${port}": legal is a whole number from 0 (a free port) to 65535.`,
        ),
      );
  });
});

describe('what the API shows', () => {
  it('is switched by flag or variable', () => {
    const { introspection, origins, operations, clientRate } = readSettings(
      { introspection: 'off' },
      {
        MARQUEE_ORIGINS: 'https://films.example.org, http://localhost:5173',
        MARQUEE_OPERATIONS: '/srv/operations.json',
        MARQUEE_CLIENT_RATE: '0',
      },
    );
    expect({ introspection, origins, operations, clientRate }).toEqual({
      introspection: false,
      origins: ['https://films.example.org', 'http://localhost:5173'],
      operations: '/srv/operations.json',
      clientRate: 0,
    });
    expect(readSettings({}, asEnvironment(readSettings({ introspection: 'off' }, {}))).introspection).toBe(
      false,
    );
    expect(() => readSettings({}, { MARQUEE_ORIGINS: 'https://films.example.org/path' })).toThrow(
      'legal is origins such as https://films.example.org, separated by commas.',
    );
  });

  it('may be a list of operations, in each shape that is written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'marquee-operations-'));
    const file = join(folder, 'operations.json');
    const read = async (content: string): Promise<string[] | undefined> => {
      writeFileSync(file, content);
      return await readOperations(file);
    };
    expect(await readOperations(undefined)).toBeUndefined();
    expect(await read('["{ a }"]')).toEqual(['{ a }']);
    expect(await read('{"abc": "{ a }"}')).toEqual(['{ a }']);
    for (const wrong of ['', '{', '[]', '[1]', 'null']) await expect(read(wrong)).rejects.toThrow(UsageError);
    rmSync(folder, { recursive: true });
  });
});

describe('a setting that cannot be', () => {
  const PORT = 'legal is a whole number from 0 (a free port) to 65535.';
  it.each([
    [{ port: 'abc' }, {}, `--port is "abc": ${PORT}`],
    [{ port: '' }, {}, `--port is "": ${PORT}`],
    [{ port: '4000.5' }, {}, `--port is "4000.5": ${PORT}`],
    [{ port: '70000' }, {}, `--port is "70000": ${PORT}`],
    [{}, { MARQUEE_PORT: '-1' }, `MARQUEE_PORT is "-1": ${PORT}`],
    [{ limit: '0' }, {}, '--limit is "0": legal is a whole number of films from 1 to 5,000,000.'],
    [
      {},
      { TMDB_RATE: 'fast' },
      'TMDB_RATE is "fast": legal is requests per second from 0 (unlimited) to 10,000.',
    ],
    [
      {},
      { TMDB_BASE_URL: 'ftp://example.org' },
      'TMDB_BASE_URL is "ftp://example.org": legal is an address that begins with http:// or https://.',
    ],
    [
      {},
      { MARQUEE_LOG_LEVEL: 'loud' },
      'MARQUEE_LOG_LEVEL is "loud": legal is trace, debug, info, warn, error or silent.',
    ],
  ])('%j %j: names flag or variable, and what is legal', (flags, environment, message) => {
    expect(() => readSettings(flags, environment)).toThrow(new UsageError(message));
  });

  it('is told with all others', () => {
    expect(() => readSettings({ port: 'x', limit: 'y' }, {})).toThrow(/--limit is "y".*\. --port is "x"/);
  });
});

describe('what is secret', () => {
  it('is read with all else, and reaches a child process that may hold it', () => {
    const settings = readSettings(
      {},
      { MARQUEE_ADMIN_TOKEN: 'let-me-in', TMDB_ACCESS_TOKEN: 'ey.J.h', TMDB_API_KEY: '' },
    );
    expect(settings).toMatchObject({ adminToken: 'let-me-in', accessToken: 'ey.J.h' });
    expect(settings.apiKey).toBeUndefined();
    expect(readSettings({}, asEnvironment(settings))).toEqual(settings);
    expect(Object.values(withoutKeys(asEnvironment(settings)))).not.toContain('ey.J.h');
  });

  it.each(['MARQUEE_ADMIN_TOKEN', 'TMDB_ACCESS_TOKEN', 'TMDB_API_KEY'])(
    'stands in no message: %s',
    (variable) => {
      const refused = (): unknown => readSettings({}, { [variable]: 'two words' });
      expect(refused).toThrow(new RegExp(`^${variable} cannot be what it is: legal is .*without spaces`));
      expect(refused).not.toThrow(/two words/);
    },
  );
});

describe('the environment of a process that needs no key', () => {
  it('has none, and all the rest', () => {
    const environment = {
      TMDB_ACCESS_TOKEN: 'a',
      TMDB_API_KEY: 'b',
      TMDB_RATE: '3',
      PATH: '/bin',
      NONE: undefined,
    };
    expect(withoutKeys(environment)).toEqual({ TMDB_RATE: '3', PATH: '/bin' });
  });
});
