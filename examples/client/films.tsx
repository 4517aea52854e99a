import { ask } from './ask.js';
import { graphql } from './gql/index.js';
import type { FilmsQuery } from './gql/graphql.js';

const FILMS = graphql(`
  query Films($genre: String!, $first: Int!, $after: String) {
    movies(
      first: $first
      after: $after
      filter: { genres: [$genre] }
      orderBy: { field: VOTE_AVERAGE, direction: DESC }
    ) {
      totalCount
      nodes {
        id
        title
        year
        voteAverage
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

/** A page of films of a genre, best rated first; `after`: the cursor at the end of the page before. */
export async function loadFilms(url: string, genre: string, after?: string | null): Promise<FilmsQuery> {
  return await ask(url, FILMS, { genre, first: 5, after });
}

export function Films({ films }: { readonly films: FilmsQuery }) {
  if (films.movies == null) return <p>There are no films yet.</p>;
  const { nodes, totalCount } = films.movies;
  return (
    <section>
      <h2>{totalCount} films</h2>
      <ol>
        {nodes.map(({ id, title, year, voteAverage }) => (
          <li key={id}>
            {title} ({year ?? 'no date'}): {voteAverage?.toFixed(1) ?? 'no votes'}
          </li>
        ))}
      </ol>
    </section>
  );
}
