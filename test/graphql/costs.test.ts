import { readdirSync, readFileSync } from 'node:fs';
import {
  extendSchema,
  getNamedType,
  getNullableType,
  isIntrospectionType,
  isListType,
  isObjectType,
  Kind,
  parse,
  type GraphQLSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { COSTS, FIELD, OBJECT, TEXT, VALUE, WORD } from '../../graphql/limits/costs.js';
import { countedFields } from '../../graphql/limits/fields.js';
import { LIMITS, measure } from '../../graphql/limits/measure.js';
import { apiSchema } from '../../graphql/schema.js';
import { snippetsOf } from '../docs/snippets.js';

const schema = apiSchema();
const counted = countedFields(schema);

function costOf(query: string, variables: Record<string, unknown> = {}): number {
  const document = parse(query);
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  return Math.max(...operations.map((one) => measure(one, document, counted, variables).cost));
}

/** Root fields and resolvers that nobody has said the weight of, and lists that nobody has said the size of. */
function unpriced(of: GraphQLSchema): string[] {
  const roots = [of.getQueryType(), of.getMutationType(), of.getSubscriptionType()];
  const types = Object.values(of.getTypeMap()).filter(isObjectType);
  const sized = types.flatMap((type) =>
    Object.values(type.getFields()).flatMap(({ args, type: gives }) =>
      args.some(({ name }) => name === 'first' || name === 'last') ? [getNamedType(gives).name] : [],
    ),
  );
  return types.flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) => {
      const id = `${type.name}.${field.name}`;
      const { weight, size } = COSTS[id] ?? {};
      const answers = roots.includes(type) || (field.resolve !== undefined && !isIntrospectionType(type));
      const isSized =
        size !== undefined ||
        !isListType(getNullableType(field.type)) ||
        field.args.some(({ name }) => name === 'first' || name === 'last') ||
        // As long as the `first` of the field that gives this type.
        sized.includes(type.name);
      return (answers && weight === undefined) || !isSized ? [id] : [];
    }),
  );
}

describe('the table of costs', () => {
  it('has every root field, every resolver and the size of every list', () => {
    expect(unpriced(schema)).toEqual([]);
  });

  it('would miss a field that is new', () => {
    const more = parse('extend type Query { other: Int } extend type Movie { seen: [Movie!]! }');
    expect(unpriced(extendSchema(schema, more))).toEqual(['Query.other', 'Movie.seen']);
  });

  it('has no field that the schema lacks', () => {
    const known = [...counted].flatMap(([type, fields]) =>
      [...fields.keys()].map((name) => `${type}.${name}`),
    );
    expect(Object.keys(COSTS).filter((id) => !known.includes(id))).toEqual([]);
  });
});

/** Rows of the measured table: what, microseconds the first time, again, and what is charged. */
const measured = readFileSync(new URL('../../docs/benchmarks.md', import.meta.url), 'utf8')
  .split('<!-- bench: ')
  .find((section) => section.startsWith('cost -->'))!
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, name]) => /^(\w+\.\w+|field|object|text|value|word)\b/.test(name ?? ''))
  .map(([, name, first, , charged]) => ({ name: name!, first: number(first!), charged: number(charged!) }));

function number(cell: string): number {
  return Number(cell.replaceAll(',', ''));
}

describe('what is charged', () => {
  it.each(measured)('for $name is what docs/benchmarks.md says, and about what was measured', (row) => {
    const [, field, each] = /^(\w+\.\w+)(, each of)?/.exec(row.name) ?? [];
    const { weight, entries } = COSTS[field ?? ''] ?? {};
    const classes: Record<string, number> = {
      field: FIELD,
      object: OBJECT,
      text: TEXT,
      value: VALUE,
      word: WORD,
    };
    expect((each === undefined ? weight : entries?.weight) ?? classes[row.name]).toBe(row.charged);
    // Smaller ones are within the error of the measurement, and decide nothing.
    if (row.first >= 1000) expect(row.charged).toBeGreaterThan(0.8 * row.first);
  });

  it('is measured for what is dearest', () => {
    const dear = Object.entries(COSTS).filter(
      ([id, { weight }]) => (weight ?? 0) >= 1000 && id.startsWith('Query.'),
    );
    expect(dear.length).toBeGreaterThan(5);
    for (const [id] of dear) expect(measured.map(({ name }) => name.split(/,| – /)[0])).toContain(id);
  });
});

