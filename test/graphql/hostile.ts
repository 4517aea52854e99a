import type { GraphQLSchema } from 'graphql';
import { drawOperation, type Draw } from './operations.js';

/** Requests that somebody would send who wants the server to fall over, drawn from a seed. */

export interface Request {
  readonly kind: string;
  readonly method: 'POST' | 'GET' | 'PUT' | 'HEAD' | 'OPTIONS';
  readonly headers: Readonly<Record<string, string>>;
  /** Of a GET: the query of its address. */
  readonly search: string;
  readonly body: Buffer | undefined;
}

export interface Payload {
  readonly query: unknown;
  readonly variables?: unknown;
  readonly operationName?: unknown;
}

const repeat = (count: number, make: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => make(at)).join(' ');

/** Each fragment spreads the next one twice: 2^n fields when they are written out. */
const doubling = (levels: number, name = 'f0'): string =>
  `{ movie(id: 5) { ...${name} } } ${repeat(levels, (at) => `fragment ${at === 0 ? name : `f${at}`} on Movie { ...f${at + 1} ...f${at + 1} }`)} fragment f${levels} on Movie { id title }`;

const nested = (levels: number): string =>
  levels === 0 ? 'id' : `credits(first: 1) { movie { ${nested(levels - 1)} } }`;

const types = (levels: number): string =>
  levels === 0 ? 'name' : `fields { name type { ${types(levels - 1)} } }`;

/**
 * What passed the limits of others: https://github.com/advisories/GHSA-733v-p3h5-qpq7 (whatever is called
 * `__schema` counted as introspection), graphql-armor's #823 (the same in its depth limit), #824 (a fragment's depth
 * was kept from where it was met first) and #738 (aliases of `__typename` were free). All ask for more than is legal.
 */
export const BYPASSES: Readonly<Record<string, string>> = {
  'a fragment called __schema': `{ ...__schema } fragment __schema on Query { ${repeat(40, (at) => `a${at}: genres { name }`)} }`,
  'an operation called __schema': `query __schema { ${repeat(40, (at) => `a${at}: genres { name }`)} }`,
  'depth in a fragment called __schema': `{ movie(id: 5) { ${nested(3).replace('id', '...__schema')} } } fragment __schema on Movie { ${nested(6)} }`,
  'cost in a fragment called __schema': `{ movies(first: 100) { nodes { ...__schema } } } fragment __schema on Movie { credits(first: 100) { movie { credits(first: 100) { order } } } }`,
  'aliases of a dear field': `{ ${repeat(30, (at) => `a${at}: movie(id: 5) { ...h }`)} } fragment h on Movie { popularityHistory { day } }`,
  'a dear field in a list of lists': `{ movies(first: 100) { nodes { ...p } } } fragment p on Movie { credits(first: 100) { person { movies(first: 1) { totalCount } } } }`,
  'a fragment met near the top first': `{ movie(id: 5) { ...f ${nested(4).replace('id', '...f')} } } fragment f on Movie { ${nested(4)} }`,
  'aliases of __typename': `{ ${repeat(40, (at) => `a${at}: __typename`)} }`,
  'directives on spreads': `{ genres { ${repeat(40, () => '...f @include(if: true)')} } } fragment f on Genre { name }`,
  'fragments that double': doubling(20),
  'fragments that double, called __schema': doubling(20, '__schema'),
  'inline fragments': `{ ... on Query { movie(id: 5) { ... on Movie { ${nested(9)} } } } }`,
  'introspection in circles': `{ __schema { types { ${types(8)} } } }`,
};

/** An object in an object in an object. */
function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = { genres: value };
  return value;
}

