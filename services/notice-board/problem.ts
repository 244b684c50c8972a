import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

const TYPE = 'application/problem+json; charset=utf-8';

/** Answers with problem details (https://www.rfc-editor.org/rfc/rfc9457). */
export function sendProblem(reply: FastifyReply, status: number, detail: string): FastifyReply {
  // The type is put where Fastify's own serializer does not add another one.
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type(TYPE)
    .send(
      JSON.stringify({
        type: 'about:blank',
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
export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status < 500) return sendProblem(reply, status, error.message);
  request.log.error({ err: error, event: 'fault' }, 'the request failed');
  if (isStoreAway(error)) {
    void reply.header('retry-after', '5');
    return sendProblem(reply, 503, 'The notices can not be reached at the moment. Please try again soon.');
  }
  return sendProblem(reply, 500, 'The fault is ours, and it has been noted.');
}

const AWAY = new Set([
  'TimeoutError',
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'InternalServerError',
  'ServiceUnavailable',
  'CredentialsProviderError',
]);

/** Whether it may work again soon. */
function isStoreAway(error: Error): boolean {
  return (
    AWAY.has(error.name) || /^(ECONN|EAI_|ENOTFOUND|EPIPE|ETIMEDOUT)/.test(String(Reflect.get(error, 'code')))
  );
}
