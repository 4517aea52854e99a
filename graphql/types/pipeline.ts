import { Field, ObjectType } from 'type-graphql';

@ObjectType({ simpleResolvers: true, description: 'A task of the DAG.' })
export class PipelineTask {
  @Field(() => String, { description: 'Name.' })
  readonly name!: string;

  @Field(() => String, { description: '`activity` or `workflow`.' })
  readonly kind!: string;

  @Field(() => [String], { description: 'Tasks whose results it reads.' })
  readonly after!: readonly string[];

  @Field(() => String, { description: 'Queue on which it runs.' })
  readonly queue!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The DAG as temporal.yml declares it.' })
export class Pipeline {
  @Field(() => [PipelineTask], { description: 'Its tasks, in the order of the file.' })
  readonly tasks!: PipelineTask[];

  @Field(() => String, { description: 'The DAG as a Mermaid flowchart.' })
  readonly mermaid!: string;
}
