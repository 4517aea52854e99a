import { parseCatalogue } from '../tmdb/catalogues/catalogue.js';
import type { Home, PipelineInput } from '../workflows/records.js';
import { BadInput } from './failures.js';
import type { WorkerContext } from './worker.js';

const TMDB = 'https://api.themoviedb.org/';
/** TMDB's limit, in requests per second: https://developer.themoviedb.org/docs/rate-limiting */
const TMDB_RATE = 40;

/**
 * What a run works on, as the worker that took it sees it: `{}` is that worker's own data location and catalogue.
 * @throws BadCatalogue, BadInput.
 */
export async function resolveHome(
  worker: Pick<WorkerContext, 'data' | 'catalogue' | 'limit' | 'rate' | 'searchAttributes' | 'endpoints'>,
  input: PipelineInput,
): Promise<Home> {
  const catalogue = input.catalogue ?? worker.catalogue;
  const spec = parseCatalogue(catalogue);
  const data = input.data ?? worker.data;
  // Another location's worker knows its own files and keys; the first task asks it.
  if (data === worker.data && spec.kind === 'tmdb') requireKey(await worker.endpoints.of(catalogue));
  return {
    data,
    catalogue,
    limit: input.limit ?? (input.catalogue === undefined ? worker.limit : null),
    rate: worker.rate ?? (spec.kind === 'tmdb' ? TMDB_RATE : 0),
    searchAttributes: worker.searchAttributes,
  };
}

/** TMDB itself answers nobody without a key; what stands for it may. */
export function requireKey(endpoint: {
  readonly baseUrl: string;
  readonly accessToken?: string | undefined;
  readonly apiKey?: string | undefined;
}): void {
  if (!endpoint.baseUrl.startsWith(TMDB) || endpoint.accessToken || endpoint.apiKey) return;
  throw new BadInput(
    'The catalogue tmdb needs a key: create one at https://www.themoviedb.org/settings/api and set TMDB_ACCESS_TOKEN (or TMDB_API_KEY) where the worker starts. Without a key, --catalogue sample works.',
  );
}
