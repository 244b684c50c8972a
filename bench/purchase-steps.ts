import type { LocalShop } from '../bin/shop/local-shop';

/** The services whose logs tell of the steps of a purchase. */
const TOLD_BY = ['cart', 'order'] as const;

/** How many lines each of their logs has. */
export type LogLengths = Readonly<Record<(typeof TOLD_BY)[number], number>>;

/** What lines of the logs say of a purchase. */
interface Line {
  readonly event?: string;
  readonly method?: string;
  readonly path?: string;
  readonly requestId?: string;
  readonly step?: string;
  readonly ms?: number;
}

/** Marks a place in the logs. */
export const lengthsOf = (shop: LocalShop): LogLengths => ({
  cart: shop.service('cart').log.length,
  order: shop.service('order').log.length,
});

/**
 * The milliseconds of each step of the purchases since such a mark: the filling of the cart, what the cart does
 * at a checkout itself, and the steps that the order service tells of.
 */
export function stepsSince(shop: LocalShop, lengths: LogLengths): Map<string, number[]> {
  const [cart, order] = TOLD_BY.map((name) =>
    shop
      .service(name)
      .log.slice(lengths[name])
      .map((line): Line => JSON.parse(line)),
  );
  const steps = new Map<string, number[]>();
  const add = (step: string, ms: number) => steps.set(step, [...(steps.get(step) ?? []), ms]);
  const orderTimes = new Map<string, number>();
  for (const { event, method, ms = 0, requestId = '', step } of order ?? []) {
    if (event === 'step' && step) add(step, ms);
    if (event === 'request' && method === 'PUT') orderTimes.set(requestId, ms);
  }
  for (const { event, ms = 0, path = '', requestId = '' } of cart ?? []) {
    if (event !== 'request') continue;
    if (path.startsWith('/cart/items/')) add('fill the cart', ms);
    if (path === '/cart/checkout') add('check out, without the order', ms - (orderTimes.get(requestId) ?? 0));
  }
  return steps;
}
