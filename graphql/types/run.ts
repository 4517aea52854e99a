import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { RunStatus, TaskStatus } from '../runs.js';
import { RunStatusEnum, TaskStatusEnum } from './enums.js';

@ObjectType({ simpleResolvers: true, description: 'A task of a run.' })
export class RunTask {
  @Field(() => String, { description: 'Name of the task.' })
  readonly name!: string;

  @Field(() => TaskStatusEnum, { description: 'State.' })
  readonly status!: TaskStatus;

  @Field(() => Int, { nullable: true, description: 'Number of films done.' })
  readonly done!: number | null;

  @Field(() => Int, { nullable: true, description: 'Number of films to do.' })
  readonly total!: number | null;

  @Field(() => Float, { nullable: true, description: 'Films per second now.' })
  readonly ratePerSecond!: number | null;

  @Field(() => Float, { nullable: true, description: 'Seconds to the end at this rate.' })
  readonly etaSeconds!: number | null;

  @Field(() => Int, { nullable: true, description: 'Number of the attempt, from 1.' })
  readonly attempt!: number | null;

  @Field(() => String, { nullable: true, description: 'When it is tried again, ISO 8601.' })
  readonly nextAttemptAt!: string | null;

  @Field(() => String, { nullable: true, description: 'What went wrong last.' })
  readonly lastFailure!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why it was cached, skipped or failed, or what it wrote.',
  })
  readonly reason!: string | null;

  @Field(() => String, { nullable: true, description: 'ISO 8601.' })
  readonly startedAt!: string | null;

  @Field(() => String, { nullable: true, description: 'ISO 8601.' })
  readonly closedAt!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'id is opaque. notice: what a person should know now, e.g. that no worker is polling or why it paused itself.',
})
export class Run {
  @Field(() => ID, { description: 'Opaque.' })
  readonly id!: string;

  @Field(() => RunStatusEnum, { description: 'State.' })
  readonly status!: RunStatus;

  @Field(() => String, { description: 'Where its films come from.' })
  readonly catalogue!: string;

  @Field(() => String, { description: 'ISO 8601.' })
  readonly startedAt!: string;

  @Field(() => String, { nullable: true, description: 'ISO 8601; null while it runs.' })
  readonly closedAt!: string | null;

  @Field(() => [RunTask], { description: 'Its tasks.' })
  readonly tasks!: readonly RunTask[];

  @Field(() => Int, { nullable: true, description: 'Number of workers that poll its task queue.' })
  readonly workers!: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'What a person should know now, e.g. that no worker is polling or why it paused itself.',
  })
  readonly notice!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it failed and what to do next.' })
  readonly failure!: string | null;

  @Field(() => String, { nullable: true, description: 'Its page in the Temporal UI.' })
  readonly temporalUrl!: string | null;
}

@InputType({ description: 'What to run on; every field is optional.' })
export class StartRunInput {
  @Field(() => String, {
    nullable: true,
    description:
      "`sample`, `tmdb`, `synthetic:<n>[:<seed>]` (n up to 5,000,000) or `file:<path>` under the server's folder for files.",
  })
  readonly catalogue?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Most popular films of the export, 1-5,000,000; null: all.',
  })
  readonly limit?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Do all tasks anew, also those whose results are there.',
  })
  readonly force?: boolean | null;
}
