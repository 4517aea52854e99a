import { createHash } from 'node:crypto';
import { isMap, isNode, LineCounter, parseDocument, type Document } from 'yaml';
import type { PlanRecord } from '../workflows/records.js';
import { findCycle, topologicalOrder } from './graph.js';
import { legalKeys } from './jsonSchema.js';
import { parseDuration, planSchema, type Plan } from './schema.js';

/** Thrown when `temporal.yml` cannot be taken: every error at once, each with its place and what is legal. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
  constructor(
    readonly file: string,
    readonly problems: readonly string[],
  ) {
    super(`${file} cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

export interface Known {
  /** Activities that a worker has, with what their parameters may be. */
  readonly activities: ReadonlyMap<string, Parameters>;
}
interface Parameters {
  safeParse(value: unknown): ParameterVerdict;
  /** The parameters by name, where they are an object's. */
  readonly shape?: Readonly<Record<string, unknown>>;
}
type ParameterVerdict = { success: true } | { success: false; error: { issues: readonly Issue[] } };
interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Those that are not known. */
  readonly keys?: readonly string[];
  /** Why a key is none. */
  readonly issues?: readonly Issue[];
  /** The key that says which alternative is meant. */
  readonly discriminator?: string;
  readonly options?: readonly unknown[];
}

/**
 * Reads and checks a plan: YAML, keys and values, then what no schema says (activities that exist, tasks that
 * exist, no cycles, queues, retry classes, parameters).
 * @throws PlanError with line and column of every problem.
 */
export function readPlan(text: string, file: string, known: Known): Plan {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const at = (path: readonly PropertyKey[]): string => place(document, lines, path);
  if (document.errors.length > 0) {
    throw new PlanError(
      file,
      document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return `${line}:${col} ${error.message} (${JSON.stringify(text.split('\n')[line - 1]?.trim())})`;
      }),
    );
  }
  const given: unknown = document.toJS();
  const parsed = planSchema.safeParse(given);
  if (!parsed.success) {
    throw new PlanError(
      file,
      parsed.error.issues
        .flatMap((issue) => problemsOf(issue, (path) => legalKeys(path, given)))
        .map(({ path, message }) => sentence(at(path), path, message)),
    );
  }
  const plan = parsed.data;
  const problems = crossCheck(plan, known);
  if (problems.length > 0)
    throw new PlanError(
      file,
      problems.map(({ path, message }) => sentence(at(path), path, message)),
    );
  return plan;
}

function sentence(place: string, path: readonly string[], message: string): string {
  return `${place} ${path.length === 0 ? '' : `${path.join('.')}: `}${message}`;
}

/** A schema's issue in words: each unknown key by itself with those that there are, what is missing as missing. */
function problemsOf(issue: Issue, legal: (path: readonly string[]) => readonly string[]): Problem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const known = legal(path);
    return (issue.keys ?? []).map((key) => ({
      path: [...path, key],
      message: `there is no such key; legal ${known.length === 0 ? 'is none' : `are ${known.join(', ')}`}`,
    }));
  }
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined)
    return [
      { path, message: `there is no such ${issue.discriminator}; legal are ${issue.options?.join(', ')}` },
    ];
  if (issue.code === 'invalid_key') return [{ path, message: issue.issues?.[0]?.message ?? issue.message }];
  const missing = /expected (\w+), received undefined$/.exec(issue.message);
  return [
    {
      path,
      message: missing === null ? issue.message : `is missing; it is ${article(missing[1] as string)}`,
    },
  ];
}

function article(type: string): string {
  if (type === 'object' || type === 'record') return 'a group of keys';
  return type === 'int' ? 'a whole number' : `a ${type}`;
}

interface Problem {
  readonly path: readonly string[];
  readonly message: string;
}