const TEMPLATES: readonly ((draw: Draw) => Payload)[] = [
  (draw) => ({ query: draw.pick(Object.values(BYPASSES)) }),
  ({ below }) => ({ query: doubling(1 + below(40)) }),
  ({ below }) => ({ query: `{ movie(id: 5) { ${nested(below(60))} } }` }),
  ({ below }) => ({ query: `{ ${repeat(1 + below(400), (at) => `a${at}: __typename`)} }` }),
  ({ below }) => ({ query: `{ ${repeat(1 + below(900), () => 'genres { name }')} }` }),
  ({ below }) => ({ query: `{ genres { name ${repeat(below(90), () => '@include(if: true)')} } }` }),
  ({ below }) => ({ query: `{ __schema { types { ${types(below(30))} } } }` }),
  ({ below }) => ({ query: `${'{ a '.repeat(below(900))}` }),
  ({ below }) => ({ query: `{ movies(filter: { genres: ${'['.repeat(below(900))} }) { totalCount } }` }),
  ({ below }) => ({ query: `{ movies(filter: { title: "${'ä'.repeat(below(30_000))}" }) { totalCount } }` }),
  ({ below }) => ({ query: `{ movie(id: ${'9'.repeat(1 + below(400))}) { id } }` }),
  ({ pick }) => ({
    query: `{ movies(first: ${pick(['-1', '1e999', '101', 'null', '2147483648', '-0'])}) { totalCount } }`,
  }),
  ({ below }) => ({
    query: repeat(1 + below(300), (at) => `query q${at} { genres { name } }`),
    operationName: 'q0',
  }),
  ({ below }) => ({ query: `query (${repeat(1 + below(300), (at) => `$v${at}: Int`)}) { genres { name } }` }),
  ({ below }) => ({
    query: `{ genres { name } } ${repeat(below(150), (at) => `fragment u${at} on Genre { name }`)}`,
  }),
  ({ below }) => ({
    query: `{ movies(first: 100) { nodes { credits(first: ${1 + below(100)}) { movie { credits { person { movies(first: ${1 + below(100)}) { totalCount } } } } } } } }`,
  }),
  ({ below, pick }) => {
    const dear = pick([
      'predictRating(movie: { genres: ["Drama"], year: 2000 }) { reasons { effect } }',
      'movies(filter: { title: "e" }, first: 100) { nodes { title } }',
      'movie(id: 5) { popularityHistory { day } }',
    ]);
    return { query: `{ ${repeat(1 + below(32), (at) => `a${at}: ${dear}`)} }` };
  },
  ({ below }) => ({
    query: 'query ($r: [RatingInput!]!) { recommend(ratings: $r) { predictedRating } }',
    variables: { r: Array.from({ length: below(900) }, (_, movieId) => ({ movieId, rating: 5 })) },
  }),
  ({ below }) => ({
    query: 'query ($f: MovieFilter) { movies(filter: $f) { totalCount } }',
    variables: { f: deep(below(4000)) },
  }),
  ({ below }) => ({
    query: `{ run(id: "${'x'.repeat(below(3000))}") { id } person(id: "__proto__") { name } }`,
  }),
  () => ({ query: '{ __proto__ { constructor } toString hasOwnProperty }' }),
  () => ({
    query: 'query ($__proto__: Int = 1) { genres { name @skip(if: $constructor) } }',
    variables: { __proto__: 1 },
  }),
  ({ pick }) => ({
    query: pick<unknown>([
      null,
      1,
      true,
      [],
      {},
      '',
      ' ',
      '{',
      '#',
      '\uFEFF',
      '\0',
      '"""',
      '...',
      '{ ...f }',
      'fragment f on Movie { id }',
    ]),
  }),
  ({ pick }) => ({
    query: 'query ($n: Int) { movies(first: $n) { totalCount } }',
    variables: pick<unknown>([
      'text',
      1,
      [1],
      null,
      { n: {} },
      { n: [] },
      { n: 1.5 },
      { n: 1e300 },
      { n: '1' },
    ]),
    operationName: pick<unknown>([null, 1, [], {}, 'other', '']),
  }),
];

const SIGNS = [
  ...'{}()[]:!$@&|=."\\#,\n\t \0é🎬\uFEFF\u2028',
  '"""',
  '...',
  '\\u{110000}',
  '\ud800',
  'on',
  'null',
  '-',
  '1e9',
];

/** A text with a few of its signs taken out, put in or changed. */
function spoil(text: string, { below, pick }: Draw): string {
  let spoilt = text;
  for (let i = 0, times = 1 + below(6); i < times; i++) {
    const at = below(spoilt.length + 1);
    spoilt = spoilt.slice(0, at) + (below(3) > 0 ? pick(SIGNS) : '') + spoilt.slice(at + below(4));
  }
  return spoilt;
}

/** What is asked, whatever carries it. */
export function drawPayload(schema: GraphQLSchema, draw: Draw): Payload {
  const { below, pick } = draw;
  const kind = below(10);
  if (kind < 5) return drawOperation(schema, draw);
  if (kind < 7)
    return { ...drawOperation(schema, draw), query: spoil(drawOperation(schema, draw).query, draw) };
  return pick(TEMPLATES)(draw);
}

const JSON_TYPE = { 'content-type': 'application/json' };
const post = (kind: string, body: Buffer | string, headers: Record<string, string> = JSON_TYPE): Request => ({
  kind,
  method: 'POST',
  headers,
  search: '',
  body: Buffer.from(body as string),
});

export function drawRequest(schema: GraphQLSchema, draw: Draw): Request {
  const { below, chance, pick } = draw;
  const payload = drawPayload(schema, draw);
  const text = JSON.stringify(payload);
  const kind = below(20);
  if (kind < 13)
    return post('payload', text, { ...JSON_TYPE, ...(chance(0.2) ? { accept: pick(ACCEPTS) } : {}) });
  if (kind < 15) {
    const search = `?query=${encodeURIComponent(String(payload.query).toWellFormed().slice(0, 4000))}`;
    const headers: Record<string, string> = chance(0.8) ? { 'apollo-require-preflight': '1' } : {};
    return { kind: 'GET', method: 'GET', headers, search, body: undefined };
  }
  if (kind === 15) {
    // Bytes that are no UTF-8, in the middle of JSON that would otherwise be read.
    const bytes = Buffer.from(text);
    for (let i = 0; i < 1 + below(8); i++) bytes[below(bytes.length)] = 0x80 + below(0x80);
    return post('bytes', bytes);
  }
  if (kind === 16) return post('spoilt JSON', spoil(text, draw));
  if (kind === 17)
    return post(
      'huge',
      `{"query":"{ genres { name } } #${'x'.repeat(below(10) === 0 ? 150_000 : below(30_000))}"}`,
    );
  if (kind === 18)
    return post(
      'other type',
      text,
      pick<Record<string, string>>([
        {},
        { 'content-type': 'text/plain' },
        { 'content-type': 'application/json; charset=x' },
        { 'content-type': 'multipart/form-data' },
      ]),
    );
  return {
    kind: 'method',
    method: pick(['PUT', 'HEAD', 'OPTIONS', 'GET'] as const),
    headers: pick<Record<string, string>>([{}, { accept: 'text/html' }, { origin: 'http://evil.example' }]),
    search: pick([
      '',
      '?query',
      '?query=%',
      '?query=%7Bgenres%7Bname%7D%7D&variables=%7B',
      '?extensions=%7B%7D',
    ]),
    body: undefined,
  };
}

const ACCEPTS = [
  'application/graphql-response+json',
  '*/*',
  'text/html',
  'application/json;q=0',
  ',,',
  'x/y',
];
