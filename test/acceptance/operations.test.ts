import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  ask,
  environment,
  launch,
  marquee,
  removeFolder,
  startTemporalServer,
  temporalCli,
  temporaryFolder,
  until,
  type Outcome,
  type Running,
  type TemporalServer,
} from '../support/system.js';
import { freePort } from '../../temporal/ports.js';

/** What an operator and a frontend do with the running system: the questions that are not about data. */

interface Run {
  readonly id: string;
  readonly status: string;
  readonly notice: string | null;
  readonly failure: string | null;
  readonly snapshot: { readonly id: string } | null;
  readonly tasks: readonly {
    readonly name: string;
    readonly status: string;
    readonly done: number | null;
    readonly total: number | null;
    readonly etaSeconds: number | null;
    readonly reason: string | null;
  }[];
}

const RUN =
  'id status notice failure snapshot { id } tasks { name status done total etaSeconds reason }' as const;

describe('the running system', () => {
  const folder = temporaryFolder('operations');
  const accessLog = join(folder, 'access.log');
  let temporal: TemporalServer;
  let source: Running;
  let system: Running;
  let url: string;

  /** When films were asked of the source, from a time on, in milliseconds since 1970. */
  const asked = (since: number): number[] =>
    (existsSync(accessLog) ? readFileSync(accessLog, 'utf8') : '')
      .split('\n')
      .filter((line) => line.includes('/movie/'))
      .map((line) => Number(line.split(' ')[0]))
      .filter((at) => at >= since)
      .sort((a, b) => a - b);
  /** Films asked of the source in the last `seconds`. */
  const recently = (seconds: number): number => asked(Date.now() - seconds * 1000).length;
  const mutate = async (name: string, args: string): Promise<Run> =>
    (await ask<Record<string, Run>>(url, `mutation { ${name}(${args}) { ${RUN} } }`))[name] as Run;
  const run = async (id: string): Promise<Run> =>
    (await ask<{ run: Run }>(url, `query ($id: ID!) { run(id: $id) { ${RUN} } }`, { id })).run;
  const cli = (args: readonly string[]): Promise<Outcome> =>
    new Promise((done) => {
      const child = spawn(temporalCli(), [...args, '--address', temporal.address], { env: environment({}) });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      child.once('close', (code) => done({ code, stdout, stderr }));
    });
  const execute = (input: string, id: string): Promise<Outcome> =>
    // prettier-ignore
    cli(['workflow', 'execute', '--type', 'moviePipeline', '--task-queue', 'marquee', '--workflow-id', id, '--input', input]);

  beforeAll(async () => {
    temporal = await startTemporalServer(folder);
    source = launch(
      ['tmdb-server', '--catalogue', 'synthetic:3000:5', '--port', '0', '--access-log', accessLog],
      {},
    );
    const { url: baseUrl, exportUrl } = await source.ready;
    url = `http://127.0.0.1:${await freePort()}`;
    system = launch(['start'], {
      MARQUEE_DATA: join(folder, 'data'),
      MARQUEE_CATALOGUE: 'tmdb',
      MARQUEE_PORT: new URL(url).port,
      TEMPORAL_ADDRESS: temporal.address,
      TMDB_BASE_URL: baseUrl as string,
      TMDB_EXPORT_URL: exportUrl as string,
      TMDB_RATE: '600',
    });
    await system.ready;
  }, 300_000);

  afterAll(async () => {
    await system?.stop('SIGINT');
    await source?.stop();
    await temporal?.stop();
    removeFolder(folder);
  });

  it('5: ranks ten genres for next year, says how sure that is, and whether it beats "as last year"', async () => {
    const { genreForecast, models, snapshot } = await ask<{
      snapshot: { dataYear: number };
      genreForecast: {
        year: number;
        model: string;
        ranking: Record<'rank' | 'index' | 'lower' | 'upper' | 'lower95' | 'upper95', number>[];
      };
      models: {
        name: string;
        task: string;
        served: boolean;
        metrics: { name: string; value: number; baseline: string; baselineValue: number }[];
      }[];
    }>(
      url,
      `{ snapshot { dataYear } genreForecast { year model ranking { rank genre index lower upper lower95 upper95 } }
         models { name task served metrics { name value baseline baselineValue } } }`,
    );
    expect(genreForecast.year).toBe(snapshot.dataYear + 1);
    expect(genreForecast.ranking.length).toBe(10);
    genreForecast.ranking.forEach((entry, at) => {
      expect(entry.rank).toBe(at + 1);
      expect(entry.lower95).toBeLessThanOrEqual(entry.lower);
      expect(entry.lower).toBeLessThanOrEqual(entry.index);
      expect(entry.index).toBeLessThanOrEqual(entry.upper);
      expect(entry.upper).toBeLessThanOrEqual(entry.upper95);
      expect(entry.index).toBeLessThanOrEqual(genreForecast.ranking[at - 1]?.index ?? Infinity);
    });
    const served = models.filter(({ task, served: is }) => task === 'genreForecast' && is);
    expect(served.map(({ name }) => name)).toEqual([genreForecast.model]);
    expect(
      served[0]?.metrics.some(({ baseline, baselineValue }) => baseline === 'naive' && baselineValue > 0),
    ).toBe(true);
  });

  it('6: says what a plain forest of 50 trees makes of genre and year, beside the mean', async () => {
    const { models } = await ask<{
      models: {
        name: string;
        metrics: { name: string; value: number; baseline: string; baselineValue: number }[];
      }[];
    }>(url, '{ models { name metrics { name value baseline baselineValue } } }');
    const errors = models
      .filter(({ name }) => name === 'forest50')
      .flatMap(({ metrics }) => metrics)
      .filter(({ name, baseline }) => name.startsWith('RMSE') && baseline === 'mean');
    expect(errors.length).toBeGreaterThan(0);
    for (const { value, baselineValue } of errors) {
      expect(value).toBeGreaterThan(0);
      expect(baselineValue).toBeGreaterThan(0);
    }
  });

  it('7 and 8: predicts a planned film’s rating and revenue, with reasons and what it did not know', async () => {
    const { people } = await ask<{ people: { name: string }[] }>(
      url,
      '{ people(role: DIRECTOR, first: 1) { name } }',
    );
    const movie = {
      genres: ['Drama'],
      year: 2026,
      month: 10,
      runtime: 110,
      budget: 20_000_000,
      directors: [people[0]?.name],
      cast: ['Nobody Whom We Know'],
    };
    const { predictRating, predictRevenue } = await ask<{
      predictRating: Record<'rating' | 'lower' | 'upper' | 'probabilityGood' | 'threshold', number> & {
        good: boolean;
        unknown: string[];
        reasons: unknown[];
      };
      predictRevenue: Record<'revenue' | 'lower' | 'upper' | 'probabilityProfit', number>;
    }>(
      url,
      `query ($movie: MovieInput!) {
        predictRating(movie: $movie) { rating lower upper level good probabilityGood threshold model unknown reasons { feature value effect } }
        predictRevenue(movie: $movie) { revenue lower upper level probabilityProfit model unknown reasons { feature value effect } } }`,
      { movie },
    );
    expect(predictRating.rating).toBeGreaterThan(predictRating.lower);
    expect(predictRating.rating).toBeLessThan(predictRating.upper);
    expect(predictRating.good).toBe(predictRating.rating >= predictRating.threshold);
    expect(predictRating.probabilityGood).toBeGreaterThanOrEqual(0);
    expect(predictRating.probabilityGood).toBeLessThanOrEqual(1);
    expect(JSON.stringify(predictRating.unknown)).toContain('Nobody Whom We Know');
    expect(predictRevenue.revenue).toBeGreaterThan(0);
    expect(predictRevenue.lower).toBeLessThanOrEqual(predictRevenue.revenue);
    expect(predictRevenue.probabilityProfit).toBeGreaterThanOrEqual(0);
    expect(predictRevenue.probabilityProfit).toBeLessThanOrEqual(1);
  });

  it('10: says that personal recommendations are not trained', async () => {
    await expect(
      ask(url, '{ recommend(ratings: [{ movieId: 1, rating: 8 }]) { predictedRating } }'),
    ).rejects.toThrow(/no personal model/);
  });

  it('16: starts from Temporal with {}, and a second run with the same content publishes nothing new', async () => {
    const outcome = await execute('{}', 'by-hand');
    expect(outcome.stderr).toBe('');
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toContain('synthetic:3000:5/1');
    const { snapshots, runs } = await ask<{ snapshots: { id: string }[]; runs: Run[] }>(
      url,
      `{ snapshots { id } runs { ${RUN} } }`,
    );
    expect(snapshots.map(({ id }) => id)).toEqual(['synthetic:3000:5/1']);
    const byHand = runs[0] as Run;
    expect(byHand.tasks.filter(({ name }) => name !== 'snapshot').map(({ status }) => status)).toEqual(
      new Array(byHand.tasks.length - 1).fill('CACHED'),
    );
    expect(byHand.tasks.every(({ reason }) => reason !== null)).toBe(true);
  });

  it('16: refuses an input that it does not know at once, naming the fields that it does', async () => {
    const outcome = await execute('{"catalog":"x"}', 'misspelt');
    expect(outcome.code).not.toBe(0);
    const said = outcome.stdout + outcome.stderr;
    for (const word of ['catalog', 'catalogue', 'limit', 'force', 'ids', 'retryDeadLettersOf'])
      expect(said).toContain(word);
  });

  it('14 and 18: shows a run live, pauses it, slows it to 10 requests a second, and lets it go on', async () => {
    const started = await mutate('startRun', 'input: { force: true }');
    const seen: Run[] = [];
    const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    const live = (async () => {
      for await (const { data } of client.iterate<{ runProgress: Run }>({
        query: `subscription ($id: ID!) { runProgress(id: $id) { ${RUN} } }`,
        variables: { id: started.id },
      }))
        if (data) seen.push(data.runProgress);
    })();
    await until('films are being fetched', 60, () => recently(2) > 20);

    const paused = await mutate('pauseRun', `id: "${started.id}"`);
    expect(paused.status).toBe('PAUSED');
    expect(paused.notice).toMatch(/resume/);
    // Running batches look at their pace every 2 s; then they end.
    await until('nobody is asked any more', 60, () => recently(2) === 0);
    const pausedAt = Date.now();

    await mutate('setRate', `id: "${started.id}", ratePerSecond: 10`);
    const resumed = await mutate('resumeRun', `id: "${started.id}"`);
    expect(resumed.status).toBe('RUNNING');
    await until('40 more films are asked for', 120, () => asked(pausedAt).length >= 40);
    const [first, last] = [asked(pausedAt)[0], asked(pausedAt)[39]] as [number, number];
    // At 10 a second 40 requests take 4 s, but each of the four batches may begin at once.
    expect(last - first).toBeGreaterThan(2500);

    await mutate('setRate', `id: "${started.id}", ratePerSecond: 5000`);
    await until('the run has ended', 120, async () => (await run(started.id)).status === 'COMPLETED');
    await live;
    await client.dispose();
    expect(seen.at(-1)?.status).toBe('COMPLETED');
    expect(seen.some(({ status }) => status === 'PAUSED')).toBe(true);
    const documents = seen.flatMap(({ tasks }) => tasks.filter(({ name }) => name === 'documents'));
    expect(documents.some(({ done, total }) => done !== null && done > 0 && total === 3000)).toBe(true);
    expect(documents.some(({ etaSeconds }) => etaSeconds !== null && etaSeconds > 0)).toBe(true);
  }, 300_000);

  it('refuses a rate that makes no sense, naming the range', async () => {
    const { runs } = await ask<{ runs: Run[] }>(url, `{ runs(first: 1) { ${RUN} } }`);
    await expect(mutate('setRate', `id: "${runs[0]?.id}", ratePerSecond: -3`)).rejects.toThrow(
      /0\.1.*10,?000/,
    );
  });

  it('cancels a run, which then publishes nothing', async () => {
    const started = await mutate('startRun', 'input: { force: true }');
    await until('films are being fetched', 60, () => recently(2) > 20);
    await mutate('cancelRun', `id: "${started.id}"`);
    await until('the run has ended', 120, async () => (await run(started.id)).status === 'CANCELED');
    const { snapshots } = await ask<{ snapshots: { id: string }[] }>(url, '{ snapshots { id } }');
    expect(snapshots.length).toBe(1);
    await expect(mutate('pauseRun', `id: "${started.id}"`)).rejects.toThrow(/ended/);
  });

  it('17: a wrong key fails the run at once, says where to get one, and the earlier snapshot stays served', async () => {
    const other = temporaryFolder('wrong-key');
    const guarded = launch(
      ['tmdb-server', '--catalogue', 'synthetic:300', '--port', '0', '--require-token', 'right'],
      {},
    );
    try {
      const { url: baseUrl, exportUrl } = await guarded.ready;
      const settings = {
        MARQUEE_DATA: join(other, 'data'),
        MARQUEE_CATALOGUE: 'tmdb',
        MARQUEE_PORT: '0',
        TEMPORAL_ADDRESS: temporal.address,
        TMDB_BASE_URL: baseUrl as string,
        TMDB_EXPORT_URL: exportUrl as string,
      };
      const wrong = await marquee(['start', '--once'], { ...settings, TMDB_ACCESS_TOKEN: 'wrong' });
      expect(wrong.code).toBe(1);
      expect(wrong.stderr).toContain('Task documents failed');
      expect(wrong.stderr).toContain('https://www.themoviedb.org/settings/api');
      const right = await marquee(['start', '--once'], { ...settings, TMDB_ACCESS_TOKEN: 'right' });
      expect(right.stderr).toBe('');
      expect(right.code).toBe(0);
      // Once more with the wrong key: another selection, so that it must fetch.
      const again = await marquee(['start', '--once', '--limit', '100'], {
        ...settings,
        TMDB_ACCESS_TOKEN: 'wrong',
      });
      expect(again.code === 0 || again.stderr.includes('settings/api')).toBe(true);
      const api = launch(['serve'], settings);
      const { snapshot } = await ask<{ snapshot: { movieCount: number } }>(
        (await api.ready).url as string,
        '{ snapshot { movieCount } }',
      );
      expect(snapshot.movieCount).toBeGreaterThan(90);
      await api.stop();
    } finally {
      await guarded.stop();
      removeFolder(other);
    }
  }, 300_000);
});
