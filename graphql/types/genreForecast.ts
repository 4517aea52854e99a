import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { Snapshot } from '../data/snapshot.js';
import { ForecastSeries } from './enums.js';

@ObjectType({
  simpleResolvers: true,
  description:
    'index: forecast popularity relative to all films of that year (1 = average). lower/upper bound its nominal 80 % interval, lower95/upper95 the 95 % one.',
})
export class GenreForecastEntry {
  @Field(() => Int, { description: 'Place by index, from 1.' })
  readonly rank!: number;

  @Field(() => String, { description: 'Name of the genre.' })
  readonly genre!: string;

  @Field(() => Float, {
    description:
      'Forecast popularity relative to all films of that year (1 = average); of another series than INDEX its value.',
  })
  readonly index!: number;

  @Field(() => Float, { description: 'The value forecast, in the unit of the series.' })
  readonly value!: number;

  @Field(() => Float, { description: 'Lower bound of the nominal 80 % interval.' })
  readonly lower!: number;

  @Field(() => Float, { description: 'Upper bound of the nominal 80 % interval.' })
  readonly upper!: number;

  @Field(() => Float, { description: 'Lower bound of the nominal 95 % interval.' })
  readonly lower95!: number;

  @Field(() => Float, { description: 'Upper bound of the nominal 95 % interval.' })
  readonly upper95!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: 'A forecast that the model would have made at the end of a year that is over, and what came.',
})
export class ForecastBacktestEntry {
  @Field(() => String, { description: 'Name of the genre.' })
  readonly genre!: string;

  @Field(() => Int, { description: 'Last year that the model knew.' })
  readonly origin!: number;

  @Field(() => Int, { description: 'The year forecast.' })
  readonly year!: number;

  @Field(() => Float, { description: 'The value that came.' })
  readonly actual!: number;

  @Field(() => Float, { description: 'The value that was forecast.' })
  readonly predicted!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Lower bound of the nominal 80 % interval; null where too few errors were known by then.',
  })
  readonly lower!: number | null;

  @Field(() => Float, { nullable: true, description: 'Upper bound of the nominal 80 % interval.' })
  readonly upper!: number | null;

  @Field(() => Float, { nullable: true, description: 'Lower bound of the nominal 95 % interval.' })
  readonly lower95!: number | null;

  @Field(() => Float, { nullable: true, description: 'Upper bound of the nominal 95 % interval.' })
  readonly upper95!: number | null;
}

@ObjectType({ simpleResolvers: true, description: "A model's forecast for one year." })
export class GenreForecast {
  readonly snapshot!: Snapshot;

  @Field(() => ForecastSeries, { description: 'What is forecast.' })
  readonly series!: ForecastSeries;

  @Field(() => Int, { description: 'The year forecast.' })
  readonly year!: number;

  @Field(() => String, { description: 'Name of the model.' })
  readonly model!: string;

  @Field(() => Int, { description: 'Last year that the model has seen: the data year.' })
  readonly trainedThrough!: number;

  @Field(() => [GenreForecastEntry], { description: 'Genres, largest value first, ties by name.' })
  readonly ranking!: GenreForecastEntry[];
}
