import { realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { startThread } from '../models/startThread.js';
import { parseCatalogue } from '../tmdb/catalogues/catalogue.js';
import type { TmdbEndpoint } from '../tmdb/client.js';
import type { ServerThreadData, ServerThreadMessage } from '../tmdb/server.thread.js';
import { BadInput } from './failures.js';

/** Where the films of a catalogue are asked for: TMDB itself, or the local server that speaks its protocol. */
export interface Endpoints {
  /** @throws BadInput for a catalogue that this worker may not read; an Error when its server cannot start. */
  of(catalogue: string): Promise<TmdbEndpoint>;
  close(): Promise<void>;
}

export interface EndpointSettings {
  readonly tmdb: TmdbEndpoint;
  /** The worker's own catalogue: a `file:` that the person who started it named. */
  readonly catalogue: string;
  readonly files: string | undefined;
}

export function createEndpoints({ tmdb, catalogue: own, files }: EndpointSettings): Endpoints {
  const servers = new Map<string, Promise<LocalServer>>();
  return {
    async of(catalogue) {
      const spec = parseCatalogue(catalogue);
      if (spec.kind === 'tmdb') return tmdb;
      if (spec.kind === 'file' && catalogue !== own) await requireUnder(files, spec.path);
      let server = servers.get(catalogue);
      if (server === undefined) {
        server = startLocalServer(catalogue);
        servers.set(catalogue, server);
        server.catch(() => servers.delete(catalogue));
      }
      return (await server).endpoint;
    },
    async close() {
      for (const server of servers.values()) await server.then(({ close }) => close()).catch(() => undefined);
    },
  };
}

/** @throws BadInput unless `path`, links followed, lies under the folder. */
export async function requireUnder(folder: string | undefined, path: string): Promise<void> {
  if (folder === undefined)
    throw new BadInput(
      'This run names a file, but the worker was started without MARQUEE_FILES. Set it to the folder that such files lie in.',
    );
  const [root, file] = await Promise.all([
    realpath(folder).catch(() => resolve(folder)),
    realpath(path).catch(() => null),
  ]);
  if (file === null || !file.startsWith(root + sep))
    throw new BadInput('This run names a file that is not there or does not lie under MARQUEE_FILES.');
}

interface LocalServer {
  readonly endpoint: TmdbEndpoint;
  close(): Promise<void>;
}

/** In a thread of its own: making synthetic films must not slow down the fetch that asks for them. */
async function startLocalServer(catalogue: string): Promise<LocalServer> {
  const workerData: ServerThreadData = { catalogue };
  const thread = startThread(import.meta.url, '../tmdb/server.thread', { workerData });
  const greeting = await new Promise<ServerThreadMessage>((done, fail) => {
    thread.once('message', done);
    thread.once('error', fail);
    thread.once('exit', (code) =>
      fail(new Error(`The local server of ${catalogue} ended with code ${code}.`)),
    );
  });
  if ('failed' in greeting) {
    await thread.terminate();
    throw new BadInput(greeting.failed);
  }
  thread.unref();
  return {
    endpoint: { baseUrl: greeting.url, exportUrl: greeting.exportUrl },
    close: async () => {
      await thread.terminate();
    },
  };
}
