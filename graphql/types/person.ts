import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Snapshot } from '../data/snapshot.js';
import { PersonRole } from './enums.js';
import { Movie } from './movie.js';

@ObjectType({
  simpleResolvers: true,
  description: "id: TMDB's person id, or `name:<name>` where the source has none.",
})
export class Person {
  readonly snapshot: Snapshot;
  /** The person's number in the snapshot. */
  readonly number: number;

  @Field(() => ID, { description: "TMDB's person id, or `name:<name>` where the source has none." })
  readonly id: string;

  @Field(() => String, { description: 'Name.' })
  readonly name: string;

  @Field(() => String, { nullable: true, description: "Path of the portrait under TMDB's image address." })
  readonly profilePath: string | null;

  constructor(snapshot: Snapshot, number: number) {
    this.snapshot = snapshot;
    this.number = number;
    this.id = snapshot.people.ids.at(number)!;
    this.name = snapshot.people.names.at(number)!;
    this.profilePath = snapshot.people.profilePaths.at(number);
  }
}

@ObjectType({ simpleResolvers: true, description: 'What a person did in a film.' })
export class Credit {
  @Field(() => Person, { description: 'Who.' })
  readonly person!: Person;

  @Field(() => PersonRole, { description: 'As what.' })
  readonly role!: PersonRole;

  @Field(() => String, { nullable: true, description: 'Character played; null for directors.' })
  readonly character!: string | null;

  @Field(() => Int, { nullable: true, description: 'Place in the billing, from 0; null for directors.' })
  readonly order!: number | null;

  @Field(() => Movie, { description: 'The film.' })
  readonly movie!: Movie;
}

@ObjectType({ simpleResolvers: true, description: 'A place in the ranking of people.' })
export class PersonRank {
  @Field(() => Int, { description: 'Place, from 1.' })
  readonly rank!: number;

  @Field(() => String, { description: 'Name.' })
  readonly name!: string;

  @Field(() => Int, {
    description: 'Number of released films; one in which the person is listed twice counts once.',
  })
  readonly movieCount!: number;

  @Field(() => Person, { description: 'The person.' })
  readonly person!: Person;
}
