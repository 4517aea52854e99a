import { Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import { inRange, shortList, shortText } from '../arguments.js';
import { badInput } from '../errors.js';
import { Movie } from './movie.js';

@InputType({ description: 'A film that need not exist. Only what is known before its release.' })
export class MovieInput {
  @Field(() => String, { nullable: true, description: 'Title.' })
  readonly title?: string | null;

  @Field(() => [String], { description: 'Genres, named as in the snapshot.' })
  readonly genres!: string[];

  @Field(() => Int, { description: 'Release year, 1870-2100.' })
  readonly year!: number;

  @Field(() => Int, { nullable: true, description: 'Release month, 1-12.' })
  readonly month?: number | null;

  @Field(() => Int, { nullable: true, description: 'Running time in minutes, 1-1000.' })
  readonly runtime?: number | null;

  @Field(() => Float, { nullable: true, description: 'Budget in US dollars, above 0.' })
  readonly budget?: number | null;

  @Field(() => String, { nullable: true, description: 'Original language, ISO 639-1 code.' })
  readonly language?: string | null;

  @Field(() => [String], { nullable: true, description: 'Names of the directors.' })
  readonly directors?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Names of the cast in billing order.' })
  readonly cast?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Production companies.' })
  readonly companies?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Keywords.' })
  readonly keywords?: string[] | null;
}

/** @throws BAD_USER_INPUT naming the field and what is legal. */
export function checkMovieInput(movie: MovieInput): MovieInput {
  shortText('movie.title', movie.title);
  shortText('movie.language', movie.language);
  for (const name of ['genres', 'directors', 'cast', 'companies', 'keywords'] as const)
    shortList(`movie.${name}`, movie[name]);
  inRange('movie.year', movie.year, 1870, 2100);
  if (movie.month != null) inRange('movie.month', movie.month, 1, 12);
  if (movie.runtime != null) inRange('movie.runtime', movie.runtime, 1, 1000);
  if (movie.budget != null && !(movie.budget > 0))
    throw badInput(
      `movie.budget is ${movie.budget}; legal is any amount above 0, or null when it is unknown.`,
    );
  return movie;
}

@ObjectType({
  simpleResolvers: true,
  description: 'effect: in the unit of the prediction, relative to an average film.',
})
export class Reason {
  @Field(() => String, { description: 'What of the film, e.g. runtime.' })
  readonly feature!: string;

  @Field(() => String, { description: 'Its value.' })
  readonly value!: string;

  @Field(() => Float, { description: 'In the unit of the prediction, relative to an average film.' })
  readonly effect!: number;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'rating: 0-10, its interval at level (e.g. 0.8). good: rating at or above threshold. unknown: inputs that the model has never seen.',
})
export class RatingPrediction {
  @Field(() => Float, { description: 'Expected mean vote, 0-10.' })
  readonly rating!: number;

  @Field(() => Float, { description: 'Lower bound of the interval at level, 0-10.' })
  readonly lower!: number;

  @Field(() => Float, { description: 'Upper bound of the interval at level, 0-10.' })
  readonly upper!: number;

  @Field(() => Float, { description: 'Share of films that the interval covers, e.g. 0.8.' })
  readonly level!: number;

  @Field(() => Boolean, { description: 'Whether the rating is at or above the threshold.' })
  readonly good!: boolean;

  @Field(() => Float, { description: 'Chance that the film is good, 0-1.' })
  readonly probabilityGood!: number;

  @Field(() => Float, { description: 'Mean vote from which a film is called good, 0-10.' })
  readonly threshold!: number;

  @Field(() => String, { description: 'Name of the model.' })
  readonly model!: string;

  @Field(() => [Reason], {
    description: 'What moved the prediction, largest effect first; in rating points.',
  })
  readonly reasons!: readonly Reason[];

  @Field(() => [String], { description: 'Inputs that the model has never seen, e.g. `director: X`.' })
  readonly unknown!: readonly string[];
}

@ObjectType({ simpleResolvers: true, description: 'What a film is expected to earn.' })
export class RevenuePrediction {
  @Field(() => Float, { description: 'Expected revenue in US dollars.' })
  readonly revenue!: number;

  @Field(() => Float, { description: 'Lower bound of the interval at level, US dollars.' })
  readonly lower!: number;

  @Field(() => Float, { description: 'Upper bound of the interval at level, US dollars.' })
  readonly upper!: number;

  @Field(() => Float, { description: 'Share of films that the interval covers, e.g. 0.8.' })
  readonly level!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Chance that revenue exceeds the budget, 0-1; null without a budget.',
  })
  readonly probabilityProfit!: number | null;

  @Field(() => String, { description: 'Name of the model.' })
  readonly model!: string;

  @Field(() => [Reason], { description: 'What moved the prediction, largest effect first; in US dollars.' })
  readonly reasons!: readonly Reason[];

  @Field(() => [String], { description: 'Inputs that the model has never seen, e.g. `director: X`.' })
  readonly unknown!: readonly string[];
}

@InputType({ description: 'A rating that someone gave.' })
export class RatingInput {
  @Field(() => Int, { description: 'Id of the film.' })
  readonly movieId!: number;

  @Field(() => Float, { description: '0-10.' })
  readonly rating!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A film for someone.' })
export class Recommendation {
  @Field(() => Movie, { description: 'The film.' })
  readonly movie!: Movie;

  @Field(() => Float, { description: 'The rating that this person would give, 0-10.' })
  readonly predictedRating!: number;
}
