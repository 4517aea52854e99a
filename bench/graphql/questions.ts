import { seededRandom } from '../../models/random.js';

/** A question to the API as a client sends it. */
export interface Question {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What arguments are drawn from: what the snapshot has. */
export interface Vocabulary {
  readonly genres: readonly string[];
  readonly titles: readonly string[];
  readonly people: readonly string[];
  readonly dataYear: number;
  readonly films: number;
}

export type Kind = keyof typeof KINDS;
type Random = ReturnType<typeof seededRandom>;
type Draw = (random: Random, of: Vocabulary) => Question;

const FIELDS = 'id title year popularity voteAverage genres';
const PAGE = `totalCount pageInfo { hasNextPage endCursor } nodes { ${FIELDS} }`;
const MOVIES = `query ($first: Int, $offset: Int, $filter: MovieFilter, $orderBy: MovieOrder) { movies(first: $first, offset: $offset, filter: $filter, orderBy: $orderBy) { ${PAGE} } }`;
const ORDERS = 'POPULARITY TITLE RELEASE_DATE VOTE_AVERAGE VOTE_COUNT BUDGET REVENUE ROI ID'.split(' ');

const below = (random: Random, n: number): number => Math.floor(random() * n);
const one = <T>(random: Random, of: readonly T[]): T => of[below(random, of.length)]!;
const maybe = <T>(random: Random, value: () => T): T | null => (random() < 0.5 ? value() : null);
const years = (random: Random, { dataYear }: Vocabulary): { fromYear: number; toYear: number } => {
  const fromYear = dataYear - below(random, 60);
  return { fromYear, toYear: fromYear + below(random, 30) };
};
const movies = (variables: Question['variables']): Question => ({
  query: MOVIES,
  variables: { first: 20, ...variables },
});

const plannedFilm = (random: Random, of: Vocabulary, more: string): Question => ({
  query: `query ($movie: MovieInput!) { predictRating(movie: $movie) { rating lower upper good probabilityGood model unknown ${more} } }`,
  variables: {
    movie: {
      genres: [one(random, of.genres)],
      year: of.dataYear + 1,
      month: 1 + below(random, 12),
      runtime: 70 + below(random, 100),
      budget: maybe(random, () => (1 + below(random, 200)) * 1e6),
      language: one(random, ['en', 'fr', 'ja']),
      directors: [one(random, of.people)],
      cast: [one(random, of.people), one(random, of.people)],
    },
  },
});

/** Each draws all arguments anew: no two requests need be the same. */
const KINDS = {
  'movies: any filter and order': (random, of) =>
    movies({
      filter: {
        genres: maybe(random, () => [one(random, of.genres)]),
        ...(random() < 0.7 ? years(random, of) : {}),
        minVoteCount: maybe(random, () => below(random, 500)),
        minVoteAverage: maybe(random, () => below(random, 80) / 10),
        language: random() < 0.2 ? one(random, ['en', 'fr', 'ja', 'es']) : null,
        minBudget: random() < 0.2 ? below(random, 1e8) : null,
        hasRoi: random() < 0.2 ? random() < 0.5 : null,
      },
      orderBy: { field: one(random, ORDERS), direction: one(random, ['ASC', 'DESC']) },
    }),
  'title search': (random, of) => {
    const title = one(random, of.titles);
    const start = below(random, Math.max(1, title.length - 3));
    return movies({ filter: { title: title.slice(start, start + 3 + below(random, 8)) } });
  },
  'title search, two letters': (random, of) => {
    const title = one(random, of.titles);
    const start = below(random, Math.max(1, title.length - 1));
    return movies({ filter: { title: title.slice(start, start + 2) } });
  },
  'person filter': (random, of) => movies({ filter: { person: one(random, of.people) } }),
  'deep page (10,000th and later)': (random, { films, genres }) => {
    const offset = Math.min(199_980, films / 2) + below(random, films / 4);
    return movies({
      offset: Math.floor(offset),
      filter: random() < 0.3 ? { genres: [one(random, genres)] } : null,
      orderBy: { field: one(random, ORDERS), direction: one(random, ['ASC', 'DESC']) },
    });
  },
  trends: (random, of) => ({
    query: `query ($genres: [String!], $fromYear: Int, $toYear: Int) { genreTrends(genres: $genres, fromYear: $fromYear, toYear: $toYear) { genre points { year movieCount popularity index voteAverage share } } }`,
    variables: { genres: [one(random, of.genres), one(random, of.genres)], ...years(random, of) },
  }),
  people: (random, of) => ({
    query: `query ($role: PersonRole!, $year: Int, $genre: String) { people(role: $role, year: $year, genre: $genre, first: 20) { rank name movieCount person { id } } }`,
    variables: {
      role: one(random, ['ACTOR', 'DIRECTOR']),
      year: maybe(random, () => of.dataYear - below(random, 80)),
      genre: maybe(random, () => one(random, of.genres)),
    },
  }),
  ROI: (random, of) => ({
    query: `query ($minBudget: Float, $fromYear: Int, $toYear: Int, $genre: String) { roiRanking(minBudget: $minBudget, fromYear: $fromYear, toYear: $toYear, genre: $genre, first: 20) { rank roi budget revenue movie { id title year } } }`,
    variables: {
      minBudget: below(random, 200) * 1e6,
      genre: maybe(random, () => one(random, of.genres)),
      ...(random() < 0.5 ? years(random, of) : {}),
    },
  }),
  forecast: (random, { dataYear }) => ({
    query: `query ($year: Int, $first: Int) { genreForecast(year: $year, first: $first) { year model trainedThrough ranking { rank genre index lower upper } } }`,
    variables: { year: dataYear + 1 + below(random, 3), first: 5 + below(random, 15) },
  }),
  predictRating: (random, of) => plannedFilm(random, of, ''),
  'predictRating with reasons': (random, of) => plannedFilm(random, of, 'reasons { feature value effect }'),
} satisfies Record<string, Draw>;

export const KIND_NAMES = Object.keys(KINDS) as Kind[];

/** An endless row of questions of these kinds at random; the same for the same seed. */
export function drawing(kinds: Kind | readonly Kind[], of: Vocabulary, seed = 1): () => Question {
  const all = typeof kinds === 'string' ? [kinds] : kinds;
  const random = seededRandom(`questions:${all.join()}:${seed}`);
  return () => KINDS[one(random, all)](random, of);
}

/** The page that every server is compared by: filtered, sorted, 20 films with six fields. */
export function comparedPage(of: Vocabulary, seed = 1): () => Question {
  const random = seededRandom(`page:${seed}`);
  return () =>
    movies({
      filter: { genres: [one(random, of.genres)], ...years(random, of), minVoteCount: below(random, 200) },
      orderBy: { field: 'POPULARITY', direction: 'DESC' },
    });
}

export async function ask<Data>(url: string, { query, variables }: Question): Promise<Data> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: readonly { message: string }[] };
  if (errors !== undefined) throw new Error(`${url} refuses ${query}: ${errors[0]?.message}`);
  return data;
}

/** Genres, and titles and names from all over the catalogue. */
export async function vocabularyOf(url: string): Promise<Vocabulary> {
  const { genres, snapshot } = await ask<{
    genres: { name: string }[];
    snapshot: { dataYear: number; movieCount: number };
  }>(url, { query: '{ genres { name } snapshot { dataYear movieCount } }', variables: {} });
  const titles = new Set<string>();
  const people = new Set<string>();
  for (let page = 0; page < 20; page++) {
    const { movies: found } = await ask<{
      movies: { nodes: { title: string; cast: string[]; directors: string[] }[] };
    }>(url, {
      query:
        'query ($offset: Int) { movies(first: 100, offset: $offset, orderBy: { field: ID, direction: ASC }) { nodes { title cast directors } } }',
      variables: { offset: Math.floor((page * snapshot.movieCount) / 20) },
    });
    for (const { title, cast, directors } of found.nodes) {
      titles.add(title);
      for (const name of [...cast.slice(0, 3), ...directors]) people.add(name);
    }
  }
  return {
    genres: genres.map(({ name }) => name),
    titles: [...titles],
    people: [...people],
    dataYear: snapshot.dataYear,
    films: snapshot.movieCount,
  };
}