function crossCheck(plan: Plan, known: Known): Problem[] {
  const problems: Problem[] = [];
  const names = Object.keys(plan.tasks);
  const among = (what: string, legal: readonly string[]): string =>
    `there is no ${what}; legal are ${legal.join(', ')}`;
  for (const [name, task] of Object.entries(plan.tasks)) {
    const path = ['tasks', name];
    if (task.activity !== undefined) {
      const parameters = known.activities.get(task.activity);
      if (parameters === undefined) {
        problems.push({
          path: [...path, 'activity'],
          message: among(`activity "${task.activity}"`, [...known.activities.keys()]),
        });
      } else {
        for (const profile of Object.keys(plan.profiles)) {
          const verdict = parameters.safeParse(parametersOf(plan, name, profile));
          if (verdict.success) continue;
          const own =
            plan.profiles[profile]?.[name] === undefined
              ? [...path, 'parameters']
              : ['profiles', profile, name];
          for (const issue of verdict.error.issues)
            for (const { path: inside, message } of problemsOf(issue, () =>
              Object.keys(parameters.shape ?? {}),
            ))
              problems.push({ path: [...own, ...inside], message });
        }
      }
    }
    for (const before of task.after) {
      if (!names.includes(before))
        problems.push({ path: [...path, 'after'], message: among(`task "${before}"`, names) });
    }
    if (plan.queues[task.queue] === undefined) {
      problems.push({
        path: [...path, 'queue'],
        message: among(`queue "${task.queue}"`, Object.keys(plan.queues)),
      });
    }
    if (plan.retries[task.retry] === undefined) {
      problems.push({
        path: [...path, 'retry'],
        message: among(`retry class "${task.retry}"`, Object.keys(plan.retries)),
      });
    }
  }
  if (plan.queues.io === undefined)
    problems.push({ path: ['queues'], message: 'there must be a queue "io": runs look at storage on it' });
  const cycle = findCycle(nodesOf(plan));
  if (cycle !== null) {
    problems.push({
      path: ['tasks', cycle[0] as string, 'after'],
      message: `these tasks wait for each other: ${cycle.join(' → ')}`,
    });
  }
  if (plan.profiles[plan.profile] === undefined) {
    problems.push({
      path: ['profile'],
      message: among(`profile "${plan.profile}"`, Object.keys(plan.profiles)),
    });
  }
  for (const [profile, tasks] of Object.entries(plan.profiles)) {
    for (const name of Object.keys(tasks)) {
      if (!names.includes(name)) {
        problems.push({ path: ['profiles', profile, name], message: among(`task "${name}"`, names) });
      }
    }
  }
  return problems;
}

/** A task's parameters under a profile: the task's own, then what the profile says. */
export function parametersOf(plan: Plan, task: string, profile: string): Record<string, unknown> {
  return { ...plan.tasks[task]?.parameters, ...plan.profiles[profile]?.[task] };
}

export function nodesOf(plan: Plan): { name: string; after: readonly string[] }[] {
  return Object.entries(plan.tasks).map(([name, task]) => ({ name, after: task.after }));
}

/** The plan as a file's text, and its sha256: what a run fixes, so that later edits do not reach it. */
export function freezePlan(plan: Plan): { readonly text: string; readonly sha256: string } {
  const text = JSON.stringify(plan);
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}

/** What a workflow needs of a plan; stays under 4 KB. Tasks stand in topological order. */
export function planRecord(plan: Plan, sha256: string): PlanRecord {
  const ms = (text: string): number => parseDuration(text) as number;
  return {
    sha256,
    tasks: topologicalOrder(nodesOf(plan)).map((name) => {
      const task = plan.tasks[name] as Plan['tasks'][string];
      return {
        name,
        ...(task.activity === undefined
          ? { workflow: task.workflow as string }
          : { activity: task.activity }),
        after: task.after,
        queue: task.queue,
        retry: task.retry,
        startToClose: ms(task.timeout),
        heartbeat: ms(task.heartbeat),
      };
    }),
    retries: Object.fromEntries(
      Object.entries(plan.retries).map(([name, one]) => [
        name,
        {
          initialInterval: ms(one.initialInterval),
          backoff: one.backoff,
          maximumInterval: ms(one.maximumInterval),
          maximumAttempts: one.maximumAttempts,
        },
      ]),
    ),
    fetch: plan.fetch,
    probeInterval: ms(plan.storage.probeInterval),
  };
}

/** `line:column` of a path's key, or of the nearest parent that the file has. */
function place(document: Document, lines: LineCounter, path: readonly PropertyKey[]): string {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = document.getIn(path.slice(0, depth - 1), true);
    const key = path[depth - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isNode(item.key) && String(item.key) === String(key));
      const range = pair && isNode(pair.key) ? pair.key.range : undefined;
      if (range) {
        const { line, col } = lines.linePos(range[0]);
        return `${line}:${col}`;
      }
    }
  }
  return '1:1';
}
