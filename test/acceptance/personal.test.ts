import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../models/random.js';
import { writeDocuments } from '../support/documents.js';
import { writeShortPlan } from '../support/plan.js';
import {
  ask,
  launch,
  marquee,
  removeFolder,
  ROOT,
  startTemporalServer,
  temporaryFolder,
  type Outcome,
  type Running,
  type TemporalServer,
} from '../support/system.js';

/** "What would I like, having rated these ten films?", from ratings as MovieLens publishes them to the answer. */
const DATA = join(ROOT, '../shared/data');

interface Rating {
  readonly user: number;
  readonly film: number;
  readonly stars: number;
}

/** A folder in MovieLens's format, and what a test has to know of it. */
interface Source {
  readonly name: string;
  readonly missing: boolean;
  readonly prepare: (folder: string) => Promise<Prepared>;
  readonly badRows: number;
  /** Whether genre, year and expected rating tell of a film that nobody rated. */
  readonly traitsTell: boolean;
}

interface Prepared {
  readonly catalogue: string;
  /** The folder of ratings.csv and links.csv, or the same with .gz. */
  readonly from: string;
}

const SOURCES: readonly Source[] = [
  {
    name: 'generated ratings of generated films',
    missing: false,
    prepare: generate,
    badRows: 3,
    traitsTell: false,
  },
  {
    name: 'ml-latest-small over tmdb-10k',
    missing: !existsSync(join(DATA, 'ml-latest-small')),
    prepare: () =>
      Promise.resolve({
        catalogue: `file:${join(DATA, 'tmdb-10k.ndjson.gz')}`,
        from: join(DATA, 'ml-latest-small'),
      }),
    badRows: 0,
    traitsTell: true,
  },
];

