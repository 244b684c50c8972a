import type { FastifyInstance } from 'fastify';
import { buildApplications } from '../../applications';
import type { CommonSettings } from '../../common-settings';
import type { Readiness } from '../../readiness';
import type { Context, Service } from '../../service';
import { type DescribedCall, describedCalls, describeRoutes } from './openapi';

/** A service in a test, which listens nowhere. */
export interface OpenedService {
  readonly service: Service;
  readonly app: FastifyInstance;
  /** The application of the internal port; where the service has none, the one of the public port. */
  readonly internal: FastifyInstance;
  readonly readiness: Readiness;
  /** The lines of the log. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** Asks at the public port. */
  readonly call: DescribedCall;
  /** Asks at the internal port. */
  readonly callInternal: DescribedCall;
  /** Ends it, its background work included. */
  close(): Promise<void>;
}

/** What the environment would say to all services. */
function commonSettings(service: string): CommonSettings {
  return {
    service,
    host: '127.0.0.1',
    port: 0,
    internalPort: 0,
    region: 'eu-west-1',
    version: 'v-1',
    tracing: false,
    drain: 0,
    stopTimeout: 25_000,
  };
}

/** Opens a service as the process would, but for its ports; background work begins when the test starts it. */
export async function openService(
  name: string,
  service: Service | ((context: Context) => Service | Promise<Service>),
): Promise<OpenedService> {
  const lines: Readonly<Record<string, unknown>>[] = [];
  let documents = 0;
  const built = await buildApplications(
    commonSettings(name),
    typeof service === 'function' ? service : () => service,
    {
      log: { write: (line) => void lines.push(JSON.parse(line)) },
      readinessFreshFor: 0,
      async beforeRoutes(app) {
        documents += 1;
        await describeRoutes(app, documents === 1 ? name : `${name}, internal`);
      },
    },
  );
  const { app, internal = app, readiness } = built;
  const call = await describedCalls(app);
  const callInternal = await describedCalls(internal);
  return {
    service: built.service,
    app,
    internal,
    readiness,
    lines,
    call,
    callInternal,
    async close() {
      await Promise.all((built.service.background ?? []).map((work) => work.stop()));
      await Promise.all([app.close(), internal.close()]);
      built.service.close?.();
    },
  };
}
