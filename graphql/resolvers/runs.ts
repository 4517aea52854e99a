import {
  Arg,
  Ctx,
  FieldResolver,
  Float,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { mermaid } from '../../plan/mermaid.js';
import { RUN_ID, inRange, pageSize } from '../arguments.js';
import { readCatalogue } from '../catalogue.js';
import type { Context } from '../context.js';
import { badInput } from '../errors.js';
import type { RunsError, RunView } from '../runs.js';
import { Pipeline } from '../types/pipeline.js';
import { Run, StartRunInput } from '../types/run.js';
import { describeSnapshot, SnapshotType } from '../types/snapshot.js';

@Resolver(() => Run)
export class RunResolver {
  @Query(() => Pipeline, { description: 'The declared DAG.' })
  pipeline(@Ctx() { services: { plan } }: Context): Pipeline {
    const tasks = Object.entries(plan.tasks).map(([name, { workflow, after, queue }]) => ({
      name,
      kind: workflow === undefined ? 'activity' : 'workflow',
      after,
      queue,
    }));
    return { tasks, mermaid: mermaid(plan) };
  }

  @Query(() => Run, { nullable: true, description: 'A run by id; null when there is none.' })
  async run(@Arg('id', () => ID, RUN_ID) id: string, @Ctx() { services }: Context): Promise<RunView | null> {
    return await services.runs.find(checkId(id));
  }

  @Query(() => [Run], {
    nullable: true,
    description:
      'Runs, newest first: what failed, why and what to do stands in `failure`, more in `temporalUrl`.',
  })
  async runs(
    @Arg('first', () => Int, { nullable: true, defaultValue: 20, description: '0-100.' })
    first: number | null,
    @Arg('days', () => Int, {
      nullable: true,
      description: 'Only runs that began in the last so many days, 1-365; null: all that the server keeps.',
    })
    days: number | null,
    @Ctx() { services }: Context,
  ): Promise<RunView[]> {
    const count = pageSize('first', first, 20);
    const since = days == null ? null : new Date(Date.now() - inRange('days', days, 1, 365) * 86_400_000);
    return count === 0 ? [] : (await services.runs.list(count, since)).slice(0, count);
  }

  @FieldResolver(() => SnapshotType, {
    nullable: true,
    description: 'What it published or found unchanged; null before that and once it was removed.',
  })
  async snapshot(@Root() run: RunView, @Ctx() { services }: Context): Promise<SnapshotType | null> {
    const manifest = run.snapshot === null ? null : await services.served.manifest(run.snapshot);
    return manifest === null ? null : describeSnapshot(manifest);
  }

  @Mutation(() => Run, {
    description:
      'Starts the pipeline workflow; every field of the input is optional. CONFLICT when a run of the same catalogue is fetching already.',
  })
  async startRun(
    @Arg('input', () => StartRunInput, { nullable: true, description: 'What to run on; null: the default.' })
    input: StartRunInput | null,
    @Ctx() context: Context,
  ): Promise<RunView> {
    context.requireAdmin();
    const { catalogue, limit, force } = input ?? {};
    if (limit != null) inRange('limit', limit, 1, 5_000_000);
    return await context.services.runs.start({
      ...(catalogue == null ? {} : { catalogue: await readCatalogue(catalogue, context.services.files) }),
      ...(limit == null ? {} : { limit }),
      ...(force == null ? {} : { force }),
    });
  }

  @Mutation(() => Run, { description: 'Ends a run; what it fetched is kept for the next.' })
  async cancelRun(@Arg('id', () => ID, RUN_ID) id: string, @Ctx() context: Context): Promise<RunView> {
    context.requireAdmin();
    return await context.services.runs.cancel(checkId(id));
  }

  @Mutation(() => Run, { description: 'Holds a run: what is under way ends, nothing new begins.' })
  async pauseRun(@Arg('id', () => ID, RUN_ID) id: string, @Ctx() context: Context): Promise<RunView> {
    context.requireAdmin();
    return await context.services.runs.pause(checkId(id));
  }

  @Mutation(() => Run, { description: 'Lets a paused run go on.' })
  async resumeRun(@Arg('id', () => ID, RUN_ID) id: string, @Ctx() context: Context): Promise<RunView> {
    context.requireAdmin();
    return await context.services.runs.resume(checkId(id));
  }

  @Mutation(() => Run, { description: 'Requests per second from now on.' })
  async setRate(
    @Arg('id', () => ID, RUN_ID) id: string,
    @Arg('ratePerSecond', () => Float, { description: 'Requests per second, 0.1-10,000.' })
    ratePerSecond: number,
    @Ctx() context: Context,
  ): Promise<RunView> {
    context.requireAdmin();
    inRange('ratePerSecond', ratePerSecond, 0.1, 10_000);
    return await context.services.runs.setRate(checkId(id), ratePerSecond);
  }

  @Mutation(() => Run, {
    description: "A run that fetches a snapshot's dead letters again and publishes what it gains.",
  })
  async retryDeadLetters(
    @Arg('snapshot', () => ID, { description: 'Id of the snapshot whose dead letters are tried again.' })
    snapshot: string,
    @Ctx() context: Context,
  ): Promise<RunView> {
    context.requireAdmin();
    const manifest = await context.services.served.manifest(snapshot);
    if (manifest === null) throw context.noSnapshot(snapshot);
    if (manifest.deadLetters === 0) throw badInput(`Snapshot ${manifest.id} has no dead letters.`);
    const { id, catalogue, limit } = manifest;
    return await context.services.runs.retryDeadLetters({ id, catalogue, limit });
  }

  @Subscription(() => Run, {
    description: 'The run now, and again whenever it changes; ends with it.',
    subscribe: ({ args, context }) =>
      watch((id) => (context as Context).services.runs.watch(id), args.id as string),
  })
  runProgress(@Root() run: RunView | RunsError, @Arg('id', () => ID, RUN_ID) _id: string): RunView {
    if (run instanceof Error) throw run;
    return run;
  }
}

function checkId(id: string): string {
  if (id.length > 0 && id.length <= 1000) return id;
  throw badInput('id is no id of a run: take it from runs or startRun.');
}

/**
 * Passes an error on as the last event, so that it becomes an answer with its code. Leaving is passed on at once,
 * also while the next event is awaited: a generator would hold it back until then.
 */
function watch(
  start: (id: string) => AsyncIterableIterator<RunView>,
  id: string,
): AsyncIterableIterator<RunView | Error> {
  const source = start(checkId(id));
  let failed = false;
  return {
    async next() {
      if (failed) return { done: true, value: undefined };
      try {
        return await source.next();
      } catch (error) {
        failed = true;
        return { done: false, value: error instanceof Error ? error : new Error(String(error)) };
      }
    },
    async return() {
      failed = true;
      await source.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
