import type { seededRandom } from '../../models/random.js';
import type { Question, Vocabulary } from '../graphql/questions.js';

/** What arguments are drawn from, of both snapshots. */
export interface Drawn extends Vocabulary {
  /** Of films that many have rated, and of films that nobody in the ratings has. */
  readonly rated: readonly number[];
  readonly unrated: readonly number[];
  readonly users: readonly string[];
  readonly persons: readonly string[];
  readonly run: string;
}

type Random = ReturnType<typeof seededRandom>;

/** A root field as it is asked, once or many times in one request, with other arguments each time. */
export interface Priced {
  /** The field and what else is measured with it; variables as in a query. */
  readonly text: string;
  /** Where one field is asked in several ways that cost differently. */
  readonly way?: string;
  readonly draw?: (random: Random, of: Drawn) => Record<string, unknown>;
  /** How often it stands in a request; default 1 and 10. */
  readonly times?: readonly number[];
}

const TYPES: Readonly<Record<string, string>> = {
  filter: 'MovieFilter',
  order: 'MovieOrder',
  offset: 'Int',
  id: 'Int!',
  key: 'ID!',
  name: 'String!',
  genres: '[String!]',
  genre: 'String',
  year: 'Int',
  from: 'Int',
  minBudget: 'Float',
  movie: 'MovieInput!',
  ratings: '[RatingInput!]!',
};

const below = (random: Random, n: number): number => Math.floor(random() * n);
const one = <T>(random: Random, of: readonly T[]): T => of[below(random, of.length)]!;
const ORDERS = 'POPULARITY TITLE RELEASE_DATE VOTE_AVERAGE VOTE_COUNT BUDGET REVENUE ROI ID'.split(' ');

const page = (random: Random, of: Drawn): Record<string, unknown> => {
  const fromYear = of.dataYear - below(random, 60);
  return {
    filter: {
      genres: random() < 0.5 ? [one(random, of.genres)] : null,
      ...(random() < 0.7 ? { fromYear, toYear: fromYear + below(random, 30) } : {}),
      minVoteCount: random() < 0.5 ? below(random, 500) : null,
      minVoteAverage: random() < 0.5 ? below(random, 80) / 10 : null,
      minBudget: random() < 0.2 ? below(random, 1e8) : null,
    },
    order: { field: one(random, ORDERS), direction: one(random, ['ASC', 'DESC']) },
  };
};
const title =
  (least: number, most: number): NonNullable<Priced['draw']> =>
  (random, of) => {
    const whole = one(random, of.titles);
    const length = least + below(random, most - least + 1);
    const start = below(random, Math.max(1, whole.length - length + 1));
    return { filter: { title: whole.slice(start, start + length) } };
  };
const film = (random: Random, of: Drawn): Record<string, unknown> => ({
  movie: {
    genres: [one(random, of.genres)],
    year: of.dataYear + 1,
    month: 1 + below(random, 12),
    runtime: 70 + below(random, 100),
    budget: (1 + below(random, 200)) * 1e6,
    language: one(random, ['en', 'fr', 'ja']),
    directors: [one(random, of.people)],
    cast: [one(random, of.people), one(random, of.people)],
  },
});
const ratings =
  (count: number, from: 'rated' | 'unrated'): NonNullable<Priced['draw']> =>
  (random, of) => {
    const ids = new Set<number>();
    while (ids.size < Math.min(count, of[from].length)) ids.add(one(random, of[from]));
    return { ratings: Array.from(ids, (movieId) => ({ movieId, rating: 1 + below(random, 10) })) };
  };
const filmId = (random: Random, of: Drawn): Record<string, unknown> => ({ id: one(random, of.rated) });
const listed = (fields: string, way = 'any filter and order'): Priced[] =>
  [1, 30, 100].map((first) => ({
    text: `movies(first: ${first}, filter: $filter, orderBy: $order) { ${fields} }`,
    way,
    draw: page,
    times: [1],
  }));

