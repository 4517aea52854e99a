import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { asFailure, BadInput, failingKindly } from '../../activities/failures.js';
import { requireKey, resolveHome } from '../../activities/home.js';
import { MissingFile, StorageUnavailable } from '../../dataset/errors.js';
import { parseCatalogue } from '../../tmdb/catalogues/catalogue.js';
import { SourceUnavailable, Unauthorised } from '../../tmdb/failures.js';

const TMDB = 'https://api.themoviedb.org/3';

function worker(over: Partial<Parameters<typeof resolveHome>[0]> = {}): Parameters<typeof resolveHome>[0] {
  return {
    data: 'a1',
    catalogue: 'sample',
    limit: null,
    rate: null,
    searchAttributes: true,
    endpoints: {
      of: () => Promise.resolve({ baseUrl: TMDB, exportUrl: '', accessToken: 'token' }),
      close: () => Promise.resolve(),
    },
    ...over,
  };
}

describe('what a run works on', () => {
  it('is the worker’s own where it says nothing', async () => {
    expect(await resolveHome(worker({ catalogue: 'synthetic:500', limit: 20 }), {})).toEqual({
      data: 'a1',
      catalogue: 'synthetic:500',
      limit: 20,
      rate: 0,
      searchAttributes: true,
    });
  });

  it('is what it names; the worker’s limit is for the worker’s catalogue', async () => {
    const home = await resolveHome(worker({ limit: 20 }), { catalogue: 'synthetic:9', data: 'b2' });
    expect(home).toMatchObject({ data: 'b2', catalogue: 'synthetic:9', limit: null });
    expect((await resolveHome(worker({ limit: 20 }), { catalogue: 'sample', limit: 7 })).limit).toBe(7);
    expect((await resolveHome(worker({ limit: 20 }), { limit: 7 })).limit).toBe(7);
  });

  it('is asked of TMDB at 40 requests a second and of a local server without limit, unless the worker says', async () => {
    expect((await resolveHome(worker(), { catalogue: 'tmdb' })).rate).toBe(40);
    expect((await resolveHome(worker(), { catalogue: 'sample' })).rate).toBe(0);
    expect((await resolveHome(worker({ rate: 5 }), { catalogue: 'tmdb' })).rate).toBe(5);
    expect((await resolveHome(worker({ rate: 0 }), { catalogue: 'tmdb' })).rate).toBe(0);
  });

  it('is refused when there is no such catalogue', async () => {
    await expect(resolveHome(worker(), { catalogue: 'imdb' })).rejects.toThrow(
      /"imdb" is not known: legal are/,
    );
  });

  it('is refused for TMDB without a key before anything is begun, but not for another location', async () => {
    const keyless = worker({
      endpoints: {
        of: () => Promise.resolve({ baseUrl: TMDB, exportUrl: '' }),
        close: () => Promise.resolve(),
      },
    });
    await expect(resolveHome(keyless, { catalogue: 'tmdb' })).rejects.toThrow(BadInput);
    expect((await resolveHome(keyless, { catalogue: 'tmdb', data: 'elsewhere' })).data).toBe('elsewhere');
  });
});

describe('a key', () => {
  it('is needed for TMDB itself: the sentence says where to get one and where it goes', () => {
    for (const keys of [{}, { accessToken: '', apiKey: '' }, { apiKey: undefined }])
      expect(() => requireKey({ baseUrl: TMDB, ...keys })).toThrow(
        'The catalogue tmdb needs a key: create one at https://www.themoviedb.org/settings/api and set TMDB_ACCESS_TOKEN (or TMDB_API_KEY) where the worker starts. Without a key, --catalogue sample works.',
      );
  });

  it('may be a token or a v3 key, and is not needed for what stands for TMDB', () => {
    requireKey({ baseUrl: TMDB, accessToken: 'token' });
    requireKey({ baseUrl: TMDB, apiKey: 'key' });
    requireKey({ baseUrl: 'http://127.0.0.1:4010/3' });
  });
});

describe('a failure, as Temporal is told it', () => {
  const told = (error: unknown): ApplicationFailure => asFailure(error) as ApplicationFailure;

  it.each([
    [new StorageUnavailable('full', 'The disk is full.'), 'StorageUnavailable'],
    [new Unauthorised('No.'), 'Unauthorised'],
    [new BadInput('No.'), 'BadInput'],
    [new MissingFile('a'), 'MissingFile'],
  ])('%s ends its activity at once', (error, type) => {
    expect(told(error)).toMatchObject({ type, nonRetryable: true, message: error.message });
  });

  it.each([new SourceUnavailable('Away.'), new Error('anything'), new TypeError('a bug')])(
    '%s is tried again',
    (error) => {
      expect(told(error)).toMatchObject({ type: error.name, nonRetryable: false });
    },
  );

  it('says at most what a history holds', () => {
    expect(told(new Error('x'.repeat(100_000))).message.length).toBeLessThan(2000);
  });

  it('leaves a cancellation and a failure that is one already as they are', () => {
    const abort = Object.assign(new Error('aborted'), { name: 'AbortError' });
    const known = ApplicationFailure.nonRetryable('known');
    expect([asFailure(abort), asFailure(known), asFailure('text')]).toEqual([abort, known, 'text']);
  });

  it('is made of whatever an activity throws', async () => {
    const activities = failingKindly({
      good: (n: number) => Promise.resolve(n + 1),
      bad: () => Promise.reject(new BadInput('No.')),
    });
    expect(await activities.good(1)).toBe(2);
    await expect(activities.bad()).rejects.toMatchObject({ type: 'BadInput', nonRetryable: true });
  });

  it('of a catalogue names the catalogue', () => {
    const refused = (() => {
      try {
        return parseCatalogue('synthetic:0');
      } catch (error) {
        return error;
      }
    })();
    expect(told(refused)).toMatchObject({ type: 'BadCatalogue', nonRetryable: true });
  });
});
