import FastifyOtelInstrumentation from '@fastify/otel';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { FastifyPluginCallback } from 'fastify';

import { HEALTH_PATHS } from './health';

/** Traces while they are made. */
export interface Tracing {
  /** Makes spans of requests. */
  readonly plugin: FastifyPluginCallback;
  /** Sends what has not been sent. */
  stop(): Promise<void>;
}

/**
 * Sends traces to OTEL_EXPORTER_OTLP_ENDPOINT, sampled as OTEL_TRACES_SAMPLER says. It has to begin before the modules
 * that ask others by HTTP are loaded, since it changes `node:http`.
 */
export function startTracing(service: string, version: string): Tracing {
  const provider = new NodeTracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    ),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  const fastify = new FastifyOtelInstrumentation({ registerOnInitialization: false });
  fastify.setTracerProvider(provider);
  const disable = registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [
      new HttpInstrumentation({
        // Nobody waits for what a service does by itself, such as looking for messages, and it would be most of all traces.
        requireParentforOutgoingSpans: true,
        // Nothing below such a request is traced either, neither its route nor what it asks of the table.
        ignoreIncomingRequestHook: ({ url = '' }) => HEALTH_PATHS.has(url.split('?', 1)[0] ?? ''),
      }),
    ],
  });
  return {
    plugin: fastify.plugin(),
    async stop() {
      disable();
      await provider.shutdown();
    },
  };
}
