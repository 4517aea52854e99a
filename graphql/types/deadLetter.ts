import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType({ simpleResolvers: true, description: 'A film that could not be fetched.' })
export class DeadLetter {
  @Field(() => Int, { description: 'Id of the film.' })
  readonly id!: number;

  @Field(() => Int, { nullable: true, description: 'Last HTTP status; null where none came.' })
  readonly status!: number | null;

  @Field(() => Int, { description: 'Number of attempts; 0 where the record of them is gone.' })
  readonly attempts!: number;

  @Field(() => String, { description: 'Why, in words.' })
  readonly message!: string;
}

@ObjectType({ simpleResolvers: true, description: 'A page of dead letters.' })
export class DeadLetterPage {
  @Field(() => [DeadLetter], { description: 'The films, by id.' })
  readonly nodes!: DeadLetter[];

  @Field(() => Int, { description: 'Number on all pages.' })
  readonly totalCount!: number;
}
