import { z } from 'zod';

/** What `temporal.yml` may say. Each field's description is what an editor shows beside it. */

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30s` → 30000; null for anything else. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  if (match === null) return null;
  return Number(match[1]) * (UNITS[match[2] as string] as number);
}

const duration = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'a duration reads 500ms, 30s, 5m, 2h or 1d')
  .describe('A duration: 500ms, 30s, 5m, 2h, 1d');

const severity = z
  .enum(['warn', 'block'])
  .describe('`block` fails the task, `warn` is kept in the record and shown');
const table = z.string().min(1).describe('Name of a table that the task writes');
const column = z.string().min(1).describe('Name of a column of that table');

const check = z.discriminatedUnion('check', [
  z.strictObject({
    check: z.literal('rows').describe('The table has as many rows as this'),
    table,
    min: z.number().int().min(0).optional().describe('Fewest rows'),
    max: z.number().int().min(0).optional().describe('Most rows'),
    severity,
  }),
  z.strictObject({
    check: z.literal('unique').describe('No value stands twice in the column'),
    table,
    column,
    severity,
  }),
  z.strictObject({
    check: z.literal('nullShare').describe('Not too many values of the column are unknown'),
    table,
    column,
    max: z.number().min(0).max(1).describe('Largest share of nulls, 0-1'),
    severity,
  }),
  z.strictObject({
    check: z.literal('range').describe('Every known value of the column lies between these'),
    table,
    column,
    min: z.number().optional().describe('Smallest value'),
    max: z.number().optional().describe('Largest value'),
    severity,
  }),
  z.strictObject({
    check: z.literal('sum').describe('Facts add up'),
    terms: z.array(z.string().min(1)).min(1).describe('Facts of this task and of those before it'),
    equals: z.string().min(1).describe('The fact that their sum must equal'),
    severity,
  }),
]);

const retryClass = z.strictObject({
  initialInterval: duration.describe('Pause before the second attempt'),
  backoff: z.number().min(1).max(10).describe('Each pause is this many times the one before'),
  maximumInterval: duration.describe('Longest pause'),
  maximumAttempts: z.number().int().min(1).max(1000).describe('Attempts are bounded everywhere'),
});

const task = z
  .strictObject({
    activity: z.string().min(1).optional().describe('The activity that does it'),
    workflow: z.literal('fetchCatalogue').optional().describe('Or the child workflow that does it'),
    after: z.array(z.string()).default([]).describe('Tasks whose results it reads'),
    queue: z.string().describe('One of `queues`'),
    retry: z.string().describe('One of `retries`'),
    timeout: duration.describe('Longest time of one attempt'),
    heartbeat: duration
      .default('10s')
      .describe('A worker silent for this long is taken for dead, and the task starts again elsewhere'),
    parameters: z.record(z.string(), z.unknown()).default({}).describe("The task's own parameters"),
    checks: z.array(check).default([]).describe('What must hold of its result'),
  })
  .refine((one) => (one.activity === undefined) !== (one.workflow === undefined), {
    message: 'a task has either `activity` or `workflow`',
  });

export const planSchema = z.strictObject({
  connection: z
    .strictObject({
      taskQueue: z.literal('marquee').describe('Task queue of the workflows; the contract fixes it'),
    })
    .describe('How workflows are reached'),
  queues: z
    .record(
      z.string(),
      z.strictObject({
        concurrency: z.number().int().min(1).max(1000).describe('Activities at once per worker'),
      }),
    )
    .describe('Kinds of activities, by what they need; `io` must be among them'),
  retries: z.record(z.string(), retryClass).describe('How often, and how patiently, work is tried again'),
  fetch: z
    .strictObject({
      window: z.number().int().min(1).max(64).describe('Batches in flight'),
      batchSeconds: z.number().min(1).max(300).describe('Longest time of a batch at its share of the rate'),
      batchFilms: z.number().int().min(1).max(1000).describe('Most films of a batch'),
      gapThreshold: z.number().min(0).max(1).describe('Share of dead letters above which a run has gaps'),
    })
    .describe('How films are fetched'),
  storage: z
    .strictObject({
      probeInterval: duration.describe('How often a run that storage has stopped looks again'),
    })
    .describe('What happens when the data folder refuses'),
  maxAge: duration.describe('A snapshot older than this is stale'),
  schedule: z
    .strictObject({
      calendar: z
        .strictObject({
          hour: z.number().int().min(0).max(23).describe('0-23'),
          minute: z.number().int().min(0).max(59).describe('0-59'),
        })
        .describe('UTC, every day'),
      overlap: z.enum(['skip', 'bufferOne', 'cancelOther']).describe('When the last run is still open'),
      catchUp: duration.describe('How late a missed start may still be made'),
    })
    .describe('What `marquee schedule apply` makes true on the server'),
  profile: z.string().describe('The profile that runs take when they name none'),
  tasks: z
    .record(z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'a task is named like `genreTrends`'), task)
    .describe('The DAG: each task by its name'),
  profiles: z
    .record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())))
    .describe('Parameters by profile and task; they go before the tasks’ own'),
});

export type Plan = z.output<typeof planSchema>;
export type Check = z.output<typeof check>;
