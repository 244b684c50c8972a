import './web-classes';

import { Router } from '@aws-lambda-powertools/event-handler/http';
import { addDocumentRoutes } from './api-routes';
import { count, logger, metrics } from './observability';
import { type PlainAnswer, Problem, problemAnswer, problemOf } from './problem';
import { correlationIdOf, withoutStage } from './request';

const router = new Router({ logger });
router.use(async ({ reqCtx, next }) => {
  logger.appendKeys({ route: reqCtx.route ?? 'none' });
  await next();
});
router.errorHandler(Error, async (error, { event }) => {
  const problem = problemOf(error);
  if (problem.status >= 500) {
    logger.error('failed', error);
    count('ServerErrors');
  }
  return problemAnswer(problem, correlationIdOf(event));
});
addDocumentRoutes(router);

/** Answers requests of the HTTP API (payload format 2.0) and of the REST API (1.0). */
export const handler = async (
  event: unknown,
  context: Parameters<Router['resolve']>[1],
): Promise<PlainAnswer> => {
  const correlationId = correlationIdOf(event);
  logger.resetKeys();
  logger.addContext(context);
  logger.setCorrelationId(correlationId);
  metrics.captureColdStartMetric(context.functionName);
  const answer = await answerTo(event, context, correlationId);
  // API Gateway counts the bytes that it sends.
  const { 'content-length': _, ...headers } = answer.headers;
  logger.info('answered', { status: answer.statusCode });
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  return {
    ...answer,
    headers: { ...headers, 'cache-control': 'no-store', 'x-correlation-id': correlationId },
  };
};

async function answerTo(
  event: unknown,
  context: Parameters<Router['resolve']>[1],
  correlationId: string,
): Promise<PlainAnswer> {
  try {
    const answer = await router.resolve(withoutStage(event), context);
    // The router refuses methods that it has no name for by itself, with an empty body.
    if (answer.statusCode !== 405) return answer;
    return problemAnswer(new Problem(405, 'There is no such method.'), correlationId);
  } catch (error) {
    if (error instanceof Error && error.name === 'InvalidEventError') throw error;
    // What is no valid HTTP, like a header with a line break, can't be made a Request of. The message may quote the header.
    logger.warn('unreadable request', { reason: error instanceof Error ? error.name : typeof error });
    return problemAnswer(new Problem(400, 'The request can not be read.'), correlationId);
  }
}
