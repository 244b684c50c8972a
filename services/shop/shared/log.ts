import { trace } from '@opentelemetry/api';
import type { FastifyServerOptions } from 'fastify';

/** Where lines of the log go. */
export interface LogStream {
  write(line: string): void;
}

/** One JSON object a line; no headers and no bodies in it, and so no tokens, passwords or numbers of cards. */
export function loggerOptions(
  service: string,
  version: string,
  stream: LogStream,
): Exclude<FastifyServerOptions['logger'], undefined | boolean> {
  return {
    level: 'info',
    base: { service, version },
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (level) => ({ level }) },
    // Fastify's serializers would log the address and headers of the client.
    serializers: { err: describeError },
    mixin: currentTrace,
    stream,
  };
}

/** An error as the log shows it; a type, since interfaces are no records to TypeScript. */
type DescribedError = {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly code?: string;
  /** What is behind it: `fetch` says no more than that it failed. */
  readonly cause?: string;
};

/** The kind and place of an error. The AWS SDK hangs whole requests on its errors, with signatures. */
function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error), stack: '' };
  const { name, message, stack = '', cause } = error;
  const code: unknown = Reflect.get(error, 'code');
  return {
    type: name,
    message,
    stack,
    ...(typeof code === 'string' && { code }),
    ...(cause instanceof Error && { cause: `${cause.name}: ${cause.message}` }),
  };
}

/** Leads from a line of the log to its trace. */
function currentTrace(): Readonly<Record<string, string>> {
  const context = trace.getActiveSpan()?.spanContext();
  return context ? { traceId: context.traceId, spanId: context.spanId } : {};
}
