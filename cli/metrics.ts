import { createServer } from 'node:http';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { UsageError } from './config.js';
import { exportEventLoopDelay } from '../graphql/http/eventLoop.js';

/**
 * `/metrics` of a worker, when MARQUEE_METRICS_PORT is set: 0 takes a free port. Gives its address, and null when
 * nobody asked for it.
 */
export async function serveMetrics(
  port: string | undefined,
): Promise<{ readonly url: string; close(): void } | null> {
  if (port === undefined || port.trim() === '') return null;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new UsageError(
      `MARQUEE_METRICS_PORT is ${JSON.stringify(port)}: legal is a whole number from 0 to 65535.`,
    );
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
    server.listen(Number(port), '127.0.0.1', done);
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
