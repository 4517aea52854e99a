import { Field, Float, ID, InputType, Int } from 'type-graphql';
import { shortList, shortText } from '../arguments.js';
import type { FilmFilter } from '../data/filter.js';
import type { OrderField } from '../../dataset/serving/tables.js';
import { MovieOrderField, SortDirection } from './enums.js';

@InputType({
  description: 'Which films: all conditions together. A film whose value is unknown is left out.',
})
export class MovieFilter {
  @Field(() => String, {
    nullable: true,
    description: 'Case- and accent-insensitive, anywhere in the title.',
  })
  readonly title?: string | null;

  @Field(() => [String], { nullable: true, description: 'Films that have all of these.' })
  readonly genres?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description: 'A name in cast or directors, whole, case- and accent-insensitive.',
  })
  readonly person?: string | null;

  @Field(() => ID, { nullable: true, description: 'Id of a person in cast or directors.' })
  readonly personId?: string | null;

  @Field(() => Int, { nullable: true, description: 'First release year.' })
  readonly fromYear?: number | null;

  @Field(() => Int, { nullable: true, description: 'Last release year.' })
  readonly toYear?: number | null;

  @Field(() => String, { nullable: true, description: 'Original language, ISO 639-1 code.' })
  readonly language?: string | null;

  @Field(() => Int, { nullable: true, description: 'Least number of votes.' })
  readonly minVoteCount?: number | null;

  @Field(() => Float, { nullable: true, description: 'Least mean vote, 0-10.' })
  readonly minVoteAverage?: number | null;

  @Field(() => Float, { nullable: true, description: 'Least budget in US dollars.' })
  readonly minBudget?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether the return on investment is known.' })
  readonly hasRoi?: boolean | null;
}

/** The filter with its fields in one order, so that the same question has one key. @throws BAD_USER_INPUT */
export function readFilter(filter: MovieFilter | null | undefined): FilmFilter {
  const { title, genres, person, personId, language } = filter ?? {};
  shortText('filter.title', title);
  shortText('filter.person', person);
  shortText('filter.personId', personId, 250);
  shortText('filter.language', language);
  shortList('filter.genres', genres);
  return {
    title: title ?? null,
    genres: genres == null ? null : [...new Set(genres)].sort(),
    person: person ?? null,
    personId: personId ?? null,
    fromYear: filter?.fromYear ?? null,
    toYear: filter?.toYear ?? null,
    language: language ?? null,
    minVoteCount: filter?.minVoteCount ?? null,
    minVoteAverage: filter?.minVoteAverage ?? null,
    minBudget: filter?.minBudget ?? null,
    hasRoi: filter?.hasRoi ?? null,
  };
}

@InputType({ description: 'TITLE orders by the accent-folded lower-case title, by code point.' })
export class MovieOrder {
  @Field(() => MovieOrderField, { description: 'What to order by.' })
  readonly field!: OrderField;

  @Field(() => SortDirection, { defaultValue: SortDirection.DESC, description: 'Nulls are last in both.' })
  readonly direction!: SortDirection;
}
