import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { SnapshotManifest } from '../../dataset/snapshots.js';

@ObjectType({ simpleResolvers: true, description: 'How many films have a field.' })
export class FieldCoverage {
  @Field(() => String, { description: 'Name of the field.' })
  readonly field!: string;

  @Field(() => Int, { description: 'Number of films that have it.' })
  readonly known!: number;
}

@ObjectType('Snapshot', {
  simpleResolvers: true,
  description:
    'A published state of a catalogue. coverage: how many films have each field, so that a client knows which questions the source can answer.',
})
export class SnapshotType {
  @Field(() => ID, { description: '`<catalogue>/<number>`, e.g. `sample/3`.' })
  readonly id!: string;

  @Field(() => Int, { description: 'Number within the catalogue, from 1.' })
  readonly number!: number;

  @Field(() => String, { description: 'When it was published, ISO 8601.' })
  readonly createdAt!: string;

  @Field(() => String, {
    description: 'Day that the data stands for, ISO 8601: films released by then count.',
  })
  readonly asOf!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Day of the oldest votes in it, ISO 8601; null where the source has no days.',
  })
  readonly votesAsOf!: string | null;

  @Field(() => String, { description: 'Where the films come from, e.g. `sample` or `tmdb`.' })
  readonly catalogue!: string;

  @Field(() => Boolean, { description: 'Whether the films are invented.' })
  readonly synthetic!: boolean;

  @Field(() => Int, { description: 'Number of films.' })
  readonly movieCount!: number;

  @Field(() => Int, { description: 'Number of documents that could not be used.' })
  readonly quarantined!: number;

  @Field(() => Int, { description: 'Number of films that could not be fetched.' })
  readonly deadLetters!: number;

  @Field(() => Int, { nullable: true, description: 'First release year.' })
  readonly fromYear!: number | null;

  @Field(() => Int, { nullable: true, description: 'Last release year.' })
  readonly toYear!: number | null;

  @Field(() => Int, { nullable: true, description: 'Last complete year; forecasts are for those after it.' })
  readonly dataYear!: number | null;

  @Field(() => String, { description: 'SHA-256 of its content, hexadecimal.' })
  readonly sha256!: string;

  @Field(() => String, { description: 'What whoever shows the data must say about its source.' })
  readonly attribution!: string;

  @Field(() => [String], { description: 'What a reader of the data should know.' })
  readonly notes!: readonly string[];

  @Field(() => [FieldCoverage], { description: 'How many films have each field.' })
  readonly coverage!: readonly FieldCoverage[];
}

export function describeSnapshot(manifest: SnapshotManifest): SnapshotType {
  return { ...manifest, votesAsOf: manifest.votesAsOf ?? null, attribution: attributionOf(manifest) };
}

const TMDB = 'This product uses the TMDB API but is not endorsed or certified by TMDB.';

/** TMDB's sentence is theirs word for word: https://developer.themoviedb.org/docs/faq */
function attributionOf({ catalogue, synthetic }: Pick<SnapshotManifest, 'catalogue' | 'synthetic'>): string {
  if (synthetic || catalogue.startsWith('synthetic'))
    return 'Synthetic data: these films and people are invented by a generator and stand for nobody.';
  if (catalogue === 'sample')
    return 'Films of the movies data set of vega-datasets (https://github.com/vega/vega-datasets), as in its package.';
  return TMDB;
}