describe.each(SOURCES)('personal ratings: $name', (source) => {
  describe.skipIf(source.missing)(source.missing ? '(../shared/data is missing)' : 'over GraphQL', () => {
    const folder = temporaryFolder('personal');
    let temporal: TemporalServer;
    let api: Running;
    let url: string;
    let started: Outcome;
    let ratings: readonly Rating[];
    let tmdbOf: ReadonlyMap<number, number>;
    let metrics: ReadonlyMap<
      string,
      { value: number; baseline: string | null; baselineValue: number | null }
    >;

    beforeAll(async () => {
      temporal = await startTemporalServer(folder);
      const { catalogue, from } = await source.prepare(folder);
      ratings = rowsOf(from, 'ratings.csv')
        .map(([user, film, stars]) => ({ user: Number(user), film: Number(film), stars: Number(stars) }))
        .filter(({ user, stars }) => Number.isInteger(user) && stars >= 0.5 && stars <= 5);
      tmdbOf = new Map(
        rowsOf(from, 'links.csv')
          .filter(([, , tmdb]) => tmdb !== undefined && tmdb !== '')
          .map(([film, , tmdb]) => [Number(film), Number(tmdb)]),
      );
      const settings = {
        MARQUEE_DATA: join(folder, 'data'),
        MARQUEE_PORT: '0',
        TEMPORAL_ADDRESS: temporal.address,
        MARQUEE_CATALOGUE: catalogue,
        MARQUEE_RATINGS: from,
        MARQUEE_PLAN: writeShortPlan(folder, {
          keep: source.traitsTell ? ['personal', 'rating'] : ['personal'],
        }),
      };
      started = await marquee(['start', '--once'], settings);
      api = launch(['serve'], settings);
      url = (await api.ready).url as string;
    }, 1_800_000);

    afterAll(async () => {
      await api?.stop();
      await temporal?.stop();
      removeFolder(folder);
    });

    it('are trained by the run, with baselines beside each model and what the files held', async () => {
      expect(started.stderr).toBe('');
      expect(started.code).toBe(0);
      const { models } = await ask<{ models: Report[] }>(
        url,
        '{ models { name task served rows metrics { name value baseline baselineValue } } }',
      );
      const personal = models.filter(({ task }) => task === 'personal');
      const served = personal.filter((report) => report.served);
      expect(served.map(({ name }) => name)).toEqual([expect.stringContaining('Bayesian factors')]);
      expect(personal.map(({ name }) => name).join()).toContain('user and film means');
      metrics = new Map(served[0]!.metrics.map((metric) => [metric.name, metric]));
      for (const { name, value, baselineValue } of served[0]!.metrics)
        if (name === 'RMSE') expect(value).toBeLessThan(baselineValue!);
      const cold = metrics.get('RMSE on films without ratings')!;
      expect(cold.baseline).toBe('own mean');
      if (source.traitsTell) expect(cold.value).toBeLessThan(cold.baselineValue!);
    });

    it('say what could not be read and how many ratings are of films of the snapshot', async () => {
      expect(metrics.get('bad rows of ratings.csv')?.value).toBe(source.badRows);
      expect(metrics.get('ratings used')?.value).toBe(ratings.length);
      const films = await filmsOf(url);
      const joined = ratings.filter(({ film }) => films.has(tmdbOf.get(film) ?? -1));
      expect(metrics.get('share of ratings of films in the snapshot')?.value).toBeCloseTo(
        joined.length / ratings.length,
        2,
      );
    });

    it('10: what would I like, having rated these ten films?', async () => {
      const { own, liked } = tenOf(ratings, tmdbOf, await filmsOf(url));
      const recommended = await recommend(url, own);
      expect(recommended).toHaveLength(20);
      const given = new Set(own.map(({ movieId }) => movieId));
      for (const { movie } of recommended) expect(given.has(movie.id)).toBe(false);
      const predicted = recommended.map(({ predictedRating }) => predictedRating);
      expect(predicted).toEqual([...predicted].sort((a, b) => b - a));
      // Someone of the opposite taste is recommended other films.
      const opposite = await recommend(
        url,
        own.map(({ movieId, rating }) => ({ movieId, rating: 11 - rating })),
      );
      const shared = opposite.filter(({ movie }) => recommended.some((one) => one.movie.id === movie.id));
      expect(shared.length).toBeLessThan(recommended.length / 2);
      expect(liked).toBeGreaterThan(0);
    });

    it('predict for people of the data what they gave, better than the film’s own mean does', async () => {
      const films = await filmsOf(url);
      const errors = { model: 0, mean: 0 };
      for (const user of [...new Set(ratings.map((rating) => rating.user))].slice(0, 5)) {
        const own = ratings.filter(
          (rating) => rating.user === user && films.has(tmdbOf.get(rating.film) ?? -1),
        );
        const fields = own
          .slice(0, 20)
          .map(({ film }) => `f${film}: predictedRating(movieId: ${tmdbOf.get(film)!})`);
        const answer = await ask<{ user: Record<string, number> & { recommendations: Recommended[] } }>(
          url,
          `{ user(id: "${user}") { ${fields.join(' ')} recommendations(first: 3) { movie { id } predictedRating } } }`,
        );
        expect(answer.user.recommendations).toHaveLength(3);
        for (const { movie } of answer.user.recommendations)
          expect(own.map(({ film }) => tmdbOf.get(film))).not.toContain(movie.id);
        for (const { film, stars } of own.slice(0, 20)) {
          const of = ratings.filter((rating) => rating.film === film && rating.user !== user);
          const mean = of.length === 0 ? 3.5 : of.reduce((sum, one) => sum + one.stars, 0) / of.length;
          errors.model += (answer.user[`f${film}`]! - 2 * stars) ** 2;
          errors.mean += (2 * mean - 2 * stars) ** 2;
        }
      }
      expect(errors.model).toBeLessThan(errors.mean);
      expect(await ask(url, '{ user(id: "987654") { id } }')).toEqual({ user: null });
    });

    it('answer for films that nobody rated, from what is known of them', async () => {
      const rated = new Set(ratings.map(({ film }) => tmdbOf.get(film)));
      const unrated = [...(await filmsOf(url))].find((id) => !rated.has(id))!;
      const user = ratings[0]!.user;
      const { user: answer } = await ask<{ user: { predictedRating: number } }>(
        url,
        `{ user(id: "${user}") { predictedRating(movieId: ${unrated}) } }`,
      );
      expect(answer.predictedRating).toBeGreaterThan(0);
      expect(answer.predictedRating).toBeLessThanOrEqual(10);
    });
  });
});

