import { join } from 'node:path';
import { rmSync } from 'node:fs';
import { graphql } from 'graphql';
import { afterAll, expect, it } from 'vitest';
import { openStore } from '../../dataset/store.js';
import { Context, type Services } from '../../graphql/context.js';
import { loadSnapshot } from '../../graphql/data/loadSnapshot.js';
import { apiSchema } from '../../graphql/schema.js';
import { emptyFolder } from './api.js';
import { testFilms, writeSnapshot } from './snapshot.js';

const folder = emptyFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LISTS = {
  movies: `movies(first: $first, filter: { genres: ["Drama"] }) {
    nodes { title genres cast directors credits { person { name movies(first: $first) { totalCount } } } } }`,
  people: 'people(first: $first) { name person { movies(first: $first) { nodes { title cast } } } }',
  roiRanking: 'roiRanking(first: $first, minBudget: 0) { roi movie { title directors credits { role } } }',
};

it('a longer page takes no more look-ups', async () => {
  const manifest = writeSnapshot(join(folder, 'data'), testFilms(400));
  const snapshot = await loadSnapshot(await openStore(join(folder, 'data')), manifest);
  const services = { served: { newest: snapshot } } as unknown as Services;
  const schema = apiSchema();
  for (const [name, list] of Object.entries(LISTS)) {
    const lookups: number[] = [];
    const lengths: number[] = [];
    for (const first of [1, 5, 100]) {
      const before = snapshot.lookups;
      const { data, errors } = await graphql({
        schema,
        source: `query ($first: Int!) { ${list} }`,
        variableValues: { first },
        contextValue: new Context(services, () => undefined, 10_000),
      });
      expect(errors).toBeUndefined();
      lookups.push(snapshot.lookups - before);
      lengths.push(JSON.stringify(data).length);
    }
    expect(lengths[2], name).toBeGreaterThan(3 * lengths[0]!);
    expect(lookups, name).toEqual([1, 1, 1].map((one) => (name === 'people' ? one - 1 : one)));
  }
});
