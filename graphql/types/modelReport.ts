import { Field, Float, Int, ObjectType } from 'type-graphql';

@ObjectType({ simpleResolvers: true, description: 'A measure of a model beside that of its baseline.' })
export class Metric {
  @Field(() => String, { description: 'What is measured and how, e.g. RMSE.' })
  readonly name!: string;

  @Field(() => Float, { nullable: true, description: "The model's value, in the metric's own unit." })
  readonly value!: number | null;

  @Field(() => String, { nullable: true, description: 'Name of the baseline.' })
  readonly baseline!: string | null;

  @Field(() => Float, { nullable: true, description: "The baseline's value on the same folds." })
  readonly baselineValue!: number | null;
}

@ObjectType({ simpleResolvers: true, description: 'A trained model with its evaluation.' })
export class ModelReport {
  @Field(() => String, { description: 'Name of the model.' })
  readonly name!: string;

  @Field(() => String, { description: 'What it is for, e.g. rating, revenue, genreForecast.' })
  readonly task!: string;

  @Field(() => String, { description: 'When it was trained, ISO 8601.' })
  readonly trainedAt!: string;

  @Field(() => Boolean, {
    description: 'Whether it answers by default; where a baseline is better, that does.',
  })
  readonly served!: boolean;

  @Field(() => Int, { description: 'Number of rows that it was trained on.' })
  readonly rows!: number;

  @Field(() => Float, { nullable: true, description: 'Training time in seconds.' })
  readonly seconds!: number | null;

  @Field(() => String, { nullable: true, description: 'What computed it, e.g. a library or device.' })
  readonly backend!: string | null;

  @Field(() => [Metric], { description: 'Its measures beside those of its baselines, on the same folds.' })
  readonly metrics!: readonly Metric[];
}
