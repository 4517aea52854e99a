import { Field, Float, Int, ObjectType } from 'type-graphql';

@ObjectType({ simpleResolvers: true, description: 'What came of a check of temporal.yml.' })
export class ArtefactCheck {
  @Field(() => String, { description: 'What was checked, e.g. `unique films.id`.' })
  readonly name!: string;

  @Field(() => String, { description: '`block` fails the task where it does not hold, `warn` is shown.' })
  readonly severity!: string;

  @Field(() => Boolean, { description: 'Whether it holds.' })
  readonly passed!: boolean;

  @Field(() => Float, {
    description: 'Number of rows that break it; for `rows` and `sum`: what was counted.',
  })
  readonly rows!: number;

  @Field(() => String, { description: 'What was found beside what is legal, in words.' })
  readonly detail!: string;
}

@ObjectType({ simpleResolvers: true, description: 'A file that a task wrote.' })
export class ArtefactTable {
  @Field(() => String, { description: 'Name of the table.' })
  readonly name!: string;

  @Field(() => Float, { description: 'Number of rows.' })
  readonly rows!: number;

  @Field(() => Float, { description: 'Size in bytes.' })
  readonly bytes!: number;

  @Field(() => String, { description: 'SHA-256 of the file, hexadecimal.' })
  readonly sha256!: string;

  @Field(() => Boolean, {
    description: "Whether it counts into the snapshot's SHA-256; else it belongs to the record of the run.",
  })
  readonly content!: boolean;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What a task of the pipeline wrote for a snapshot, of what, and for whom.',
})
export class ArtefactType {
  @Field(() => String, { description: 'Name of the task that wrote it.' })
  readonly name!: string;

  @Field(() => [String], { description: 'Tasks whose artefacts it was made of.' })
  readonly upstream!: readonly string[];

  @Field(() => [String], { description: 'Tasks that read it.' })
  readonly downstream!: readonly string[];

  @Field(() => Float, { description: 'Number of rows of its tables together.' })
  readonly rows!: number;

  @Field(() => Float, { description: 'Size of its files together in bytes.' })
  readonly bytes!: number;

  @Field(() => String, {
    description: 'SHA-256 of what later tasks see of it, hexadecimal: their memoisation follows it.',
  })
  readonly sha256!: string;

  @Field(() => [ArtefactTable], { description: 'Its files, by name.' })
  readonly tables!: readonly ArtefactTable[];

  @Field(() => [ArtefactCheck], { description: 'Checks of temporal.yml on it, in the order of the file.' })
  readonly checks!: readonly ArtefactCheck[];

  @Field(() => Int, { description: 'Number of its checks that do not hold.' })
  readonly failing!: number;
}
