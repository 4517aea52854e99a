import { createServer } from 'node:http';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { UsageError } from './config.js';
import { exportEventLoopDelay } from '../graphql/http/eventLoop.js';

/** `/metrics` of a worker; 0 takes a free port. @returns its address; null when nobody asked for it. */
export async function serveMetrics(
  port: number | undefined,
): Promise<{ readonly url: string; close(): void } | null> {
  if (port === undefined) return null;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const stop = exportEventLoopDelay(registry);
  const server = createServer((request, response) => {
    if (request.url?.split('?', 1)[0] !== '/metrics') return void response.writeHead(404).end();
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((done, refuse) => {
    server.once('error', refuse);
    server.listen(port, '127.0.0.1', done);
  }).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `The worker's metrics could not listen on port ${port} (${error.code}); choose another MARQUEE_METRICS_PORT (0 = a free one).`,
    );
  });
  server.unref();
  const address = server.address() as { readonly port: number };
  return {
    url: `http://127.0.0.1:${address.port}/metrics`,
    close() {
      stop();
      server.close();
    },
  };
}
