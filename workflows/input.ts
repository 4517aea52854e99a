import { ApplicationFailure } from '@temporalio/workflow';
import { z } from 'zod';
import type { PipelineInput } from './records.js';

/** What a person may type into the Temporal UI; every field is optional. */
const pipelineInput = z.strictObject({
  catalogue: z.string().min(1).max(1000).optional(),
  limit: z.number().int().min(1).max(5_000_000).nullish(),
  force: z.boolean().optional(),
  ids: z.string().min(1).max(1000).optional(),
  retryDeadLettersOf: z.string().min(1).max(1000).optional(),
  rate: z.number().min(0).max(10_000).optional(),
  profile: z.string().min(1).max(100).optional(),
  data: z.string().min(1).max(100).optional(),
});

/** @throws ApplicationFailure (final): which field is wrong, and which fields there are. */
export function checkInput(input: unknown): PipelineInput {
  const parsed = pipelineInput.safeParse(input ?? {});
  if (parsed.success) return { ...parsed.data, limit: parsed.data.limit ?? undefined };
  const known = Object.keys(pipelineInput.shape).join(', ');
  throw ApplicationFailure.nonRetryable(
    `The input of moviePipeline cannot be used: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}. Known fields, all optional: ${known}.`,
    'BadInput',
  );
}
