import type { IncomingMessage } from 'node:http';
import {
  context,
  propagation,
  ProxyTracerProvider,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { GraphQLFormattedError } from 'graphql';
import type { Described } from './described.js';
import { requestIdOf } from './requestId.js';

const tracer = trace.getTracer('marquee');

/**
 * A span around the answer to a request, child of the caller's where it sends `traceparent`. What it does meanwhile,
 * such as starting a run, belongs to it. Without a collector there is none.
 */
export async function traced<Result>(
  request: IncomingMessage,
  answer: () => Promise<Result>,
): Promise<Result> {
  if (!isTraced()) return await answer();
  const caller = propagation.extract(context.active(), request.headers);
  const attributes = { 'http.request.method': request.method, 'marquee.request': requestIdOf(request) };
  return await tracer.startActiveSpan(
    'GraphQL',
    { kind: SpanKind.SERVER, attributes },
    caller,
    async (span) => {
      try {
        return await answer();
      } catch (error) {
        // The text may name paths; the log has it.
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
  );
}

/** Whether spans are recorded. OpenTelemetry's no-op makes and enters one as well. */
function isTraced(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer('marquee') !== undefined;
}

/** Names the span of the request after its operation: https://opentelemetry.io/docs/specs/semconv/graphql/ */
export function nameSpan(
  { operation, name }: Described,
  errors: readonly GraphQLFormattedError[] | undefined,
): void {
  const span = trace.getActiveSpan();
  if (span === undefined) return;
  span.updateName(`${operation} ${name ?? 'anonymous'}`);
  span.setAttribute('graphql.operation.type', operation);
  if (name !== undefined) span.setAttribute('graphql.operation.name', name);
  if (errors === undefined || errors.length === 0) return;
  span.setAttribute(
    'graphql.error.codes',
    errors.map(({ extensions }) => String(extensions?.code)),
  );
  span.setStatus({ code: SpanStatusCode.ERROR });
}
