import { Context } from '@temporalio/activity';
import { readJson, sha256Of, type Artefact } from '../dataset/artefacts.js';
import { runChecks } from '../dataset/checks.js';
import { keepCrawl } from '../dataset/crawls.js';
import {
  newestSnapshot,
  publishSnapshot,
  type SnapshotDraft,
  type SnapshotManifest,
} from '../dataset/snapshots.js';
import type { Store } from '../dataset/store.js';
import type { PublishedRef, TaskInput } from '../workflows/records.js';
import { checkCounts, inputArtefacts, requireChecks } from './runner.js';
import type { WorkerContext } from './worker.js';

/** What analysts read without asking which snapshot is the newest. */
const LATEST = 'latest/films.parquet';
const LATEST_OF = 'latest/snapshot.json';

/** Makes the run's tables a snapshot: all of them at once, or, where their content is known already, none. */
export async function publish(
  worker: WorkerContext,
  { run, task, inputs }: TaskInput,
): Promise<PublishedRef> {
  const artefacts = await inputArtefacts(worker, inputs);
  const facts: Record<string, unknown> = Object.assign({}, ...artefacts.map((artefact) => artefact.facts));
  const plan = await worker.plans.read(run.plan);
  const checks = plan.tasks[task]?.checks ?? [];
  const results = await runChecks(task, checks, {}, facts);
  requireChecks(task, checks, results);
  Context.current().cancellationSignal.throwIfAborted();

  const draft: SnapshotDraft = {
    catalogue: String(facts.catalogue),
    synthetic: facts.synthetic === true,
    createdAt: new Date().toISOString(),
    asOf: String(facts.asOf),
    dataYear: numberOrNull(facts.dataYear),
    fromYear: numberOrNull(facts.fromYear),
    toYear: numberOrNull(facts.toYear),
    movieCount: Number(facts.films),
    quarantined: Number(facts.quarantined),
    deadLetters: Number(facts.deadLetters),
    votesAsOf: typeof facts.votesAsOf === 'string' ? facts.votesAsOf : null,
    limit: run.limit,
    run: run.run,
    notes: notesOf(facts),
    coverage: Object.entries(facts).flatMap(([name, known]) =>
      name.startsWith('known.') ? [{ field: name.slice('known.'.length), known: Number(known) }] : [],
    ),
    tables: artefacts.flatMap((artefact) =>
      artefact.tables.map((table) => ({ ...table, task: artefact.task })),
    ),
    checks: [...artefacts.flatMap((artefact) => artefact.checks), ...results],
  };
  const newer = facts.exportDay == null ? null : await newerSnapshot(worker.store, draft);
  const { snapshot, unchanged } =
    newer === null
      ? await publishSnapshot(worker.store, draft)
      : ({ snapshot: newer, unchanged: true } as const);
  if (newer === null) await refreshLatest(worker.store, snapshot, artefacts);
  await rememberCrawl(worker.store, run, facts, artefacts);
  const count = (n: number): string => n.toLocaleString('en-US');
  return {
    task,
    key: sha256Of(snapshot.sha256),
    sha256: snapshot.sha256,
    rows: snapshot.movieCount,
    bytes: snapshot.tables.reduce((sum, { bytes }) => sum + bytes, 0),
    cached:
      newer !== null
        ? `${newer.id} of ${newer.asOf} is newer than this day`
        : unchanged
          ? `the content is that of ${snapshot.id}`
          : null,
    summary: `${snapshot.id}: ${count(snapshot.movieCount)} films${unchanged ? ', unchanged' : ''}`,
    snapshot: snapshot.id,
    snapshotSha256: snapshot.sha256,
    unchanged,
    checks: checkCounts(results),
    listed: Number(facts.listed),
    deadLetters: draft.deadLetters,
  };
}

/** A backfilled day adds to the history of popularity; what is served does not go back to it. */
async function newerSnapshot(store: Store, draft: SnapshotDraft): Promise<SnapshotManifest | null> {
  const newest = await newestSnapshot(store, draft.catalogue);
  return newest !== null && newest.asOf > draft.asOf ? newest : null;
}

/** The newest published film table under a name that never changes; a killed copy is made good by the retry. */
async function refreshLatest(
  store: Store,
  snapshot: SnapshotManifest,
  artefacts: readonly Artefact[],
): Promise<void> {
  const films = artefacts.flatMap(({ tables }) => tables).find(({ table }) => table === 'films');
  if (films === undefined) return;
  const now = await readJson<{ readonly films?: string }>(store, LATEST_OF);
  if (now?.films === films.sha256 && (await store.size(LATEST)) === films.bytes) return;
  await store.copy(films.path, LATEST);
  await store.write(LATEST_OF, JSON.stringify({ snapshot: snapshot.id, films: films.sha256 }));
}

/** Lets a later run build on what this one has fetched. */
async function rememberCrawl(
  store: Store,
  run: TaskInput['run'],
  facts: Readonly<Record<string, unknown>>,
  artefacts: readonly Artefact[],
): Promise<void> {
  const { state, crawlDay, base, list, catalogue, votesAsOf } = facts;
  const documents = artefacts.find(({ task }) => task === 'documents');
  if (documents === undefined || typeof crawlDay !== 'string' || typeof state !== 'string') return;
  await keepCrawl(
    store,
    { catalogue: String(catalogue), limit: run.limit, list: typeof list === 'string' ? list : null },
    {
      state,
      day: crawlDay,
      documents: documents.key,
      base: typeof base === 'string' ? base : null,
      votesAsOf: typeof votesAsOf === 'string' ? votesAsOf : crawlDay,
    },
  );
}

function notesOf(facts: Readonly<Record<string, unknown>>): string[] {
  const count = (n: unknown): string => Number(n).toLocaleString('en-US');
  const cleaned = Object.entries(facts).flatMap(([name, n]) => {
    const sentence = CLEANED[name.slice('cleaned.'.length)];
    return name.startsWith('cleaned.') && Number(n) > 0 && sentence !== undefined
      ? [`${count(n)} ${sentence}`]
      : [];
  });
  const listing = [
    ...(Number(facts.badLines) > 0 ? [`${count(facts.badLines)} lines of the id list were no film.`] : []),
    ...(Number(facts.duplicates) > 0 ? [`${count(facts.duplicates)} ids were listed more than once.`] : []),
  ];
  return [...listing, ...cleaned];
}

const CLEANED: Readonly<Record<string, string>> = {
  impossibleDate: 'impossible release dates were made unknown.',
  noRuntime: 'runtimes of 0 were made unknown.',
  noBudget: 'budgets of 0 or less were made unknown.',
  noRevenue: 'revenues of 0 or less were made unknown.',
  negativePopularity: 'negative popularities were made unknown.',
  negativeVoteCount: 'negative numbers of votes were made unknown.',
  noVoteAverage: 'vote averages without votes, or outside 0–10, were made unknown.',
  brokenText: 'titles carry broken text; they are flagged and kept as they came.',
};

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
