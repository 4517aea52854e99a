import { parentPort, workerData } from 'node:worker_threads';
import { parseCatalogue, type Catalogue } from './catalogues/catalogue.js';
import { openCatalogue } from './catalogues/open.js';
import { startTmdbServer, type TmdbServerOptions } from './server.js';

/** What the thread is started with: the server's options, the catalogue as its text. */
export type ServerThreadData = Omit<TmdbServerOptions, 'catalogue' | 'log'> & { readonly catalogue: string };

/** What the thread says once: where it listens, or in one sentence why it does not. */
export type ServerThreadMessage =
  { readonly url: string; readonly exportUrl: string } | { readonly failed: string };

/** The local TMDB server in a thread of its own, so that it never waits for its user; ends on `close`. */
const { catalogue: text, ...options } = workerData as ServerThreadData;
const port = parentPort!;
const say = (message: ServerThreadMessage): void => port.postMessage(message);

let catalogue: Catalogue | undefined;
try {
  catalogue = await openCatalogue(parseCatalogue(text));
  const opened = catalogue;
  const server = await startTmdbServer({ ...options, catalogue });
  port.on('message', (message) => {
    if (message !== 'close') return;
    void server
      .close()
      .then(() => opened.close())
      .finally(() => port.close());
  });
  say({ url: server.url, exportUrl: server.exportUrl });
} catch (error) {
  await catalogue?.close();
  say({ failed: error instanceof Error ? error.message : String(error) });
  port.close();
}
