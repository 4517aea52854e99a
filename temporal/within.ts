import { RunsError } from '../graphql/runs.js';

/** The result of `work`, or TEMPORAL_UNAVAILABLE with the sentence `otherwise` after `ms` milliseconds. */
export async function within<T>(work: Promise<T>, ms: number, otherwise: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new RunsError('TEMPORAL_UNAVAILABLE', otherwise)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
