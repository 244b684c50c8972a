/** What load balancers ask all the time: neither traced nor logged where all is well. */
export const HEALTH_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz']);
