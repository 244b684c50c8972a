import type { FastifyInstance } from 'fastify';
import type { CommonSettings } from './common-settings';
import { sendProblem } from './problem';
import type { Readiness } from './readiness';

/** What load balancers, Kubernetes, releases and people ask about this process; not in the document of the API. */
export function addStatusRoutes(
  app: FastifyInstance,
  readiness: Readiness,
  { service, version }: Pick<CommonSettings, 'service' | 'version'>,
): void {
  const options = { schema: { hide: true } };

  // Asks nothing else: without its table every process would fail, and be replaced for a fault that is not its own.
  app.get('/healthz', options, async () => ({ status: 'ok' }));

  app.get('/readyz', options, async (_request, reply) => {
    if (await readiness.current()) return { status: 'ready' };
    return sendProblem(
      reply,
      503,
      readiness.isStopping ? 'This process is stopping.' : 'The table does not answer.',
    );
  });

  app.get('/version', options, async () => ({ service, version }));
}
