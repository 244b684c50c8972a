import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginCallback,
  LogController,
} from 'fastify';
import type { CommonSettings } from './common-settings';
import { Connections } from './connections';
import { addHooks } from './hooks';
import { type LogStream, loggerOptions } from './log';
import { answerError, answerNotFound } from './problem';
import { Readiness } from './readiness';
import { requestIdOf } from './request-id';
import { PROBLEM } from './schemas';
import type { Context, Service } from './service';
import { addStatusRoutes } from './status-routes';

/**
 * A load balancer keeps its connections for 60 s. Were Node.js the one to close them, it would do so while a request
 * is on its way now and then, and the load balancer would answer that with 502
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html).
 */
const KEEP_ALIVE = 65_000;

/** In bytes: the largest order, 50 items, is a tenth of it. */
const BODY_LIMIT = 65_536;

/** What the applications take from outside, so that a test can stand there. */
export interface Surroundings {
  readonly log: LogStream;
  /** Makes spans of requests. */
  readonly tracing?: FastifyPluginCallback;
  /** Has to be there before the routes, such as what makes a document of them. */
  readonly beforeRoutes?: (app: FastifyInstance) => Promise<void>;
  /** How long an answer of the table counts for /readyz, in milliseconds. */
  readonly readinessFreshFor?: number;
}

/** A service before it listens. */
export interface Applications {
  readonly service: Service;
  readonly app: FastifyInstance;
  /** For other services only; undefined where the service has nothing for them. */
  readonly internal?: FastifyInstance;
  readonly readiness: Readiness;
}

/** Builds the service, with an application for each of its ports. */
export async function buildApplications(
  common: CommonSettings,
  build: (context: Context) => Service | Promise<Service>,
  { log, tracing, beforeRoutes, readinessFreshFor }: Surroundings,
): Promise<Applications> {
  const app = newApplication({ logger: loggerOptions(common.service, common.version, log) });
  const service = await build({ common, log: app.log });
  const readiness = new Readiness(
    service.check,
    (err) => app.log.warn({ err, event: 'not ready' }, 'the table does not answer'),
    readinessFreshFor,
  );

  async function finish(one: FastifyInstance, addRoutes: (one: FastifyInstance) => void): Promise<void> {
    if (tracing) await one.register(tracing);
    one.addSchema(PROBLEM);
    if (beforeRoutes) await beforeRoutes(one);
    addHooks(one, readiness);
    addRoutes(one);
  }

  await finish(app, (one) => {
    addStatusRoutes(one, readiness, common);
    service.routes(one);
  });
  if (!service.internalRoutes) return { service, app, readiness };
  const internal = newApplication({ loggerInstance: app.log.child({ port: 'internal' }) });
  await finish(internal, service.internalRoutes);
  return { service, app, internal, readiness };
}

function newApplication(
  logging: { logger: ReturnType<typeof loggerOptions> } | { loggerInstance: FastifyBaseLogger },
): FastifyInstance {
  const app = fastify({
    ...logging,
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
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(answerNotFound);
  return app;
}