describe('the cost of a query', () => {
  const page = (first: string): string => `movies(first: ${first}) { totalCount nodes { id title } }`;
  const one = costOf(`{ ${page('1')} }`);
  const film = costOf(`{ ${page('2')} }`) - one;

  it('is that of its field, and as much again for each film of its page', () => {
    expect(one).toBeGreaterThan(COSTS['Query.movies']!.weight!);
    expect(film).toBeGreaterThan(0);
    expect(costOf(`{ ${page('100')} }`)).toBeCloseTo(one + 99 * film);
    expect(costOf(`query ($n: Int) { ${page('$n')} }`, { n: 100 })).toBeCloseTo(one + 99 * film);
    expect(costOf(`query ($n: Int = 100) { ${page('$n')} }`)).toBeCloseTo(one + 99 * film);
    for (const byDefault of [
      costOf('{ movies { totalCount nodes { id title } } }'),
      costOf(`query ($n: Int) { ${page('$n')} }`),
      costOf(`query ($n: Int = 1) { ${page('$n')} }`, { n: null }),
    ])
      expect(byDefault).toBeCloseTo(one + 19 * film);
  });

  it('multiplies the films of a page, and not what stands beside them', () => {
    const beside = (first: number): number =>
      costOf(`{ movies(first: ${first}) { pageInfo { endCursor } } }`);
    expect(beside(100)).toBe(beside(1));
    const none = (inside: string): number => costOf(`{ movies(first: 0) { nodes { ${inside} } } }`);
    expect(none('id cast(first: 100)')).toBe(none('id cast(first: 1)'));
  });

  it('is the same in fragments, whichever list they are spread in', () => {
    const fragments =
      'fragment p on MovieConnection { totalCount ...n } fragment n on MovieConnection { nodes { ...f } } fragment f on Movie { id title }';
    expect(costOf(`{ movies(first: 100) { ...p } } ${fragments}`)).toBeCloseTo(one + 99 * film);
    expect(costOf(`{ a: movies(first: 1) { ...p } b: movies(first: 3) { ...p } } ${fragments}`)).toBeCloseTo(
      2 * one + 2 * film,
    );
    expect(
      costOf('{ movies(first: 1) { ... on MovieConnection { totalCount ... { nodes { id title } } } } }'),
    ).toBe(one);
  });

  it('sums up over aliases', () => {
    const reasons = 'predictRating(movie: { genres: [], year: 2000 }) { reasons { feature } }';
    expect(costOf(`{ a: ${reasons} b: ${reasons} c: ${reasons} }`)).toBe(3 * costOf(`{ ${reasons} }`));
  });

  it('grows with the ratings that somebody is judged by, also where they are a variable', () => {
    const query = 'query ($r: [RatingInput!]!) { recommend(ratings: $r) { predictedRating } }';
    const rating = { movieId: 5, rating: 7 };
    const each = costOf(query, { r: [rating, rating] }) - costOf(query, { r: [rating] });
    expect(each).toBe(COSTS['Query.recommend']!.entries!.weight);
    expect(costOf('{ recommend(ratings: [{ movieId: 5, rating: 7 }]) { predictedRating } }')).toBe(
      costOf(query, { r: [rating] }),
    );
  });

  it('counts genres that are named, and the days of each', () => {
    const series = (genres: string, last: number): number =>
      costOf(
        `query ($g: [String!]) { genrePopularityHistory(genres: ${genres}, last: ${last}) { days { day } } }`,
        {
          g: ['Drama', 'Comedy'],
        },
      );
    const day = series('["Drama"]', 2) - series('["Drama"]', 1);
    expect(day).toBeGreaterThan(0);
    expect(series('$g', 2) - series('$g', 1)).toBeCloseTo(2 * day);
    expect(series('null', 2) - series('null', 1)).toBeCloseTo(20 * day);
  });

  it('counts days as days: a history may be longer than a page', () => {
    const days = (last: string): number => costOf(`{ movie(id: 5) { popularityHistory${last} { day } } }`);
    expect(days('(last: 366)') - days('(last: 365)')).toBeGreaterThan(0);
    expect(days('')).toBe(days('(last: 90)'));
  });
});

/** Queries in the text of a script of the page, with the constants that they are put together from. */
function queriesIn(text: string): string[] {
  const constants = new Map<string, string>();
  for (const [, name, , quoted] of text.matchAll(/const (\w+) =\s+([`'])([^`']*)\2/g))
    constants.set(
      name!,
      quoted!.replace(/\$\{(\w+)\}/g, (_, other: string) => constants.get(other) ?? ''),
    );
  const written = [...text.matchAll(/[`']((?:query|mutation|subscription) \w+[^`']*)[`']/g)].map(
    ([, query]) => query!.replace(/\$\{(\w+)\}/g, (_, other: string) => constants.get(other) ?? ''),
  );
  return written;
}

describe('a tenth of what is legal', async () => {
  const page = new URL('../../web/page/', import.meta.url);
  const { QUESTIONS } = (await import(new URL('questions.js', page).href)) as {
    QUESTIONS: { title: string; query: string; variables?: Record<string, unknown> }[];
  };
  const scripts = readdirSync(page)
    .filter((file) => file !== 'questions.js')
    .flatMap((file) =>
      queriesIn(readFileSync(new URL(file, page), 'utf8')).map((query) => ({
        title: `${file}: ${query.slice(0, 30)}`,
        query,
      })),
    );
  const films = readFileSync(new URL('../../examples/client/films.tsx', import.meta.url), 'utf8');
  const ready: { title: string; query: string; variables?: Record<string, unknown> }[] = [
    ...QUESTIONS,
    ...scripts,
    ...snippetsOf('docs/api.md')
      .filter(({ language }) => language === 'graphql')
      .map(({ heading, text }) => ({ title: `docs/api.md, ${heading}`, query: text })),
    { title: 'examples/client', query: /graphql\(`([^`]*)`/.exec(films)![1]! },
  ];

  it('is found in all places', () => {
    expect(scripts.length).toBeGreaterThan(15);
    expect(ready.length).toBeGreaterThan(40);
  });

  it.each(ready)('is enough for $title', ({ query, variables }) => {
    expect(costOf(query, variables)).toBeLessThan(LIMITS.cost / 10);
  });
});
