import type { FastifyInstance } from 'fastify';
import { SERVICE } from './log';
import { sendProblem } from './problem';
import type { Readiness } from './readiness';

/** What load balancers ask all the time: neither traced nor logged where all is well. */
export const HEALTH_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/** What load balancers, releases and people ask about this process. */
export function addStatusRoutes(app: FastifyInstance, readiness: Readiness, version: string): void {
  // Asks nothing else: without its table every process would fail, and be replaced for a fault that is not its own.
  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    if (await readiness.current()) return { status: 'ready' };
    return sendProblem(
      reply,
      503,
      readiness.isStopping ? 'This process is stopping.' : 'The table does not answer.',
    );
  });

  app.get('/version', async () => ({ service: SERVICE, version }));
}
