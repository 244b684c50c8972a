import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { isAway } from './away';

/** The media type of problem details (https://www.rfc-editor.org/rfc/rfc9457). */
export const PROBLEM_TYPE = 'application/problem+json';

const TYPE = `${PROBLEM_TYPE}; charset=utf-8`;

/** What a problem says beyond its text. */
export interface ProblemMore {
  /** Members of the answer's body; they can't replace its standard ones. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that a route throws: the request can't be served, and the caller is told why. */
export class Problem extends Error {
  constructor(
    readonly statusCode: number,
    /** The kind, for programs: `urn:shop:<slug>`. */
    readonly slug: string,
    /** The text for people. */
    detail: string,
    readonly more: ProblemMore = {},
  ) {
    super(detail);
    this.name = 'Problem';
  }
}

/** Another service that is needed can't be reached at the moment. */
export function unavailable(dependency: string): Problem {
  return new Problem(
    503,
    'dependency-unavailable',
    `The service "${dependency}" can not be reached at the moment. Please try again soon.`,
    { fields: { dependency }, headers: { 'retry-after': '5' } },
  );
}

/** Whether it is a problem, of that kind if one is given. */
export function isProblem(error: unknown, slug?: string): error is Problem {
  return error instanceof Problem && (slug === undefined || error.slug === slug);
}

/** Answers with problem details; where the kind says no more than the status, it is `about:blank`. */
export function sendProblem(
  reply: FastifyReply,
  status: number,
  detail: string,
  { slug, fields, headers = {} }: ProblemMore & { readonly slug?: string } = {},
): FastifyReply {
  // The type is put where Fastify's own serializer does not add another one.
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .headers(headers)
    .type(TYPE)
    .send(
      JSON.stringify({
        ...fields,
        type: slug === undefined ? 'about:blank' : `urn:shop:${slug}`,
        title: STATUS_CODES[status] ?? 'Error',
        status,
        detail,
        requestId: reply.request.id,
      }),
    );
}

/** Answers where no route is. */
export function answerNotFound(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(reply, 404, 'There is nothing at this path for this method.');
}

/** Answers errors. What is wrong with a request is told; what is wrong with this service is logged only. */
export function answerError(
  error: FastifyError | Problem,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const status = error.statusCode ?? 500;
  if (isProblem(error)) {
    if (status >= 500) request.log.warn({ err: error, event: 'unavailable' }, error.message);
    return sendProblem(reply, status, error.message, { ...error.more, slug: error.slug });
  }
  if (status < 500) {
    return sendProblem(reply, status, error.message, error.validation && { slug: 'bad-request' });
  }
  request.log.error({ err: error, event: 'fault' }, 'the request failed');
  if (isAway(error)) {
    return sendProblem(reply, 503, 'The data can not be reached at the moment. Please try again soon.', {
      slug: 'storage-unavailable',
      headers: { 'retry-after': '5' },
    });
  }
  return sendProblem(reply, 500, 'The fault is ours, and it has been noted.');
}
