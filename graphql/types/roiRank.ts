import { Field, Float, Int, ObjectType } from 'type-graphql';
import { Movie } from './movie.js';

@ObjectType({ simpleResolvers: true, description: 'A place in the ranking by return on investment.' })
export class RoiRank {
  @Field(() => Int, { description: 'Place, from 1.' })
  readonly rank!: number;

  @Field(() => Movie, { description: 'The film.' })
  readonly movie!: Movie;

  @Field(() => Float, { description: 'Budget in whole US dollars.' })
  readonly budget!: number;

  @Field(() => Float, { description: 'Revenue in whole US dollars.' })
  readonly revenue!: number;

  @Field(() => Float, { description: 'Return in percent: (revenue - budget) / budget * 100.' })
  readonly roi!: number;
}
