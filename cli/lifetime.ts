/**
 * Resolves when this process is asked to end: Ctrl-C, SIGTERM, or the parent that started it is gone (its
 * channel closes even when it was killed), so that no process outlives the `start` that owns it.
 */
export function untilAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    if (process.send !== undefined) process.once('disconnect', () => resolve());
  });
}

/** Tells the parent, if there is one, that this process is ready and under which addresses. */
export function announceReady(what: Record<string, string>): void {
  process.send?.({ ready: what });
}

/** Tells the parent, if there is one, why this process gives up, in one sentence. */
export async function announceFailure(sentence: string): Promise<void> {
  await new Promise<void>((resolve) => {
    if (process.send === undefined) return resolve();
    process.send({ failed: sentence }, () => resolve());
  });
}
