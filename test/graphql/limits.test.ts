import { getIntrospectionQuery } from 'graphql';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyFolder, serveFolder, type Answer, type Api } from './api.js';
import { testFilms, writeSnapshot } from './snapshot.js';

let api: Api;
beforeAll(async () => {
  const folder = emptyFolder();
  writeSnapshot(join(folder, 'data'), testFilms(40));
  api = await serveFolder(folder);
});
afterAll(async () => await api.close());

const repeat = (count: number, make: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join(' ');
const deep = (levels: number): string =>
  levels === 0 ? 'id' : `credits(first: 1) { movie { ${deep(levels - 1)} } }`;

function refused({ data, errors }: Answer): void {
  expect(data).toBeUndefined();
  expect(errors.map(({ extensions }) => extensions.code)).toContain('QUERY_TOO_COMPLEX');
}

describe('a query is refused before it is executed', () => {
  it('when it is too deep, also in fragments and inline', async () => {
    refused(await api.post({ query: `{ movie(id: 5) { ${deep(8)} } }` }));
    refused(
      await api.post({
        query: `{ movie(id: 5) { ...a } } fragment a on Movie { ${deep(4)} ...b } fragment b on Movie { ${deep(8)} }`,
      }),
    );
    refused(await api.post({ query: `{ ... on Query { movie(id: 5) { ... on Movie { ${deep(8)} } } } }` }));
  });

  it('when it has too many aliases, also spread', async () => {
    refused(await api.post({ query: `{ ${repeat(31, (i) => `a${i}: genres { name }`)} }` }));
    refused(
      await api.post({
        query: `{ x: movie(id: 5) { ...f } y: movie(id: 8) { ...f } } fragment f on Movie { ${repeat(15, (i) => `t${i}: title`)} }`,
      }),
    );
  });

  it('when it has too many directives, also on spreads', async () => {
    refused(await api.post({ query: `{ genres { ${repeat(21, () => 'name @include(if: true)')} } }` }));
    refused(
      await api.post({
        query: `{ genres { ${repeat(21, () => '...f @include(if: true)')} } } fragment f on Genre { name }`,
      }),
    );
  });

  it('when its fragments multiply', async () => {
    const fragments = repeat(20, (i) => `fragment f${i} on Movie { ...f${i + 1} ...f${i + 1} }`);
    const started = performance.now();
    refused(
      await api.post({ query: `{ movie(id: 5) { ...f0 } } ${fragments} fragment f20 on Movie { id title }` }),
    );
    expect(performance.now() - started).toBeLessThan(1000);
    refused(
      await api.post({
        query: `{ movie(id: 5) { ...__schema } } ${fragments.replaceAll('f0 ', '__schema ')} fragment f20 on Movie { id }`,
      }),
    );
  });

  it('when its lists multiply, also where the sizes are variables', async () => {
    const query = (size: string): string =>
      `movies(first: ${size}) { nodes { credits(first: ${size}) { movie { credits(first: ${size}) { character } } } } }`;
    refused(await api.post({ query: `{ ${query('100')} }` }));
    refused(await api.post({ query: `query ($n: Int) { ${query('$n')} }`, variables: { n: 100 } }));
    refused(await api.post({ query: `query ($n: Int = 100) { ${query('$n')} }` }));
    const { errors } = await api.post({ query: `query ($n: Int) { ${query('$n')} }`, variables: { n: 3 } });
    expect(errors).toEqual([]);
  });

  it('when it asks for what is dear too often, and says how much that is', async () => {
    const history = 'movie(id: 5) { popularityHistory { day } }';
    const dear = await api.post({ query: `{ ${repeat(30, (i) => `a${i}: ${history}`)} }` });
    refused(dear);
    expect(dear.errors[0]?.message).toMatch(
      /^The query would take up to \d+ ms of CPU time, list sizes multiplied; legal are at most \d+ ms\. Ask in parts\.$/,
    );
    const [found, most] = (dear.errors[0]?.message.match(/\d+(?= ms)/g) ?? []).map(Number);
    expect(found).toBeGreaterThan(most!);
    expect((await api.post({ query: `{ ${repeat(30, (i) => `a${i}: genres { name }`)} }` })).errors).toEqual(
      [],
    );
    // Each of these has fewer than 50,000 fields in its answer: it is what they look up that is too much.
    refused(await api.post({ query: '{ movies(first: 100) { nodes { popularityHistory { day } } } }' }));
    const films = 'person { movies(first: 1) { totalCount } }';
    refused(
      await api.post({ query: `{ movies(first: 100) { nodes { credits(first: 100) { ${films} } } } }` }),
    );
    const recommend = 'recommend(ratings: $r) { predictedRating }';
    const own = `query ($r: [RatingInput!]!) { ${repeat(4, (i) => `a${i}: ${recommend}`)} }`;
    const ratings = (count: number) => ({
      r: Array.from({ length: count }, (_, i) => ({ movieId: i, rating: 5 })),
    });
    refused(await api.post({ query: own, variables: ratings(1000) }));
    // Of this snapshot there is no personal model: it is the resolver that says so.
    const few = await api.post({ query: own, variables: ratings(2) });
    expect(few.errors.map(({ extensions }) => extensions.code)).not.toContain('QUERY_TOO_COMPLEX');
  });

  it('when it is too long', async () => {
    for (const [query, tokens] of [
      [`{ genres { ${repeat(2001, () => 'name')} } }`, 2006],
      [`{ genres { # of films\n ${repeat(1996, () => 'name')} } }`, 2001],
      // From ¿ on there are none.
      [`{ genres { ${repeat(3000, () => 'name')} ¿ } }`, 3003],
    ] as const) {
      const long = await api.post({ query });
      refused(long);
      expect(long.errors.map(({ message }) => message)).toEqual([
        `The query has ${tokens} tokens; legal are at most 2000. Ask in parts.`,
      ]);
    }
    const answer = await api.post({ query: `{ genres { name } } # ${'x'.repeat(100_000)}` });
    expect(answer.status).toBe(413);
    expect(answer.errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('when fragments go in circles', async () => {
    const { errors } = await api.post({
      query: '{ movie(id: 5) { ...a } } fragment a on Movie { ...b } fragment b on Movie { ...a }',
    });
    expect(errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });
});

it('as many films as may have their histories pass, and one more is refused by the field', async () => {
  const histories = (first: number) => `{ movies(first: ${first}) { nodes { popularityHistory { day } } } }`;
  expect((await api.post({ query: histories(20) })).errors).toEqual([]);
  const { errors } = await api.post({ query: histories(21) });
  expect(errors[0]?.message).toMatch(/more than 20 films/);
});

it('the standard introspection query passes', async () => {
  for (const query of [
    getIntrospectionQuery(),
    getIntrospectionQuery({
      descriptions: true,
      inputValueDeprecation: true,
      schemaDescription: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
    }),
  ]) {
    const { errors, status } = await api.post({ query });
    expect(errors).toEqual([]);
    expect(status).toBe(200);
  }
});
