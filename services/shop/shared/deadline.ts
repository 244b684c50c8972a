import type { IncomingHttpHeaders } from 'node:http';

/**
 * Says how many milliseconds the caller still waits. A duration and not a time, since the clocks of two machines
 * differ.
 */
export const BUDGET = 'x-budget-ms';

/** How long a request may take where the caller does not say, in milliseconds: load balancers give up after 60 s. */
const USUAL_BUDGET = 30_000;

/** On whose behalf another service is asked, and until when that is of use. A request of Fastify is one. */
export interface Origin {
  /** Is handed on as `x-request-id`. */
  readonly id: string;
  /** In milliseconds since 1970. */
  readonly deadline: number;
}

/** Until when an answer to the request is of use. More than the usual time is never granted. */
export function deadlineOf({ headers }: { readonly headers: IncomingHttpHeaders }): number {
  const given = headers[BUDGET];
  const budget = typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : USUAL_BUDGET;
  return Date.now() + Math.min(budget, USUAL_BUDGET);
}

/** Work that nobody has requested just now, such as that of a recovery, with so many milliseconds. */
export function originOf(id: string, budget: number): Origin {
  return { id, deadline: Date.now() + budget };
}
