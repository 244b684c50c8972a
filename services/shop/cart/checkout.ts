import type { FastifyBaseLogger } from 'fastify';
import type { Caller, Origin } from '../shared/call';
import { derivedId, fingerprint } from '../shared/ids';
import { Problem } from '../shared/problem';
import { type CartStore, cartFull } from './cart-store';
import type { CheckoutStore } from './checkout-store';
import { type Checkout, type CheckoutRequest, MOST_LINES } from './model';

/** An order as the order service tells it; all members are handed on. */
export interface OrderAnswer {
  readonly orderId: string;
  readonly state: string;
  readonly reason?: string;
}

/** Where an order is after the checkout. */
export interface CheckedOut {
  readonly order: OrderAnswer;
  /** False while the order is still on its way. */
  readonly ended: boolean;
}

/** Turns carts into orders. */
export class Checkouts {
  constructor(
    private readonly carts: CartStore,
    private readonly checkouts: CheckoutStore,
    private readonly order: Caller,
    private readonly log: FastifyBaseLogger,
  ) {}

  /**
   * Orders what is in the cart. What is ordered is written down first, so that the same key asks for the same order
   * however often it is sent, and whatever has become of the cart.
   *
   * @throws 402 and 409 where the order was rejected, with the order
   */
  async checkOut(
    customerId: string,
    key: string,
    request: CheckoutRequest,
    origin: Origin,
  ): Promise<CheckedOut> {
    const orderId = derivedId(customerId, key);
    const checkout =
      (await this.checkouts.find(customerId, orderId)) ?? (await this.begin(customerId, orderId, request));
    if (contentOf(checkout) !== contentOf(request)) {
      throw new Problem(
        409,
        'other-content',
        'There has been a checkout with this Idempotency-Key and another content.',
      );
    }
    const { order, ended } = await this.place(customerId, checkout, origin);
    if (!ended) return { order, ended };
    if (order.state !== 'CONFIRMED') throw rejection(order);
    await this.clear(customerId, checkout);
    return { order, ended };
  }

  private async begin(customerId: string, orderId: string, request: CheckoutRequest): Promise<Checkout> {
    const items = await this.carts.list(customerId);
    if (items.length === 0) return await this.findLate(customerId, orderId);
    if (items.length > MOST_LINES) throw cartFull();
    return await this.checkouts.keep(customerId, { ...request, orderId, items });
  }

  /** The same request, sent twice, may have been the one that emptied the cart a moment ago. */
  private async findLate(customerId: string, orderId: string): Promise<Checkout> {
    const checkout = await this.checkouts.find(customerId, orderId);
    if (checkout) return checkout;
    throw new Problem(409, 'cart-empty', 'The cart is empty.');
  }

  private async place(
    customerId: string,
    { orderId, ...content }: Checkout,
    origin: Origin,
  ): Promise<CheckedOut> {
    const { status, body } = await this.order.call({
      method: 'PUT',
      path: `/orders/${orderId}`,
      body: { customerId, ...content },
      origin,
    });
    if ((status === 200 || status === 202) && isOrder(body)) return { order: body, ended: status === 200 };
    throw new Error(`order answered ${status} to the checkout ${orderId}`);
  }

  /** At once, so that the customer sees it; where that fails, the event of the order does it a moment later. */
  private async clear(customerId: string, { orderId, items }: Checkout): Promise<void> {
    await this.carts.clear({ customerId, orderId, items }).catch((err: unknown) => {
      this.log.warn({ err, event: 'clear later' }, 'the cart is cleared by the event');
    });
  }
}

/** What has to be the same when a key comes again. */
function contentOf({ paymentMethodId, expectedTotal }: CheckoutRequest): string {
  return fingerprint([paymentMethodId, expectedTotal ?? null]);
}

const DETAILS: Readonly<Record<string, string>> = {
  'out-of-stock': 'Something in the cart is no longer there in this quantity.',
  'unknown-product': 'Something in the cart is not sold any more.',
  'price-changed': 'The total is not the expected one any more.',
  'payment-declined': 'The payment was declined.',
  'payment-unavailable': 'The payment could not be made in time. Nothing was charged.',
  'product-unavailable': 'The stock could not be asked in time. Nothing was charged.',
};

function rejection(order: OrderAnswer): Problem {
  const { reason = 'rejected' } = order;
  const status = reason.startsWith('payment-') ? 402 : 409;
  return new Problem(status, reason, DETAILS[reason] ?? 'The order was rejected.', { fields: { order } });
}

function isOrder(body: unknown): body is OrderAnswer {
  return (
    typeof body === 'object' &&
    body !== null &&
    typeof Reflect.get(body, 'orderId') === 'string' &&
    typeof Reflect.get(body, 'state') === 'string'
  );
}
