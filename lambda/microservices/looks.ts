import { setTimeout as wait } from 'node:timers/promises';

/** Lambda's context, as far as it is needed. */
export interface TimeKeeper {
  getRemainingTimeInMillis(): number;
}

/** What a look shows: what was looked for, or what is waited for, as a sentence that people read. */
export type Sight<T> = { readonly found: T } | { readonly waitsFor: string };

/** Milliseconds that are kept for a look with all its attempts, and for the answer to CloudFormation. */
const RESERVE = 60_000;

/** Milliseconds between two looks. What Kubernetes' controllers do takes minutes. */
const PAUSE = 10_000;

/**
 * Looks until there is what is looked for. A look that fails for a passing reason is one that shows nothing.
 *
 * @throws Error that says what was waited for where the time gets short, or why looking makes no sense
 */
export async function lookUntilFound<T>(look: () => Promise<Sight<T>>, context: TimeKeeper): Promise<T> {
  let waitsFor = 'Nothing was seen yet.';
  for (;;) {
    const sight = await look().catch(toldIfPassing);
    if ('found' in sight) return sight.found;
    if ('waitsFor' in sight) waitsFor = sight.waitsFor;
    if (context.getRemainingTimeInMillis() - PAUSE <= RESERVE) {
      throw new Error('failure' in sight ? `${waitsFor} The last look failed: ${sight.failure}` : waitsFor);
    }
    await wait(PAUSE);
  }
}

function toldIfPassing(error: unknown): { readonly failure: string } {
  if (!(error instanceof Error) || !isPassing(error)) throw error;
  return { failure: `${error.name}: ${error.message}` };
}

/**
 * Whether it may go better the next time: AWS did not answer, or was in trouble, or was asked too often; or what it had
 * listed was gone when it was asked for more.
 */
function isPassing(error: Error): boolean {
  const metadata: unknown = Reflect.get(error, '$metadata');
  if (typeof metadata !== 'object' || metadata === null) return false;
  const status: unknown = Reflect.get(metadata, 'httpStatusCode');
  if (typeof status !== 'number' || status >= 500) return true;
  return /Throttl|TooManyRequests|RequestLimitExceeded|NotFound/.test(error.name);
}