/** Of the large catalogue. */
export const BY_SIZE: readonly Priced[] = [
  {
    text: 'movies(first: 0, filter: $filter, orderBy: $order) { totalCount }',
    way: 'any filter and order',
    draw: page,
  },
  {
    text: 'movies(first: 0, filter: $filter) { totalCount }',
    way: 'title, 3 to 10 letters',
    draw: title(3, 10),
  },
  { text: 'movies(first: 0, filter: $filter) { totalCount }', way: 'title, 2 letters', draw: title(2, 2) },
  {
    text: 'movies(first: 0, filter: $filter) { totalCount }',
    way: 'person by name',
    draw: (random, of) => ({ filter: { person: one(random, of.people) } }),
  },
  {
    text: 'movies(first: 0, offset: $offset, orderBy: $order) { totalCount }',
    way: 'deep page',
    draw: (random, of) => ({ offset: below(random, of.films), order: page(random, of).order }),
  },
  ...listed('nodes { id }'),
  ...listed('nodes { id year runtime budget revenue roi popularity voteAverage voteCount }'),
  ...listed('nodes { title }'),
  ...listed(
    'nodes { title originalTitle tagline status releaseDate originalLanguage imdbId posterPath backdropPath }',
  ),
  ...listed('nodes { overview }'),
  ...listed('nodes { genres countries companies keywords }'),
  ...listed('edges { cursor }'),
  ...listed('nodes { cast(first: 20) }'),
  ...listed('nodes { directors }'),
  ...listed('nodes { credits(first: 20) { role character person { name } } }'),
  { text: 'movie(id: $id) { id }', draw: (random, of) => ({ id: 1 + below(random, of.films) }) },
  { text: 'person(id: $key) { id }', draw: (random, of) => ({ key: one(random, of.persons) }) },
  {
    text: 'person(id: $key) { movies(first: 0) { totalCount } }',
    draw: (random, of) => ({ key: one(random, of.persons) }),
  },
  {
    text: 'people(year: $year, genre: $genre, first: 1) { rank }',
    draw: (random, of) => ({ year: of.dataYear - below(random, 80), genre: one(random, of.genres) }),
  },
  {
    text: 'roiRanking(minBudget: $minBudget, genre: $genre, fromYear: $from, first: 1) { rank }',
    draw: (random, of) => ({
      minBudget: below(random, 200) * 1e6,
      genre: one(random, of.genres),
      from: of.dataYear - below(random, 60),
    }),
  },
  { text: 'genres { name }' },
  {
    text: 'genreTrends(genres: $genres, fromYear: $from) { genre points { year movieCount } }',
    draw: (random, of) => ({ genres: [one(random, of.genres)], from: of.dataYear - below(random, 90) }),
  },
  { text: 'snapshot { id }' },
  { text: 'predictRating(movie: $movie) { rating }', way: 'synthetic films', draw: film },
  { text: 'predictRating(movie: $movie) { rating reasons { feature } }', way: 'synthetic films', draw: film },
];

/** Of the catalogue of real films, with every model, a history and a run that is open. */
export const BY_MODEL: readonly Priced[] = [
  { text: 'predictRating(movie: $movie) { rating }', draw: film },
  { text: 'predictRating(movie: $movie) { rating reasons { feature } }', draw: film },
  { text: 'predictRevenue(movie: $movie) { revenue }', draw: film },
  { text: 'predictRevenue(movie: $movie) { revenue reasons { feature } }', draw: film },
  {
    text: 'recommend(ratings: $ratings, first: 1) { predictedRating }',
    way: 'rated films',
    draw: ratings(1, 'rated'),
  },
  {
    text: 'recommend(ratings: $ratings, first: 1) { predictedRating }',
    way: 'rated films',
    draw: ratings(100, 'rated'),
  },
  {
    text: 'recommend(ratings: $ratings, first: 1) { predictedRating }',
    way: 'films without ratings',
    draw: ratings(1, 'unrated'),
  },
  {
    text: 'recommend(ratings: $ratings, first: 1) { predictedRating }',
    way: 'films without ratings',
    draw: ratings(50, 'unrated'),
  },
  { text: 'user(id: $key) { id }', draw: (random, of) => ({ key: one(random, of.users) }) },
  {
    text: 'user(id: $key) { id recommendations(first: 1) { predictedRating } }',
    draw: (random, of) => ({ key: one(random, of.users) }),
  },
  {
    text: 'user(id: $key) { id predictedRating(movieId: $id) }',
    draw: (random, of) => ({ key: one(random, of.users), ...filmId(random, of) }),
  },
  { text: 'genreForecast(first: 0) { year }' },
  {
    text: 'genreForecast(first: 0) { year backtest(genre: $genre, first: 0) { genre } }',
    draw: (random, of) => ({ genre: one(random, of.genres) }),
  },
  { text: 'models { name metrics { name value } }', times: [1, 4] },
  { text: 'movie(id: $id) { id }', draw: filmId },
  { text: 'movie(id: $id) { id popularityHistory(last: 1) { day } }', draw: filmId },
  {
    text: 'genrePopularityHistory(genres: $genres, last: 1) { genre }',
    draw: (random, of) => ({ genres: [one(random, of.genres)] }),
  },
  {
    text: 'artefact(name: $name) { name }',
    draw: (random) => ({ name: one(random, ['films', 'people', 'rating']) }),
  },
  { text: 'pipeline { mermaid }' },
  { text: 'snapshots(first: 1) { id }' },
  { text: 'snapshot { id age maxAge stale }' },
  { text: 'deadLetters(first: 0) { totalCount }' },
  { text: 'runs(first: 20) { id }', times: [1, 4] },
  { text: 'run(id: $key) { id }', draw: (_random, of) => ({ key: of.run }), times: [1, 4] },
  { text: 'run(id: $key) { id snapshot { id } }', draw: (_random, of) => ({ key: of.run }), times: [1, 4] },
];

/** One request that asks it so often. */
export function request({ text, draw }: Priced, times: number, random: Random, of: Drawn): Question {
  const names = [...new Set(text.match(/\$\w+/g) ?? [])].map((name) => name.slice(1));
  const variables: Record<string, unknown> = {};
  const [declared, fields]: [string[], string[]] = [[], []];
  for (let at = 0; at < times; at++) {
    for (const [name, value] of Object.entries(draw?.(random, of) ?? {})) variables[`${name}${at}`] = value;
    declared.push(...names.map((name) => `$${name}${at}: ${TYPES[name]}`));
    fields.push(`a${at}: ${text.replace(/\$\w+/g, (name) => `${name}${at}`)}`);
  }
  return {
    query: `query${declared.length > 0 ? ` (${declared.join(', ')})` : ''} { ${fields.join(' ')} }`,
    variables,
  };
}
