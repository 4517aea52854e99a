import { Arg, Ctx, FieldResolver, Float, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { parseDuration } from '../../plan/schema.js';
import { badInput } from '../errors.js';
import { SNAPSHOT, pageSize, shortText } from '../arguments.js';
import type { Context } from '../context.js';
import { DeadLetterPage } from '../types/deadLetter.js';
import { describeSnapshot, SnapshotType } from '../types/snapshot.js';

@Resolver(() => SnapshotType)
export class SnapshotResolver {
  @FieldResolver(() => Float, { description: 'Seconds since it was published.' })
  age(@Root() { createdAt }: SnapshotType, @Ctx() { trace }: Context): number {
    // What the clock says is asked anew each time.
    trace.lasting = false;
    return ageOf(createdAt);
  }

  @FieldResolver(() => Float, {
    description: 'Age in seconds above which it is stale: `maxAge` of temporal.yml.',
  })
  maxAge(@Ctx() { services }: Context): number {
    return maxAgeOf(services.plan.maxAge);
  }

  @FieldResolver(() => Boolean, {
    description:
      'Whether it is older than `maxAge`; never where the source cannot change (sample, synthetic).',
  })
  stale(@Root() { createdAt, catalogue, synthetic }: SnapshotType, @Ctx() { services }: Context): boolean {
    if (synthetic || catalogue === 'sample') return false;
    return ageOf(createdAt) > maxAgeOf(services.plan.maxAge);
  }

  @Query(() => SnapshotType, {
    nullable: true,
    description:
      'Default: the newest snapshot of the served catalogue. An id reads `<catalogue>/<number>`, e.g. `sample/3`.',
  })
  async snapshot(
    @Arg('id', () => ID, SNAPSHOT) id: string | null,
    @Ctx() context: Context,
  ): Promise<SnapshotType> {
    return describeSnapshot((await context.snapshot(id)).manifest);
  }

  @Query(() => [SnapshotType], { description: 'Published snapshots of a catalogue or of all, newest first.' })
  snapshots(
    @Arg('catalogue', () => String, { nullable: true, description: 'Of this catalogue; null: of all.' })
    catalogue: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20, description: '0-100.' })
    first: number | null,
    @Ctx() context: Context,
  ): SnapshotType[] {
    shortText('catalogue', catalogue, 1000);
    return context.services.served.manifests
      .filter((manifest) => catalogue == null || manifest.catalogue === catalogue)
      .slice(0, pageSize('first', first, 20))
      .map(describeSnapshot);
  }

  @Query(() => DeadLetterPage, { nullable: true, description: 'Films that could not be fetched, by id.' })
  async deadLetters(
    @Arg('first', () => Int, { nullable: true, defaultValue: 20, description: '0-100.' })
    first: number | null,
    @Arg('offset', () => Int, { nullable: true, defaultValue: 0, description: '0 or more.' })
    offset: number | null,
    @Arg('snapshot', () => ID, SNAPSHOT) snapshot: string | null,
    @Ctx() context: Context,
  ): Promise<DeadLetterPage> {
    const count = pageSize('first', first, 20);
    const from = offset ?? 0;
    if (from < 0) throw badInput(`offset is ${from}; legal is 0 or more.`);
    const { deadLetters } = await context.snapshot(snapshot);
    return {
      totalCount: deadLetters.length,
      nodes: deadLetters
        .slice(from, from + count)
        .map((letter) => ({ ...letter, attempts: letter.attempts ?? 0 })),
    };
  }
}

const ageOf = (createdAt: string): number => Math.max(0, (Date.now() - Date.parse(createdAt)) / 1000);

/** The plan's durations were checked when it was read. */
const maxAgeOf = (duration: string): number => (parseDuration(duration) ?? Infinity) / 1000;
