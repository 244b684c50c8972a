import fastify, { type FastifyInstance, type FastifyPluginCallback, LogController } from 'fastify';
import type { Configuration } from './configuration';
import { Connections } from './connections';
import { type LogStream, loggerOptions } from './log';
import { addNoticeRoutes } from './notice-routes';
import type { NoticeStore } from './notices';
import { addPageRoutes } from './page-routes';
import { answerError, answerNotFound } from './problem';
import { Readiness } from './readiness';
import { requestIdOf } from './request-id';
import { addStatusRoutes, HEALTH_PATHS } from './status-routes';

/**
 * A load balancer keeps its connections for 60 s. Were Node.js the one to close them, it would do so while a request
 * is on its way now and then, and the load balancer would answer that with 502
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html).
 */
const KEEP_ALIVE = 65_000;

/** In bytes: the longest notice, with room for escapes. */
const BODY_LIMIT = 16_384;

/** What the application takes from outside, so that a test can stand there. */
export interface Surroundings {
  readonly store: NoticeStore;
  readonly log: LogStream;
  /** Makes spans of requests. */
  readonly tracing?: FastifyPluginCallback;
  /** How long an answer of the store counts for /readyz, in milliseconds. */
  readonly readinessFreshFor?: number;
}

/** The application before it listens. */
export interface Application {
  readonly app: FastifyInstance;
  readonly readiness: Readiness;
}

/** Builds the service. */
export async function buildApplication(
  { version, postToken }: Pick<Configuration, 'version' | 'postToken'>,
  { store, log, tracing, readinessFreshFor }: Surroundings,
): Promise<Application> {
  const app = fastify({
    logger: loggerOptions(version, log),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestIdOf,
    bodyLimit: BODY_LIMIT,
    keepAliveTimeout: KEEP_ALIVE,
    // Has to be longer: releases of Node.js counted it from the end of the request before.
    http: { headersTimeout: KEEP_ALIVE + 1_000 },
    requestTimeout: KEEP_ALIVE + 5_000,
    // A stop lets the requests end that come over open connections.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // What Fastify refuses before it looks for a route, such as /%zz.
    frameworkErrors: answerError,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  });
  new Connections(app.server);
  const readiness = new Readiness(
    store,
    (err) => app.log.warn({ err, event: 'not ready' }, 'the table does not answer'),
    readinessFreshFor,
  );
  if (tracing) await app.register(tracing);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(answerNotFound);
  addHooks(app, readiness);
  addStatusRoutes(app, readiness, version);
  addNoticeRoutes(app, store, postToken);
  addPageRoutes(app, store, version);
  return { app, readiness };
}

/** What is the same for all requests: headers of all answers, and one line of the log each. */
function addHooks(app: FastifyInstance, readiness: Readiness): void {
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
