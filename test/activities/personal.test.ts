import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { task } from '../../activities/tasks/trainPersonal.js';
import { hasTmdbIds } from '../../activities/ratingFiles.js';
import { FILM_COLUMNS } from '../../dataset/films.js';
import { frameOf, writeParquet } from '../../dataset/tables.js';
import { removeFolder, temporaryFolder } from '../support/system.js';

/** 60 people rate 30 of 60 films each; the snapshot has the films 1-60. */
describe('the personal model', () => {
  const folder = temporaryFolder('personal-task');
  const ratings = join(folder, 'ratings');
  const films = join(folder, 'films.parquet');

  beforeAll(() => {
    mkdirSync(ratings);
    const rows = Array.from({ length: 60 * 30 }, (_, i) => {
      const [user, film] = [Math.floor(i / 30), (Math.floor(i / 30) + 2 * (i % 30)) % 60];
      return `${user + 1},${film + 1},${1 + ((user * film) % 5)},0`;
    });
    writeFileSync(join(ratings, 'ratings.csv'), ['userId,movieId,rating,timestamp', ...rows, ''].join('\n'));
    const links = Array.from({ length: 60 }, (_, i) => `${i + 1},0,${i + 1}`);
    writeFileSync(join(ratings, 'links.csv'), ['movieId,imdbId,tmdbId', ...links, ''].join('\n'));
    writeParquet(
      frameOf(
        FILM_COLUMNS,
        Array.from({ length: 60 }, (_, i) => film(i + 1)),
      ),
      films,
    );
  });
  afterAll(() => removeFolder(folder));

  const train = async (catalogue: string, named: string | null = ratings) => {
    const out = join(folder, `out-${catalogue.replace(/\W/g, '')}-${named === null}`);
    mkdirSync(out);
    const { summary } = await task.compute({
      params: task.params.parse({ ratings: named }),
      inputs: { films: { tables: { films }, facts: {} } },
      out,
      seed: 1,
      run: { catalogue, limit: null, day: '2016-01-01', profile: 'quick' },
      progress: () => undefined,
    });
    const read = (file: string): unknown => JSON.parse(readFileSync(join(out, file), 'utf8'));
    return {
      summary,
      model: read('personalModel.json') as { trained: boolean; reason?: string },
      reports: read('personalReport.json') as { name: string; served: boolean }[],
    };
  };

  it('is trained on films that have TMDB ids', async () => {
    const { model, summary } = await train('file:films.ndjson');
    expect(model.trained).toBe(true);
    expect(summary).toBe('1,800 ratings');
  });

  it.each(['sample', 'synthetic:60', 'synthetic:60:7@3'])(
    'learns nothing on %s, whose ids are row numbers, and says why',
    async (catalogue) => {
      const reason = `ratings are joined by TMDB id, which films of ${catalogue} lack`;
      const { model, summary, reports } = await train(catalogue);
      expect(model).toMatchObject({ trained: false, reason });
      expect(summary).toBe(`not trained: ${reason}`);
      expect(reports).toMatchObject([{ name: `none: ${reason}`, served: false }]);
    },
  );

  it('says that nobody named ratings before it says anything of the films', async () => {
    expect((await train('sample', null)).model.reason).toMatch('no ratings are given');
  });

  it('joins films of tmdb and of files of its documents alone', () => {
    expect(['tmdb', 'file:a.ndjson.gz', 'sample', 'synthetic:5'].map(hasTmdbIds)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

function film(id: number): Record<string, unknown> {
  return {
    id,
    title: `Film ${id}`,
    releaseDate: new Date(Date.UTC(1990 + (id % 20), 5, 1)),
    year: 1990 + (id % 20),
    released: true,
    runtime: 100,
    originalLanguage: 'en',
    genres: [id % 2 === 0 ? 'Drama' : 'Comedy'],
    companies: ['A company'],
    keywords: ['a keyword'],
    countries: ['US'],
    cast: ['Someone'],
    castIds: [1],
    castCharacters: ['Self'],
    castProfiles: ['/1.jpg'],
    directors: ['A director'],
    directorIds: [2],
    directorProfiles: ['/2.jpg'],
    budget: null,
    revenue: null,
    popularity: 1,
    voteAverage: 6,
    voteCount: 10,
  };
}
