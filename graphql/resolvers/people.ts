import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { AFTER, SNAPSHOT, pageSize, shortText } from '../arguments.js';
import { filmConnection } from '../connection.js';
import type { Context } from '../context.js';
import type { Role } from '../data/people.js';
import { PersonRole } from '../types/enums.js';
import { MovieConnection } from '../types/movieConnection.js';
import { Person, PersonRank } from '../types/person.js';

@Resolver(() => Person)
export class PersonResolver {
  @Query(() => [PersonRank], {
    nullable: true,
    description:
      'People ranked by number of films, ties by name. A person listed twice in a film counts once.',
  })
  async people(
    @Arg('role', () => PersonRole, { defaultValue: PersonRole.ACTOR, description: 'Who is counted.' })
    role: Role,
    @Arg('year', () => Int, { nullable: true, description: 'Release year; null: all years together.' })
    year: number | null,
    @Arg('genre', () => String, { nullable: true, description: 'Films of this genre alone.' })
    genre: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 10, description: '0-100.' })
    first: number | null,
    @Arg('snapshot', () => ID, SNAPSHOT) snapshot: string | null,
    @Ctx() context: Context,
  ): Promise<PersonRank[]> {
    const count = pageSize('first', first, 10);
    shortText('genre', genre);
    const found = await context.snapshot(snapshot);
    context.checkTime();
    return found.people
      .ranking(role, year ?? null, genre ?? null, count)
      .map(({ rank, person, movieCount }) => {
        const who = new Person(found, person);
        return { rank, name: who.name, movieCount, person: who };
      });
  }

  @Query(() => Person, { nullable: true, description: 'A person by id; null when the snapshot has none.' })
  async person(
    @Arg('id', () => ID, { description: 'Id of a person, as credits and rankings give it.' }) id: string,
    @Arg('snapshot', () => ID, SNAPSHOT) snapshot: string | null,
    @Ctx() context: Context,
  ): Promise<Person | null> {
    const found = await context.snapshot(snapshot);
    const person = found.people.find(id);
    return person === null ? null : new Person(found, person);
  }

  @FieldResolver(() => MovieConnection, {
    description: "The person's films by release date ascending, unknown dates last, then by id; each once.",
  })
  async movies(
    @Root() { snapshot, number, id }: Person,
    @Arg('role', () => PersonRole, { nullable: true, description: 'Those of one role alone.' })
    role: Role | null,
    @Arg('first', () => Int, { nullable: true, description: '0-100, default 20.' }) first: number | null,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() context: Context,
  ): Promise<MovieConnection> {
    return await filmConnection(
      context,
      snapshot,
      JSON.stringify(['person', id, role ?? null]),
      { first, after },
      ({ people, search, id: found }) => {
        // A cursor may lead into an older snapshot, where this person has another number, or none.
        const person = found === snapshot.id ? number : people.find(id);
        const films = person === null ? new Uint32Array(0) : people.filmsOf([person], role ?? null);
        return search.sort(films, { field: 'RELEASE_DATE', direction: 'ASC' });
      },
    );
  }
}
