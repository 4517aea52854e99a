import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { OpenTelemetryPlugin } from '@temporalio/interceptors-opentelemetry';

/** Traces of a process: what its clients and workers take, and how it ends. */
export interface Tracing {
  readonly plugin: OpenTelemetryPlugin;
  /** Sends what is left. */
  close(): Promise<void>;
}

/**
 * Starts OpenTelemetry when OTEL_EXPORTER_OTLP_ENDPOINT, or the one for traces alone, names a collector (OTLP over
 * HTTP, e.g. `http://127.0.0.1:4318`); null else. The exporter reads OpenTelemetry's other variables by itself:
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export function startTracing(
  process: 'api' | 'worker',
  environment: Readonly<Record<string, string | undefined>>,
): Tracing | null {
  const endpoint = environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || environment.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!endpoint) return null;
  // One name for all in the variable would hide which process a span is from.
  const name = `${environment.OTEL_SERVICE_NAME || 'marquee'}-${process}`;
  const resource = new Resource({ 'service.name': name });
  const processor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  return {
    plugin: new OpenTelemetryPlugin({ resource, spanProcessor: processor }),
    async close() {
      await provider.shutdown().catch(() => undefined);
    },
  };
}
