import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { isRemote } from '../dataset/s3.js';
import { catalogueLabel, parseCatalogue } from '../tmdb/catalogues/catalogue.js';

/** Names under which runs are found again. */

const hash = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/** A data location's short id: activities run on queues that carry it. */
export function dataId(location: string): string {
  // A bucket is the same one from every machine.
  if (isRemote(location)) return hash(location.replace(/\/+$/, ''), 8);
  const full = resolve(location);
  let real = full;
  try {
    real = realpathSync(full);
  } catch {
    // Not made yet: it will be no link.
  }
  return hash(real, 8);
}

/** One open run for each data location, catalogue and limit. Carries no path of this machine. */
export function pipelineId(data: string, catalogue: string, limit: number | null): string {
  const spec = parseCatalogue(catalogue);
  const name =
    spec.kind === 'file' ? `${catalogueLabel(spec)}~${hash(resolve(spec.path), 6)}` : catalogueLabel(spec);
  return `marquee/${data}/${name}/${limit ?? 'all'}`;
}

/** What GraphQL calls a run: opaque, and stable. */
export function runToken(workflowId: string, runId: string): string {
  return Buffer.from(JSON.stringify([workflowId, runId])).toString('base64url');
}

export function readRunToken(token: string): { readonly workflowId: string; readonly runId: string } | null {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (!Array.isArray(parsed) || parsed.length !== 2) return null;
    const [workflowId, runId] = parsed as unknown[];
    return typeof workflowId === 'string' && typeof runId === 'string' ? { workflowId, runId } : null;
  } catch {
    return null;
  }
}
