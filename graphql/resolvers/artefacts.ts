import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { artefactSha256 } from '../../dataset/artefacts.js';
import type { SnapshotManifest } from '../../dataset/snapshots.js';
import type { Plan } from '../../plan/schema.js';
import { SNAPSHOT, shortText } from '../arguments.js';
import type { Context } from '../context.js';
import { badInput } from '../errors.js';
import { ArtefactType } from '../types/artefact.js';

/** Lineage: what each task of the pipeline wrote for a snapshot. */
@Resolver()
export class ArtefactResolver {
  @Query(() => ArtefactType, {
    nullable: true,
    description:
      'What a task wrote for a snapshot; null where the snapshot has nothing of it. BAD_USER_INPUT for a task that the pipeline does not have.',
  })
  async artefact(
    @Arg('name', () => String, { description: 'Name of the task, e.g. `films`; `pipeline` has them all.' })
    name: string,
    @Arg('snapshot', () => ID, SNAPSHOT)
    snapshot: string | null,
    @Ctx() context: Context,
  ): Promise<ArtefactType | null> {
    shortText('name', name);
    const { plan } = context.services;
    if (!Object.hasOwn(plan.tasks, name))
      throw badInput(`name is ${JSON.stringify(name)}; legal are ${Object.keys(plan.tasks).join(', ')}.`);
    return describeArtefact(name, plan, (await context.snapshot(snapshot)).manifest);
  }
}

function describeArtefact(name: string, plan: Plan, manifest: SnapshotManifest): ArtefactType | null {
  // What publishes has no files of its own: it is all of them.
  const publishes = plan.tasks[name]?.activity === 'publish';
  const tables = manifest.tables.filter(({ task }) => publishes || task === name);
  if (tables.length === 0) return null;
  const checks = manifest.checks.filter(({ task }) => task === name);
  const sum = (of: 'rows' | 'bytes'): number => tables.reduce((total, table) => total + table[of], 0);
  return {
    name,
    upstream: plan.tasks[name]?.after ?? [],
    downstream: Object.entries(plan.tasks).flatMap(([task, { after }]) =>
      after.includes(name) ? [task] : [],
    ),
    rows: sum('rows'),
    bytes: sum('bytes'),
    sha256: publishes ? manifest.sha256 : artefactSha256(tables),
    tables: tables
      .map(({ table, rows, bytes, sha256, content }) => ({ name: table, rows, bytes, sha256, content }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    checks,
    failing: checks.filter(({ passed }) => !passed).length,
  };
}
