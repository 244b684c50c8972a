import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Background } from './background';
import type { CommonSettings } from './common-settings';

/** A service of the shop, without what all of them have in common. */
export interface Service {
  /** Adds the routes of the public API. */
  readonly routes: (app: FastifyInstance) => void;
  /** Adds the routes that only other services may call, at a port of their own. */
  readonly internalRoutes?: (app: FastifyInstance) => void;
  /** Ends well when the service's own table answers. It must not ask other services: each works without the others. */
  readonly check: () => Promise<void>;
  /** Work that no request asks for. */
  readonly background?: readonly Background[];
  /** Ends connections, when nothing runs any more. */
  readonly close?: () => void;
}

/** What a service is built with. */
export interface Context {
  readonly common: CommonSettings;
  readonly log: FastifyBaseLogger;
}
