import { Field, Float, Int, ObjectType } from 'type-graphql';

@ObjectType({ simpleResolvers: true, description: "A film's popularity on a day." })
export class PopularityDay {
  @Field(() => String, { description: "Day of the source's export, ISO 8601 (YYYY-MM-DD)." })
  readonly day!: string;

  @Field(() => Float, { description: "The source's popularity on that day, no unit." })
  readonly popularity!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A genre on a day, over its films released by then.' })
export class GenreDay {
  @Field(() => String, { description: "Day of the source's export, ISO 8601 (YYYY-MM-DD)." })
  readonly day!: string;

  @Field(() => Int, { description: "Number of the genre's released films on that day." })
  readonly movieCount!: number;

  @Field(() => Float, {
    description: "Mean of these films' popularity on that day, unknown counted as 0; no unit.",
  })
  readonly popularity!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'That mean divided by the mean over all released films of the day (1 = average).',
  })
  readonly index!: number | null;
}

@ObjectType({ simpleResolvers: true, description: 'A genre from day to day.' })
export class GenrePopularity {
  @Field(() => String, { description: 'Name of the genre.' })
  readonly genre!: string;

  @Field(() => [GenreDay], {
    description: 'One entry for each day of which a run kept the export, ascending.',
  })
  readonly days!: readonly GenreDay[];
}
