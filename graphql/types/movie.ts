import { Field, Float, Int, ObjectType } from 'type-graphql';

@ObjectType({ simpleResolvers: true, description: 'A film as the snapshot has it. Unknown values are null.' })
export class Movie {
  @Field(() => Int, { description: "The source's id (TMDB's where the source is TMDB)." })
  readonly id!: number;

  @Field(() => String, { description: 'Title in English, else as the source has it.' })
  readonly title!: string;

  @Field(() => String, { nullable: true, description: 'Title in the original language.' })
  readonly originalTitle!: string | null;

  @Field(() => String, { nullable: true, description: 'Summary of the plot.' })
  readonly overview!: string | null;

  @Field(() => String, { nullable: true, description: 'Advertising line.' })
  readonly tagline!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "State of production in the source's words, e.g. Released.",
  })
  readonly status!: string | null;

  @Field(() => String, { nullable: true, description: 'Release date, ISO 8601 (YYYY-MM-DD).' })
  readonly releaseDate!: string | null;

  @Field(() => Int, { nullable: true, description: 'Release year.' })
  readonly year!: number | null;

  @Field(() => Int, { nullable: true, description: 'Running time in minutes.' })
  readonly runtime!: number | null;

  @Field(() => String, { nullable: true, description: 'Original language, ISO 639-1 code.' })
  readonly originalLanguage!: string | null;

  @Field(() => [String], { description: 'Production countries, names or ISO 3166-1 codes as in the source.' })
  readonly countries!: string[];

  @Field(() => [String], { description: 'Production companies.' })
  readonly companies!: string[];

  @Field(() => [String], { description: 'Keywords.' })
  readonly keywords!: string[];

  @Field(() => [String], { description: 'Genres.' })
  readonly genres!: string[];

  @Field(() => Float, { nullable: true, description: 'Budget in whole US dollars.' })
  readonly budget!: number | null;

  @Field(() => Float, { nullable: true, description: 'Revenue in whole US dollars.' })
  readonly revenue!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Return on investment in percent: (revenue - budget) / budget * 100.',
  })
  readonly roi!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "The source's popularity on the day of the crawl, no unit.",
  })
  readonly popularity!: number | null;

  @Field(() => Float, { nullable: true, description: 'Mean vote, 0-10.' })
  readonly voteAverage!: number | null;

  @Field(() => Int, { nullable: true, description: 'Number of votes.' })
  readonly voteCount!: number | null;

  @Field(() => [String], { description: 'Names of the directors.' })
  readonly directors!: string[];

  @Field(() => String, { nullable: true, description: 'Id at IMDb, e.g. tt0120338.' })
  readonly imdbId!: string | null;

  @Field(() => String, { nullable: true, description: "Path of the poster under TMDB's image address." })
  readonly posterPath!: string | null;

  @Field(() => String, { nullable: true, description: "Path of the backdrop under TMDB's image address." })
  readonly backdropPath!: string | null;
}
