import { randomUUID } from 'node:crypto';
import autocannon, { type Client, type LoadRequest } from 'autocannon';
import type { LocalShop } from '../bin/shop/local-shop';
import type { Buyer } from '../test/deploy/support/shop/purchase';

/** Seconds after which a request without an answer has failed. */
const PATIENCE = 30;

/** What came of purchases. */
export interface Purchases {
  /** Of each: the filling of the cart and the checkout, in milliseconds. */
  readonly times: readonly number[];
  readonly perSecond: number;

  /** Requests with another answer than the one wanted, or with none. */
  readonly failed: number;
}

/**
 * Lets each buyer buy a piece again and again over a connection of their own, the next when the last one is theirs.
 *
 * @param each how often
 */
export async function buyTogether(
  shop: LocalShop,
  buyers: readonly Buyer[],
  productId: string,
  each: number,
): Promise<Purchases> {
  const unserved = [...buyers];
  const begun = new Map<Client, number>();
  const times: number[] = [];
  let failed = 0;
  const start = performance.now();
  const run = autocannon({
    // Without the gateway, which runs in this process, as the load tool does.
    url: shop.service('cart').url(),
    connections: buyers.length,
    amount: 2 * each * buyers.length,
    timeout: PATIENCE,
    setupClient(client) {
      const buyer = unserved.pop();
      if (buyer) client.setRequests(requestsOf(buyer, productId));
    },
  });
  run.on('response', (client, status, _bytes, milliseconds) => {
    const filling = begun.get(client);
    if (filling === undefined) {
      begun.set(client, milliseconds);
      if (status !== 200) failed += 1;
      return;
    }
    begun.delete(client);
    times.push(filling + milliseconds);
    if (status !== 201) failed += 1;
  });
  const { errors, timeouts } = await run;
  const seconds = (performance.now() - start) / 1_000;
  return { times, perSecond: times.length / seconds, failed: failed + errors + timeouts };
}

function requestsOf({ customer, paymentMethodId }: Buyer, productId: string): LoadRequest[] {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${customer.token}` };
  return [
    { method: 'PUT', path: `/cart/items/${productId}`, headers, body: JSON.stringify({ quantity: 1 }) },
    {
      method: 'POST',
      path: '/cart/checkout',
      headers,
      body: JSON.stringify({ paymentMethodId }),
      setupRequest: (request) => ({
        ...request,
        headers: { ...headers, 'idempotency-key': randomUUID() },
      }),
    },
  ];
}