interface Report {
  readonly name: string;
  readonly task: string;
  readonly served: boolean;
  readonly metrics: readonly {
    readonly name: string;
    readonly value: number;
    readonly baseline: string | null;
    readonly baselineValue: number | null;
  }[];
}

interface Recommended {
  readonly movie: { readonly id: number; readonly title: string };
  readonly predictedRating: number;
}

async function recommend(
  url: string,
  ratings: readonly { movieId: number; rating: number }[],
): Promise<Recommended[]> {
  const { recommend } = await ask<{ recommend: Recommended[] }>(
    url,
    'query ($ratings: [RatingInput!]!) { recommend(ratings: $ratings, first: 20) { movie { id title } predictedRating } }',
    { ratings },
  );
  return recommend;
}

/** Ids of all films of the snapshot. */
async function filmsOf(url: string): Promise<ReadonlySet<number>> {
  const ids = new Set<number>();
  for (let after: string | null = null; ;) {
    const { movies }: { movies: Page } = await ask<{ movies: Page }>(
      url,
      'query ($after: String) { movies(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }',
      { after },
    );
    for (const { id } of movies.nodes) ids.add(id);
    if (!movies.pageInfo.hasNextPage) return ids;
    after = movies.pageInfo.endCursor;
  }
}

interface Page {
  readonly nodes: readonly { readonly id: number }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

/** Ten films that one person gave, among them the best and the worst; 0-10. */
function tenOf(
  ratings: readonly Rating[],
  tmdbOf: ReadonlyMap<number, number>,
  films: ReadonlySet<number>,
): { readonly own: { movieId: number; rating: number }[]; readonly liked: number } {
  const byUser = new Map<number, Rating[]>();
  for (const rating of ratings) {
    if (!films.has(tmdbOf.get(rating.film) ?? -1)) continue;
    byUser.set(rating.user, [...(byUser.get(rating.user) ?? []), rating]);
  }
  const person = [...byUser.values()].find((own) => own.length >= 30)!.sort((a, b) => a.stars - b.stars);
  const ten = [...person.slice(0, 5), ...person.slice(-5)];
  return {
    own: ten.map(({ film, stars }) => ({ movieId: tmdbOf.get(film)!, rating: Math.max(1, 2 * stars) })),
    liked: ten.filter(({ stars }) => stars >= 4).length,
  };
}

/** Data rows of a CSV of MovieLens's, as it is or with .gz. */
function rowsOf(folder: string, name: string): string[][] {
  const plain = join(folder, name);
  const text = existsSync(plain) ? readFileSync(plain) : gunzipSync(readFileSync(`${plain}.gz`));
  return text
    .toString()
    .split(/\r?\n/)
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => line.split(','));
}

/**
 * 150 people of two tastes rate 40 of 120 films each: one likes films of odd number, the other of even; three rows are
 * broken.
 */
async function generate(folder: string): Promise<Prepared> {
  const documents = await writeDocuments('synthetic:400', join(folder, 'films.ndjson'));
  const ids = readFileSync(documents, 'utf8')
    .split('\n')
    .slice(0, 120)
    .map((line) => (JSON.parse(line) as { id: number }).id);
  const from = join(folder, 'ratings');
  mkdirSync(from);
  const random = seededRandom('ratings');
  const below = (n: number): number => Math.floor(random() * n);
  const rows: string[] = [];
  for (let user = 1; user <= 150; user++) {
    const films = new Set<number>();
    while (films.size < 40) films.add(1 + below(120));
    for (const film of films) {
      const stars = film % 2 === user % 2 ? 4 : 2;
      rows.push(`${user},${film},${Math.min(5, Math.max(0.5, stars + (below(4) - 1.5) / 2 + 0.25))},0`);
    }
  }
  rows.push('x,1,4,0', '1,5,11,0', '7,8');
  writeFileSync(join(from, 'ratings.csv'), `userId,movieId,rating,timestamp\n${rows.join('\n')}\n`);
  const links = ids.map((id, i) => `${i + 1},0,${id}`);
  writeFileSync(join(from, 'links.csv'), `movieId,imdbId,tmdbId\n${links.join('\n')}\n`);
  return { catalogue: `file:${documents}`, from };
}
