import type { ShopServiceName } from '../../../../lib/microservices/shop-services';
import { until } from '../polling';
import type { Strike } from './outside';
import { type Buyer, Purchase } from './purchase';
import type { Trial } from './trial';

/** Seconds until a purchase has settled, and milliseconds between two looks. */
const PATIENCE = 30;
const PAUSE = 20;

/** A purchase during which a service died and came back. */
interface StruckPurchase {
  readonly purchase: Purchase;

  /** The call at which it died, for people; undefined where the purchase has fewer calls. */
  readonly struckAt: string | undefined;
}

/**
 * Buys something, while a service dies at one of its calls and is started again at once. The buyer asks again only
 * where there is no order: one that exists has to come to its end without them.
 *
 * All looks go past the services, so that they make no calls of their own.
 */
async function buyDuringCrash(
  trial: Trial,
  buyer: Buyer,
  service: ShopServiceName,
  strike: Strike,
): Promise<StruckPurchase> {
  const purchase = await Purchase.prepare(trial, buyer);
  // What an earlier purchase has left to do would count among the calls of this one.
  await until('all is quiet', async () => (await trial.isQuiet()) || undefined, PATIENCE, PAUSE);
  const outside = trial.outsideOf(service);
  let revival: Promise<void> | undefined;
  outside.expect(strike, async () => {
    const death = trial.shop.service(service).kill();
    revival = death.then(() => revive(trial, service));
    // Awaited below; a failure before then is not unhandled, since this handles it, too.
    trial.holdCalls(service, revival);
    await death;
  });
  // The cart would ask a second time, and so do the work of the order service's own recovery.
  const ask = () =>
    service === 'order' ? purchase.place(trial.shop.service('order').url('internal')) : purchase.ask();
  await ask();
  const what = `the purchase with ${service} struck ${strike.moment} call ${strike.call} settles`;
  await until(what, () => hasSettled(), PATIENCE, PAUSE);
  const struckAt = outside.calm() ? undefined : outside.calls[strike.call - 1];
  await revival;
  return { purchase, struckAt };

  async function hasSettled(): Promise<true | undefined> {
    await revival;
    const order = await trial.books.orderOf(purchase.productId);
    if (!order) await ask();
    const isOver = order !== undefined && order.unfinished === undefined && (await trial.isQuiet());
    return isOver || undefined;
  }
}

/** Starts a service that died, and lets its unfinished work be taken up at once. */
async function revive(trial: Trial, service: ShopServiceName): Promise<void> {
  await trial.shop.startService(service);
  if (service === 'order') await trial.books.passTime();
}

/** Strikes a service at each of its calls in turn, until a purchase comes through without. */
export async function strikeEachCall(
  trial: Trial,
  buyer: Buyer,
  service: ShopServiceName,
  check: (purchase: Purchase, at: string) => Promise<void>,
): Promise<string[]> {
  const strikes: string[] = [];
  for (let call = 1; ; call += 1) {
    for (const moment of ['before', 'after'] as const) {
      const { purchase, struckAt } = await buyDuringCrash(trial, buyer, service, { call, moment });
      await check(purchase, `${service} ${moment} ${struckAt}`);
      if (!struckAt) return strikes;
      strikes.push(`${moment} ${struckAt}`);
    }
  }
}
