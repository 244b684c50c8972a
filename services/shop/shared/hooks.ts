import type { FastifyInstance } from 'fastify';
import { deadlineOf } from './deadline';
import { HEALTH_PATHS } from './health';
import type { Readiness } from './readiness';

declare module 'fastify' {
  interface FastifyRequest {
    /** Until when an answer is of use, in milliseconds since 1970. */
    deadline: number;
    /** Who asks, where the route authenticates; else empty. */
    customerId: string;
  }
}

/** What is the same for all requests: headers of all answers, and one line of the log each. */
export function addHooks(app: FastifyInstance, readiness: Readiness): void {
  app.decorateRequest('deadline', 0);
  app.decorateRequest('customerId', '');

  app.addHook('onRequest', async (request) => {
    request.deadline = deadlineOf(request);
  });

  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    if (request.headers['x-forwarded-proto'] === 'https') {
      reply.header('strict-transport-security', 'max-age=31536000');
    }
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    // Also on the answers to requests that were there before the stop: their connections would hold it up.
    if (readiness.isStopping) reply.header('connection', 'close');
  });

  app.addHook('onResponse', async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    if (HEALTH_PATHS.has(path) && reply.statusCode < 400) return;
    request.log.info(
      {
        event: 'request',
        method: request.method,
        path,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    );
  });
}
