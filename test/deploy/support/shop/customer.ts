import { randomUUID } from 'node:crypto';

/** Test numbers of the simulated acquirer. */
export const CARDS = {
  approved: '4242424242424242',
  declined: '4000000000000002',
  insufficient: '4000000000009995',
} as const;

/** An answer of the shop; 0 where there was none. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** An order as its customer sees it. */
export interface Order {
  readonly orderId: string;
  readonly state: string;
  readonly reason?: string;
  readonly items: readonly { readonly productId: string; readonly quantity: number }[];
}

/** A product as customers see it. */
export interface Offer {
  readonly productId: string;
  readonly available: number;
  readonly rating: { readonly count: number; readonly average?: number };
}

/** The states in which an order stays. */
export const ENDS = ['CONFIRMED', 'REJECTED'];

/** Somebody who has registered and signed in. */
export class Customer {
  private constructor(
    private readonly shop: string,
    /** The access token, for whoever sends requests on this customer's behalf. */
    readonly token: string,
    readonly customerId: string,
  ) {}

  /** Registers somebody new, and signs in. */
  static async join(shop: string): Promise<Customer> {
    const credentials = { email: `${randomUUID()}@example.com`, password: 'correct horse battery' };
    const registration = { ...credentials, name: 'Taro' };
    const { customerId } = await demand(201, shop, 'POST', '/customers', registration, keyed());
    const { accessToken } = await demand(201, shop, 'POST', '/sessions', credentials);
    return new Customer(shop, String(accessToken), String(customerId));
  }

  /** Gives a card; gives the id by which the customer pays with it. */
  async addCard(cardNumber: string): Promise<string> {
    const card = {
      cardNumber,
      expiryMonth: 12,
      expiryYear: new Date().getFullYear() + 2,
      cardholder: 'TARO YAMADA',
    };
    const { paymentMethodId } = await this.demand(201, 'POST', '/payment-methods', card, keyed());
    return String(paymentMethodId);
  }

  /** Puts so many pieces into the cart. */
  async take(productId: string, quantity: number): Promise<void> {
    await this.demand(200, 'PUT', `/cart/items/${productId}`, { quantity });
  }

  /** Takes a product out of the cart. */
  async putBack(productId: string): Promise<void> {
    await this.ask('DELETE', `/cart/items/${productId}`);
  }

  /** Buys what is in the cart; who gives the same key means the same purchase. */
  checkOut(paymentMethodId: string, key: string = randomUUID(), more: object = {}): Promise<Answer> {
    return this.ask('POST', '/cart/checkout', { paymentMethodId, ...more }, keyed(key));
  }

  /** What is in the cart. */
  async cart(): Promise<Order['items']> {
    const { items } = await this.demand(200, 'GET', '/cart');
    return items as Order['items'];
  }

  /** The newest orders. */
  async orders(): Promise<readonly Order[]> {
    const { orders } = await this.demand(200, 'GET', '/orders?limit=100');
    return orders as Order[];
  }

  /** A product as everybody sees it. */
  async product(productId: string): Promise<Offer> {
    return (await this.demand(200, 'GET', `/products/${productId}`)) as unknown as Offer;
  }

  /** Rates a product; the status says whether the shop knows that it was bought. */
  async rate(productId: string): Promise<number> {
    return (await this.ask('PUT', `/reviews/${productId}`, { rating: 5, text: 'As it should be.' })).status;
  }

  /** Sends any request in this customer's name, under a key of its own. */
  ask(method: string, path: string, body?: object, headers = keyed()): Promise<Answer> {
    return ask(this.shop, method, path, body, { ...headers, authorization: `Bearer ${this.token}` });
  }

  private demand(status: number, method: string, path: string, body?: object, headers = {}) {
    return demand(status, this.shop, method, path, body, {
      ...headers,
      authorization: `Bearer ${this.token}`,
    });
  }
}

const keyed = (key: string = randomUUID()): Record<string, string> => ({ 'idempotency-key': key });

async function ask(
  shop: string,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  try {
    const response = await fetch(`${shop}${path}`, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : {} };
  } catch {
    // What a browser shows where nobody answers.
    return { status: 0, body: {} };
  }
}

async function demand(status: number, ...request: Parameters<typeof ask>): Promise<Answer['body']> {
  const answer = await ask(...request);
  if (answer.status === status) return answer.body;
  throw new Error(`${request[1]} ${request[2]}: ${answer.status} ${JSON.stringify(answer.body)}`);
}
