import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { AFTER, BEFORE, SNAPSHOT, pageSize } from '../arguments.js';
import { filmConnection } from '../connection.js';
import type { Context } from '../context.js';
import type { Film } from '../data/film.js';
import type { Role } from '../data/people.js';
import { PersonRole } from '../types/enums.js';
import { Movie } from '../types/movie.js';
import { MovieConnection } from '../types/movieConnection.js';
import { MovieFilter, MovieOrder, readFilter } from '../types/movieFilter.js';
import { Credit, Person } from '../types/person.js';

@Resolver(() => Movie)
export class MovieResolver {
  @Query(() => Movie, { nullable: true, description: 'A film by id; null when the snapshot has none.' })
  async movie(
    @Arg('id', () => Int, { description: "The source's id of the film." }) id: number,
    @Arg('snapshot', () => ID, SNAPSHOT) snapshot: string | null,
    @Ctx() context: Context,
  ): Promise<Movie | null> {
    const found = await context.snapshot(snapshot);
    const row = found.rowOf(id);
    return row === null ? null : found.film(row);
  }

  @Query(() => MovieConnection, {
    nullable: true,
    description:
      'All films, also unreleased ones. Relay connection, or offset + first for jumping to a page (offset excludes after and before). Default order: POPULARITY DESC; where a title is sought, titles that are it come first, then those that begin with it.',
  })
  async movies(
    @Arg('first', () => Int, { nullable: true, description: '0-100, default 20.' }) first: number | null,
    @Arg('after', () => String, AFTER) after: string | null,
    @Arg('last', () => Int, { nullable: true, description: '0-100; excludes first.' }) last: number | null,
    @Arg('before', () => String, BEFORE) before: string | null,
    @Arg('offset', () => Int, { nullable: true, description: 'Films left out, 0 or more.' })
    offset: number | null,
    @Arg('filter', () => MovieFilter, { nullable: true, description: 'Which films; null: all.' })
    filter: MovieFilter | null,
    @Arg('orderBy', () => MovieOrder, {
      nullable: true,
      description: 'Default: most popular first; best match first where a title is asked for.',
    })
    orderBy: MovieOrder | null,
    @Arg('snapshot', () => ID, SNAPSHOT) snapshot: string | null,
    @Ctx() context: Context,
  ): Promise<MovieConnection> {
    const wanted = readFilter(filter);
    const order = orderBy == null ? null : { field: orderBy.field, direction: orderBy.direction };
    const question = JSON.stringify(['movies', wanted, order]);
    return await filmConnection(
      context,
      snapshot ?? null,
      question,
      { first, after, last, before, offset },
      ({ search }) => search.find(wanted, order, question),
    );
  }

  @FieldResolver(() => [String], { description: 'Names of the cast in billing order.' })
  cast(
    @Root() movie: Film,
    @Arg('first', () => Int, { nullable: true, defaultValue: 10, description: '0-100.' })
    first: number | null,
  ): string[] {
    return movie.snapshot.people.namesOf(movie.row, 'ACTOR', pageSize('first', first, 10));
  }

  @FieldResolver(() => [Credit], { description: 'Cast in billing order, then directors.' })
  credits(
    @Root() movie: Film,
    @Arg('role', () => PersonRole, { nullable: true, description: 'Of one role alone.' }) role: Role | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20, description: '0-100.' })
    first: number | null,
    @Ctx() context: Context,
  ): Credit[] {
    context.checkTime();
    const { snapshot, row } = movie;
    const { people } = snapshot;
    return people
      .creditsOf(row, role ?? null)
      .slice(0, pageSize('first', first, 20))
      .map((credit, order) => {
        const as = people.roleOf(credit);
        return {
          person: new Person(snapshot, people.personOf(credit)),
          role: as,
          character: as === 'ACTOR' ? people.characters.at(credit) : null,
          order: as === 'ACTOR' ? order : null,
          movie,
        };
      });
  }
}
