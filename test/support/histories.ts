import { Client, Connection, type WorkflowHandle } from '@temporalio/client';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

export interface RecordedHistory {
  readonly workflowId: string;
  readonly type: string;
  readonly history: History;
}

/** Every history that the server holds. */
export async function allHistories(address: string): Promise<RecordedHistory[]> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection });
    const found: RecordedHistory[] = [];
    for await (const { workflowId, runId, type } of client.workflow.list()) {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      found.push({ workflowId, type, history });
    }
    return found;
  } finally {
    await connection.close();
  }
}

/** Sizes in bytes of all payloads of a history, largest first, with the event that carries them. */
export function payloadSizes(history: History): { readonly bytes: number; readonly event: string }[] {
  const sizes: { bytes: number; event: string }[] = [];
  const visit = (value: unknown, event: string): void => {
    if (value === null || typeof value !== 'object') return;
    if (value instanceof Uint8Array) return;
    const { data, metadata } = value as { data?: unknown; metadata?: unknown };
    if (data instanceof Uint8Array && metadata !== undefined) sizes.push({ bytes: data.length, event });
    for (const part of Object.values(value)) visit(part, event);
  };
  for (const event of history.events ?? []) visit(event, `${event.eventId} ${event.eventType}`);
  return sizes.sort((a, b) => b.bytes - a.bytes);
}
