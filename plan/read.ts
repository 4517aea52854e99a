import { createHash } from 'node:crypto';
import { isMap, isNode, LineCounter, parseDocument, type Document } from 'yaml';
import type { PlanRecord } from '../workflows/records.js';
import { findCycle, topologicalOrder } from './graph.js';
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
  readonly activities: ReadonlyMap<string, { safeParse(value: unknown): ParameterVerdict }>;
}
type ParameterVerdict =
  | { success: true }
  | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } };

/**
 * Reads and checks a plan: YAML, keys and values, then what no schema says (activities that exist, tasks that
 * exist, no cycles, queues, retry classes, parameters).
 * @throws PlanError with line and column of every problem.
 */
export function readPlan(text: string, file: string, known: Known): Plan {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at = (path: readonly PropertyKey[]): string => place(document, lines, path);
  if (document.errors.length > 0) {
    throw new PlanError(
      file,
      document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return `${line}:${col} ${error.message.split('\n')[0]}`;
      }),
    );
  }
  const parsed = planSchema.safeParse(document.toJS());
  if (!parsed.success) {
    throw new PlanError(
      file,
      parsed.error.issues.map((issue) => {
        const path =
          issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] as string] : issue.path;
        return `${at(path)} ${path.join('.')}: ${issue.message}${legalKeys(issue.code, issue.path)}`;
      }),
    );
  }
  const plan = parsed.data;
  const problems = crossCheck(plan, known).map(
    ({ path, message }) => `${at(path)} ${path.join('.')}: ${message}`,
  );
  if (problems.length > 0) throw new PlanError(file, problems);
  return plan;
}

const KEYS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(planSchema.shape),
  task: ['activity', 'workflow', 'after', 'queue', 'retry', 'timeout', 'heartbeat', 'parameters', 'checks'],
};

function legalKeys(code: string | undefined, path: readonly PropertyKey[]): string {
  if (code !== 'unrecognized_keys') return '';
  if (path.length === 0) return `; legal are ${KEYS['']?.join(', ')}`;
  if (path[0] === 'tasks' && path.length === 2) return `; legal are ${KEYS.task?.join(', ')}`;
  return '';
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
          for (const issue of verdict.error.issues) {
            const own =
              plan.profiles[profile]?.[name] === undefined
                ? [...path, 'parameters']
                : ['profiles', profile, name];
            problems.push({ path: [...own, ...issue.path.map(String)], message: issue.message });
          }
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
