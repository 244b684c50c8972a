import { setTimeout as wait } from 'node:timers/promises';
import { referenceOf } from './images';
import type { ListenerSettings } from './listener-settings';
import { addressesOf } from './load-balancer-addresses';
import { log } from './log';
import { pageProblems } from './page-problems';
import { reasonOf } from './reasons';

/** Lambda's context, as far as it is needed. */
export interface TimeKeeper {
  getRemainingTimeInMillis(): number;
}

/**
 * Milliseconds that are kept for the last round and the answer: three calls of AWS with all their attempts, and a page.
 */
const RESERVE = 60_000;

/** Milliseconds between two rounds. */
const PAUSE = 2000;

/**
 * Looks at the test listener until all its addresses pass all checks in the same round, or until the patience or the
 * function's time is at its end. It looks once in any case. Whatever keeps a round from passing counts as a problem, a
 * right that AWS does not know of yet included. ECS and CodeDeploy show nobody why a hook failed, so the log says it.
 *
 * @param imageOf asked for the image that is released, where its version must be known
 */
export async function validate(
  settings: ListenerSettings,
  imageOf: () => Promise<string>,
  context: TimeKeeper,
): Promise<boolean> {
  const time = Math.min(settings.patienceSeconds * 1000, context.getRemainingTimeInMillis() - RESERVE);
  const end = performance.now() + time;
  let image: string | undefined;
  const look = async () => {
    if (settings.versionPath !== '') image ??= await imageOf();
    const addresses = await addressesOf(settings.loadBalancer);
    const version = image && referenceOf(image, settings.repositoryUri)?.tag;
    return { addresses, version, problems: await pageProblems(settings, addresses, version) };
  };
  for (let rounds = 1; ; rounds += 1) {
    const { problems, ...seen } = await look().catch((error: unknown) => ({ problems: [reasonOf(error)] }));
    if (problems.length === 0) {
      log('INFO', 'The release passed all checks', { image, rounds, ...seen });
      return true;
    }
    if (performance.now() + PAUSE > end) {
      log('ERROR', 'The release did not pass its checks', { image, rounds, ...seen, problems });
      return false;
    }
    await wait(PAUSE);
  }
}
