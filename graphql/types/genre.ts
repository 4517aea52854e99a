import { Field, Float, Int, ObjectType } from 'type-graphql';

@ObjectType({ simpleResolvers: true, description: 'A genre and the number of its released films.' })
export class Genre {
  @Field(() => String, { description: 'Name.' })
  readonly name!: string;

  @Field(() => Int, { description: 'Number of released films.' })
  readonly movieCount!: number;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "popularity: mean over the genre's films of the year, unknown counted as 0. index: that mean divided by the mean over all films of the year (1 = average). share: the genre's films in percent of the year's films.",
})
export class GenreYear {
  @Field(() => Int, { description: 'Release year.' })
  readonly year!: number;

  @Field(() => Int, { description: "Number of the genre's released films of the year." })
  readonly movieCount!: number;

  @Field(() => Float, {
    nullable: true,
    description: "Mean popularity of the genre's films of the year, unknown counted as 0; no unit.",
  })
  readonly popularity!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'That mean divided by the mean over all films of the year (1 = average).',
  })
  readonly index!: number | null;

  @Field(() => Float, { nullable: true, description: 'Mean of the mean votes, 0-10.' })
  readonly voteAverage!: number | null;

  @Field(() => Float, { description: "The genre's films in percent of the year's films." })
  readonly share!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A genre over the years.' })
export class GenreTrend {
  @Field(() => String, { description: 'Name of the genre.' })
  readonly genre!: string;

  @Field(() => [GenreYear], {
    description: 'One point for each release year that has films of it, ascending.',
  })
  readonly points!: readonly GenreYear[];
}
