import { realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { Worker } from 'node:worker_threads';
import { parseCatalogue } from '../tmdb/catalogues/catalogue.js';
import type { TmdbEndpoint } from '../tmdb/client.js';
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

type Greeting = { readonly url: string; readonly exportUrl: string } | { readonly failed: string };

/** In a thread of its own: making synthetic films must not slow down the fetch that asks for them. */
async function startLocalServer(catalogue: string): Promise<LocalServer> {
  const thread = serverThread(catalogue);
  const greeting = await new Promise<Greeting>((done, fail) => {
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

function serverThread(catalogue: string): Worker {
  const workerData = { catalogue };
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('../tmdb/server.thread.js', import.meta.url), { workerData });
  // Node 20 gives a new thread none of its parent's loaders: tsx has to be registered in it before TypeScript.
  const file = JSON.stringify(new URL('../tmdb/server.thread.ts', import.meta.url).href);
  const start = `import('tsx/esm/api').then(({ register }) => (register(), import(${file})))`;
  return new Worker(start, { eval: true, workerData });
}
