import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  launch,
  removeFolder,
  startTemporalServer,
  temporaryFolder,
  until,
  type Running,
  type TemporalServer,
} from '../support/system.js';
import { freePort } from '../../temporal/ports.js';

interface Span {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] };
    readonly scopeSpans: readonly { readonly spans: readonly Omit<Span, 'service'>[] }[];
  }[];
}

const folder = temporaryFolder('tracing');
const spans: Span[] = [];
let collector: Server;
let temporal: TemporalServer;
let worker: Running;
let api: Running;
let url: string;

/** A collector of OTLP over HTTP, as far as a test needs one. */
beforeAll(async () => {
  collector = createServer((request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString()));
    request.on('end', () => {
      for (const { resource, scopeSpans } of (JSON.parse(text) as Sent).resourceSpans) {
        const service =
          resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
        for (const { spans: some } of scopeSpans) spans.push(...some.map((span) => ({ ...span, service })));
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  const port = await freePort();
  await new Promise<void>((done) => collector.listen(port, '127.0.0.1', done));
  temporal = await startTemporalServer(folder);
  const environment = {
    MARQUEE_DATA: join(folder, 'data'),
    MARQUEE_CATALOGUE: 'synthetic:40:3',
    MARQUEE_PORT: '0',
    TEMPORAL_ADDRESS: temporal.address,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_BSP_SCHEDULE_DELAY: '200',
  };
  worker = launch(['worker'], environment);
  api = launch(['serve'], environment);
  await worker.ready;
  url = (await api.ready).url as string;
}, 300_000);

afterAll(async () => {
  await Promise.all([worker?.stop(), api?.stop()]);
  await temporal?.stop();
  collector?.close();
  removeFolder(folder);
}, 60_000);

it('one trace goes from a client through API, workflow and activity', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const mutate = async (query: string): Promise<{ id: string }> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
      body: JSON.stringify({ query }),
    });
    return ((await response.json()) as { data: { run: { id: string } } }).data.run;
  };
  const { id } = await mutate('mutation Begin { run: startRun { id } }');
  const find = (service: string, name: RegExp): Span | undefined =>
    spans.find((span) => span.traceId === traceId && span.service === service && name.test(span.name));
  await until(
    'an activity of the run in its trace',
    120,
    () => find('marquee-worker', /^RunActivity/) !== undefined,
  );
  // A span is sent when it has ended: the workflow's with the run.
  await mutate(`mutation End { run: cancelRun(id: "${id}") { id } }`);
  await until(
    'the end of the workflow in its trace',
    120,
    () => find('marquee-worker', /^RunWorkflow:moviePipeline/) !== undefined,
  );

  const activity = find('marquee-worker', /^RunActivity/)!;
  const chain: string[] = [];
  for (let span: Span | undefined = activity; span !== undefined;) {
    chain.push(`${span.service} ${span.name.split(':')[0]}`);
    const parent: string | undefined = span.parentSpanId;
    span = spans.find(({ spanId }) => spanId === parent);
  }
  expect(chain[0]).toBe('marquee-worker RunActivity');
  expect(chain).toContain('marquee-worker RunWorkflow');
  expect(chain).toContain('marquee-api StartWorkflow');
  expect(chain.at(-1)).toBe('marquee-api mutation Begin');
}, 300_000);
