import { randomBytes, randomUUID } from 'node:crypto';
import { until } from '../polling';
import type { StockLevel } from './books';
import { type Answer, CARDS, Customer, ENDS, type Order } from './customer';
import type { Trial } from './trial';

/** Pieces of the product that is made for a purchase, and those that are bought of it. */
const STOCK = 5;
export const QUANTITY = 2;

/** Seconds until what shall come of it has come, and milliseconds between two looks. */
const PATIENCE = 20;
const PAUSE = 20;

/** The levels of a purchase that ended well, and of one that never was. */
export const SOLD: StockLevel = { available: STOCK - QUANTITY, reserved: 0, sold: QUANTITY };
export const UNTOUCHED: StockLevel = { available: STOCK, reserved: 0, sold: 0 };

/** Somebody with a card. */
export interface Buyer {
  readonly customer: Customer;
  readonly paymentMethodId: string;
}

/** Somebody new with a card. */
export async function newBuyer(shopUrl: string, cardNumber: string = CARDS.approved): Promise<Buyer> {
  const customer = await Customer.join(shopUrl);
  return { customer, paymentMethodId: await customer.addCard(cardNumber) };
}

/** Buys what is in the cart, and asks again where the shop says that it is too busy. */
export function insistOnPurchase({ customer, paymentMethodId }: Buyer): Promise<Answer> {
  const key = randomUUID();
  return until('the shop has time', async () => {
    const answer = await customer.checkOut(paymentMethodId, key);
    return answer.status === 0 || answer.status >= 500 ? undefined : answer;
  });
}

/** In the form of the ids that the cart makes. */
const newOrderId = (): string =>
  Array.from(randomBytes(26), (byte) => 'abcdefghijklmnopqrstuvwxyz234567'.charAt(byte % 32)).join('');

/** A purchase of a product that nobody else buys, and of which its buyer buys nothing else. */
export class Purchase {
  private constructor(
    private readonly trial: Trial,
    readonly buyer: Buyer,
    readonly productId: string,
    private readonly key: string,
    private readonly orderId: string,
  ) {}

  /** Fills the cart. */
  static async prepare(trial: Trial, buyer: Buyer): Promise<Purchase> {
    const productId = await trial.addProduct(STOCK);
    await buyer.customer.take(productId, QUANTITY);
    return new Purchase(trial, buyer, productId, randomUUID(), newOrderId());
  }

  /** Asks for it; each time it is the same one. */
  ask(more: object = {}): Promise<Answer> {
    return this.buyer.customer.checkOut(this.buyer.paymentMethodId, this.key, more);
  }

  /**
   * Asks the order service for it, once, and without the cart: nobody else asks again then, and the cart hears of it by
   * the event alone.
   */
  async place(orderService: string): Promise<void> {
    const { customer, paymentMethodId } = this.buyer;
    await fetch(`${orderService}/orders/${this.orderId}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        customerId: customer.customerId,
        items: [{ productId: this.productId, quantity: QUANTITY }],
        paymentMethodId,
      }),
    }).catch(() => undefined);
  }

  /** The orders that came of it. */
  async orders(): Promise<Order[]> {
    const orders = await this.buyer.customer.orders();
    return orders.filter(({ items }) => items.some(({ productId }) => productId === this.productId));
  }

  /** Its order, once it has ended. */
  end(): Promise<Order> {
    return this.soon('ends', async () => (await this.orders()).find(({ state }) => ENDS.includes(state)));
  }

  /** Waits until the stock is as it shall be. */
  async untilStockIs(wanted: StockLevel): Promise<void> {
    await this.soon(`leaves ${JSON.stringify(wanted)}`, async () => {
      const level = await this.trial.books.stockOf(this.productId);
      return JSON.stringify(level) === JSON.stringify(wanted) || undefined;
    });
  }

  /** Waits until those have heard of it who are told by events: the cart is empty, and the buyer may rate. */
  async untilTold(): Promise<void> {
    await this.soon('is gone from the cart', async () => {
      const items = await this.buyer.customer.cart();
      return items.some(({ productId }) => productId === this.productId) ? undefined : true;
    });
    await this.soon(
      'may be rated',
      async () => (await this.buyer.customer.rate(this.productId)) === 200 || undefined,
    );
  }

  private soon<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
    return until(`the purchase of ${this.productId} ${what}`, ask, PATIENCE, PAUSE);
  }
}
