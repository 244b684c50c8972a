import { createCaller } from '../shared/call';
import { confirmedOrderIn } from '../shared/confirmed-order';
import { createIdentity } from '../shared/identity';
import { consumeQueue } from '../shared/queue';
import type { Context, Service } from '../shared/service';
import { openTable } from '../shared/table';
import { CartStore } from './cart-store';
import { Checkouts } from './checkout';
import { CheckoutStore } from './checkout-store';
import { addCartRoutes } from './routes';
import type { CartSettings } from './settings';

/** Prices are for the display: whoever waits for a cart had better see it without them, in milliseconds. */
const PRICE_TIMEOUT = 1_000;

/** The order service answers after 8 s at the latest that an order is on its way, in milliseconds. */
const ORDER_TIMEOUT = 10_000;

/** Carts and checkouts. */
export function buildCartService(
  { tableName, queueUrl, productUrl, orderUrl, customerUrl }: CartSettings,
  { common: { region }, log }: Context,
): Service {
  const table = openTable(region, tableName);
  const identity = createIdentity({ customerUrl, log });
  const product = createCaller({
    target: 'product',
    baseUrl: productUrl,
    log,
    timeout: PRICE_TIMEOUT,
    attempts: 2,
  });
  const order = createCaller({
    target: 'order',
    baseUrl: orderUrl,
    log,
    timeout: ORDER_TIMEOUT,
    attempts: 2,
  });
  const carts = new CartStore(table);
  const checkouts = new Checkouts(carts, new CheckoutStore(table), order, log);
  return {
    routes: (app) => addCartRoutes(app, { identity, carts, checkouts, product }),
    check: () => table.check(),
    background: [
      identity.background,
      consumeQueue({
        name: 'confirmed orders',
        queueUrl,
        region,
        log,
        async handle(event) {
          const confirmed = confirmedOrderIn(event);
          if (confirmed) await carts.clear(confirmed);
        },
      }),
    ],
    close: () => table.close(),
  };
}
