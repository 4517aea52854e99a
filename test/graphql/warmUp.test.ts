import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openStore } from '../../dataset/store.js';
import type { Services } from '../../graphql/context.js';
import { loadSnapshot } from '../../graphql/data/loadSnapshot.js';
import { OPERATIONS, WarmUp } from '../../graphql/http/warmUp.js';
import { formatOf } from '../../models/films/model.js';
import { History } from '../../models/films/history.js';
import { apiSchema } from '../../graphql/schema.js';
import { emptyFolder, serveFolder, type Api } from './api.js';
import { testFilms, writeSnapshot } from './snapshot.js';

/** The lines of what was counted of clients. */
const counted = async ({ url }: Api): Promise<string[]> =>
  (await (await fetch(`${url}/metrics`)).text())
    .split('\n')
    .filter((line) => /^marquee_graphql_(requests|duration|errors|cache)/.test(line) && !line.endsWith(' 0'));

describe('questions that nobody asked', () => {
  const folder = emptyFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are legal, and a snapshot answers all of them but those to models that it lacks', async () => {
    const manifest = writeSnapshot(join(folder, 'data'), testFilms(60));
    const snapshot = await loadSnapshot(await openStore(join(folder, 'data')), manifest);
    const warmUp = new WarmUp(apiSchema(), { served: { newest: null } } as unknown as Services);
    await warmUp.start();
    const answers = (await warmUp.run(snapshot)).map((text) => JSON.parse(text) as Record<string, unknown>);
    await warmUp.stop();
    expect(answers).toHaveLength(OPERATIONS.length);
    for (const [i, { data, errors }] of answers.entries()) {
      if (errors === undefined) expect(Object.values(data as object)).not.toContain(null);
      else
        expect([OPERATIONS[i]!.query, errors]).toEqual([
          expect.stringContaining('predict'),
          [expect.objectContaining({ extensions: { code: 'MODEL_NOT_TRAINED' } })],
        ]);
    }
    expect(answers.filter(({ errors }) => errors === undefined).length).toBe(OPERATIONS.length - 2);
  });
});

describe('a server that has warmed up', () => {
  it('has counted, kept and logged nothing of it', async () => {
    const folder = emptyFolder();
    writeSnapshot(join(folder, 'data'), testFilms(60));
    const api = await serveFolder(folder);
    try {
      expect(await counted(api)).toEqual([]);
      expect(api.log.map(({ msg }) => msg)).toEqual(['snapshot served']);
      const { query, variables } = OPERATIONS[2]!;
      await api.ask(query, variables);
      const lines = await counted(api);
      expect(lines).toContain('marquee_graphql_cache_total{result="miss"} 1');
      expect(lines).toContain('marquee_graphql_requests_total{operation="query",field="movies"} 1');
      expect(lines.join('\n')).not.toContain('hit');
    } finally {
      await api.close();
    }
  });

  it('starts without a snapshot as well, and serves the first that is published', async () => {
    const folder = emptyFolder();
    const api = await serveFolder(folder);
    try {
      expect(await counted(api)).toEqual([]);
      expect((await api.post({ query: '{ genres { name } }' })).errors[0]!.extensions.code).toBe(
        'SNAPSHOT_NOT_READY',
      );
      writeSnapshot(join(folder, 'data'), testFilms(30));
      await expect
        .poll(async () => (await fetch(`${api.url}/health/ready`)).status, { timeout: 60_000 })
        .toBe(200);
      expect(await api.ask('{ snapshot { movieCount } }')).toEqual({ snapshot: { movieCount: 30 } });
      expect(api.log.map(({ msg }) => msg)).toEqual(['snapshot served']);
    } finally {
      await api.close();
    }
  });

  it('serves a snapshot whose model is damaged inside: the model alone does not answer', async () => {
    const folder = emptyFolder();
    const json = {
      format: formatOf('rating'),
      trained: true,
      knowledge: { history: History.of([], []) },
      answer: { kind: 'none' },
      errors: [],
    };
    writeSnapshot(join(folder, 'data'), testFilms(30), { texts: { ratingModel: JSON.stringify(json) } });
    const api = await serveFolder(folder);
    try {
      expect(await api.ask('{ snapshot { movieCount } }')).toEqual({ snapshot: { movieCount: 30 } });
      const { errors } = await api.post({
        query: '{ predictRating(movie: { genres: ["Drama"], year: 2020 }) { rating } }',
      });
      expect(errors[0]!.extensions.code).toBe('INTERNAL_SERVER_ERROR');
    } finally {
      await api.close();
    }
  });
});
