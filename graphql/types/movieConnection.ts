import { Field, Int, ObjectType } from 'type-graphql';
import { Movie } from './movie.js';

@ObjectType({ simpleResolvers: true, description: 'A film and its place in the list.' })
export class MovieEdge {
  @Field(() => String, {
    description: 'Opaque; goes on in the snapshot that it came from, for the same question.',
  })
  readonly cursor!: string;

  @Field(() => Movie, { description: 'The film.' })
  readonly node!: Movie;
}

@ObjectType({ simpleResolvers: true, description: 'Where a page lies in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether films follow.' })
  readonly hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether films come before.' })
  readonly hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first film; null on an empty page.' })
  readonly startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last film; null on an empty page.' })
  readonly endCursor!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'A page of films.' })
export class MovieConnection {
  @Field(() => [MovieEdge], { description: 'The films with their cursors.' })
  readonly edges!: readonly MovieEdge[];

  @Field(() => [Movie], { description: 'The films alone.' })
  readonly nodes!: readonly Movie[];

  @Field(() => PageInfo, { description: 'Where the page lies.' })
  readonly pageInfo!: PageInfo;

  @Field(() => Int, { description: 'Number of films on all pages.' })
  readonly totalCount!: number;
}
