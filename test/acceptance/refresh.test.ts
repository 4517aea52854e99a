import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotManifest } from '../../dataset/snapshots.js';
import { openSynthetic } from '../../tmdb/catalogues/synthetic.js';
import {
  ask,
  launch,
  marquee,
  removeFolder,
  startTemporalServer,
  temporaryFolder,
  type TemporalServer,
} from '../support/system.js';

/** After a first crawl a run fetches what is new or has changed, and publishes what a full crawl would. */
describe('a refresh', () => {
  const folder = temporaryFolder('refresh');
  let temporal: TemporalServer;
  const start = async (name: string, catalogue: string): Promise<SnapshotManifest> => {
    const outcome = await marquee(['start', '--once', '--catalogue', catalogue], {
      MARQUEE_DATA: join(folder, name),
      MARQUEE_PORT: '0',
      TEMPORAL_ADDRESS: temporal.address,
    });
    expect(outcome.stderr).toBe('');
    expect(outcome.code).toBe(0);
    const slug = catalogue.replaceAll(':', '-');
    const path = join(folder, name, `snapshots/${slug}/1.json`);
    return JSON.parse(readFileSync(path, 'utf8')) as SnapshotManifest;
  };
  const wanted = (snapshot: SnapshotManifest): number =>
    snapshot.tables.find(({ table }) => table === 'wanted')?.rows ?? NaN;

  beforeAll(async () => {
    temporal = await startTemporalServer(folder);
  });

  afterAll(async () => {
    await temporal?.stop();
    removeFolder(folder);
  });

  it('fetches the changed hundredth of each day and comes to the bytes of a full crawl', async () => {
    const first = await start('grown', 'synthetic:4000@1');
    expect(wanted(first)).toBe(4000);
    expect(first.votesAsOf).toBe('2025-01-02');

    const second = await start('grown', 'synthetic:4000@2');
    expect(wanted(second)).toBeGreaterThan(20);
    expect(wanted(second)).toBeLessThanOrEqual(4000 * 0.011);
    expect(second.votesAsOf).toBe('2025-01-02');
    expect(second.sha256).not.toBe(first.sha256);

    // On top of two layers, three weeks later: more than one window of changes.
    const third = await start('grown', 'synthetic:4000@23');
    expect(wanted(third)).toBeLessThanOrEqual(4000 * 0.23);

    const full = await start('full', 'synthetic:4000@23');
    expect(wanted(full)).toBe(4000);
    expect(third.sha256).toBe(full.sha256);

    // Each run kept its day's popularity: a true series, which a full crawl of the last day alone cannot have.
    const api = launch(['serve', '--catalogue', 'synthetic:4000@23'], {
      MARQUEE_DATA: join(folder, 'grown'),
      MARQUEE_PORT: '0',
    });
    const { url } = await api.ready;
    const answer = await ask<{
      movie: { popularity: number; popularityHistory: { day: string; popularity: number }[] };
      genrePopularityHistory: { genre: string; days: { day: string; movieCount: number; index: number }[] }[];
    }>(
      url as string,
      `{ movie(id: 5) { popularity popularityHistory { day popularity } }
         genrePopularityHistory(genres: ["Drama"], last: 2) { genre days { day movieCount popularity index } } }`,
    );
    const series = answer.movie.popularityHistory;
    expect(series.map(({ day }) => day)).toEqual(['2025-01-02', '2025-01-03', '2025-01-24']);
    for (const { day, popularity } of series) {
      const catalogue = openSynthetic({
        kind: 'synthetic',
        films: 4000,
        seed: 1,
        day: day === '2025-01-24' ? 23 : Number(day.slice(-1)) - 1,
      });
      const document = JSON.parse((await catalogue.document(5))!) as { popularity: number };
      expect(popularity).toBe(document.popularity);
    }
    expect(answer.movie.popularity).toBe(series.at(-1)?.popularity);
    const [drama] = answer.genrePopularityHistory;
    expect(drama?.days.map(({ day }) => day)).toEqual(['2025-01-03', '2025-01-24']);
    expect(drama?.days.every(({ movieCount, index }) => movieCount > 500 && index > 0)).toBe(true);
    const many = ask(url as string, '{ movies(first: 21) { nodes { popularityHistory { day } } } }');
    await expect(many).rejects.toThrow(/more than 20 films/);
    await expect(
      ask(url as string, '{ movie(id: 5) { popularityHistory(fromDay: "May") { day } } }'),
    ).rejects.toThrow(/fromDay is "May"; legal is a day as YYYY-MM-DD/);
    await api.stop();
  }, 600_000);
});
