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

const check = z.discriminatedUnion('check', [
  z.strictObject({
    check: z.literal('rows'),
    table,
    min: z.number().int().min(0).optional(),
    max: z.number().int().min(0).optional(),
    severity,
  }),
  z.strictObject({ check: z.literal('unique'), table, column: z.string().min(1), severity }),
  z.strictObject({
    check: z.literal('nullShare'),
    table,
    column: z.string().min(1),
    max: z.number().min(0).max(1).describe('Largest share of nulls, 0-1'),
    severity,
  }),
  z.strictObject({
    check: z.literal('range'),
    table,
    column: z.string().min(1),
    min: z.number().optional(),
    max: z.number().optional(),
    severity,
  }),
  z.strictObject({
    check: z.literal('sum'),
    terms: z.array(z.string().min(1)).min(1).describe('Facts of this task and of those before it'),
    equals: z.string().min(1).describe('The fact that their sum must equal'),
    severity,
  }),
]);

const retryClass = z.strictObject({
  initialInterval: duration,
  backoff: z.number().min(1).max(10),
  maximumInterval: duration,
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
  connection: z.strictObject({
    taskQueue: z.literal('marquee').describe('Task queue of the workflows; the contract fixes it'),
  }),
  queues: z.record(
    z.string(),
    z.strictObject({
      concurrency: z.number().int().min(1).max(1000).describe('Activities at once per worker'),
    }),
  ),
  retries: z.record(z.string(), retryClass),
  fetch: z.strictObject({
    window: z.number().int().min(1).max(64).describe('Batches in flight'),
    batchSeconds: z.number().min(1).max(300).describe('Longest time of a batch at its share of the rate'),
    batchFilms: z.number().int().min(1).max(1000).describe('Most films of a batch'),
    gapThreshold: z.number().min(0).max(1).describe('Share of dead letters above which a run has gaps'),
  }),
  storage: z.strictObject({ probeInterval: duration }),
  maxAge: duration.describe('A snapshot older than this is stale'),
  schedule: z.strictObject({
    calendar: z
      .strictObject({
        hour: z.number().int().min(0).max(23),
        minute: z.number().int().min(0).max(59),
      })
      .describe('UTC, every day'),
    overlap: z.enum(['skip', 'bufferOne', 'cancelOther']).describe('When the last run is still open'),
    catchUp: duration.describe('How late a missed start may still be made'),
  }),
  profile: z.string().describe('The profile that runs take when they name none'),
  tasks: z.record(z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'a task is named like `genreTrends`'), task),
  profiles: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))),
});

export type Plan = z.output<typeof planSchema>;
export type PlannedTask = Plan['tasks'][string];
export type Check = z.output<typeof check>;
