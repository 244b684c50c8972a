import { STATUS_CODES } from 'node:http';
import { NotFoundError, RouteMatchingError } from '@aws-lambda-powertools/event-handler/http';
import type * as z from 'zod/mini';

/** What is wrong with one value of a request. */
export interface ValueError {
  /** Like 'title'; empty where it is the whole body. */
  readonly path: string;
  readonly message: string;
}

/** An answer other than the hoped-for one. Its message is for the client: it names nothing of the inside. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    detail: string,
    readonly more: {
      readonly headers?: Record<string, string>;
      readonly errors?: readonly ValueError[];
    } = {},
  ) {
    super(detail);
  }
}

/** What API Gateway takes as an answer, in both payload formats. */
export interface PlainAnswer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Errors that pass by themselves: DynamoDB is throttling, does not answer in time, or has a fault of its own. */
const PASSING = new Set([
  'InternalServerError',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ServiceUnavailable',
  'ThrottlingException',
  'TimeoutError',
]);

/** Powertools wraps what DynamoDB said. */
const isPassing = (error: unknown): boolean =>
  error instanceof Error && (PASSING.has(error.name) || isPassing(error.cause));

/** What a client gets to know of an error. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  // The router decodes the path's parameters before any route runs: `%zz` is a URIError, an empty one a RouteMatchingError.
  if ([NotFoundError, RouteMatchingError, URIError].some((type) => error instanceof type)) {
    return new Problem(404, 'There is nothing here.');
  }
  // The router makes a URL of the host that the client names.
  if (error instanceof TypeError && 'code' in error && error.code === 'ERR_INVALID_URL') {
    return new Problem(400, 'The request can not be read.');
  }
  if (isPassing(error)) {
    return new Problem(503, 'The service is busy. Try again.', { headers: { 'retry-after': '1' } });
  }
  return new Problem(500, 'Something went wrong on our side.');
}

/** A problem as RFC 9457 writes it. */
export function problemAnswer({ status, message, more }: Problem, correlationId: string): PlainAnswer {
  return {
    statusCode: status,
    headers: { ...more.headers, 'content-type': 'application/problem+json' },
    body: JSON.stringify({
      type: 'about:blank',
      title: STATUS_CODES[status],
      status,
      detail: message,
      correlationId,
      ...(more.errors && { errors: more.errors }),
    }),
  };
}

/** The value as the schema has it. A problem of status 400 names every error. */
export function parse<T extends z.core.$ZodType>(
  schema: T,
  value: unknown,
  path: readonly string[] = [],
): z.output<T> {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) throw new TypeError('Schemas of requests are synchronous');
  if (!result.issues) return result.value as z.output<T>;
  const errors = result.issues.map((issue) => ({
    path: [
      ...path,
      ...(issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)),
    ].join('.'),
    message: issue.message,
  }));
  throw new Problem(400, 'The request is not valid.', { errors });
}
