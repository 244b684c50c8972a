import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { money } from '../../../shared/money';
import { listening } from '../../../shared/test/support/listening';
import type { OpenedService } from '../../../shared/test/support/service';
import { make, openProduct } from './product';

/** A request of the page to one of the other services. */
export interface FrontRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

type Answer = readonly [status: number, body?: object];

const ORDER = {
  orderId: 'order-1',
  state: 'CONFIRMED',
  items: [{ productId: 'tea', name: 'Tea', quantity: 2 }],
  total: money(1_000),
  createdAt: '2026-11-21T15:00:00.000Z',
};

/** The shop at one address, as behind its load balancer: product is real, the others are as small as can be. */
export class ShopFront {
  readonly requests: FrontRequest[] = [];
  readonly orders: object[] = [];
  readonly reviews: object[] = [];
  readonly cards: object[] = [];
  quantity = 0;
  pricesKnown = true;
  /** Answers instead, the next times that the request comes. */
  readonly instead: { readonly request: string; readonly answer: Answer }[] = [];
  url = '';

  private constructor(private readonly product: OpenedService) {}

  /** Starts one that sells tea and a cup. */
  static async start(): Promise<ShopFront> {
    const { product } = await openProduct();
    await make(product, 'tea', { stock: 3 });
    await make(product, 'cup', { name: '<b>Cup</b>', category: 'dishes', description: 'A <i>cup</i>' });
    const front = new ShopFront(product);
    const server = createServer((request, response) => void front.answer(request, response));
    const { url, close } = await listening(server);
    onTestFinished(close);
    front.url = url;
    return front;
  }

  /** The requests so far with a method and the beginning of a path. */
  received(method: string, path: string): readonly FrontRequest[] {
    return this.requests.filter((request) => request.method === method && request.path.startsWith(path));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request;
    const sent = await text(request);
    if (/^\/(products|shop|$|\?)/.test(path)) {
      const answer = await this.product.app.inject({ method: 'GET', url: path });
      response.writeHead(answer.statusCode, answer.headers as Record<string, string>).end(answer.rawPayload);
      return;
    }
    this.requests.push({ method, path, headers, body: sent === '' ? {} : JSON.parse(sent) });
    const place = this.instead.findIndex((one) => `${method} ${path}`.startsWith(one.request));
    const [other] = place < 0 ? [] : this.instead.splice(place, 1);
    const [status, body] = other?.answer ?? this.serve(method, path, headers.authorization !== undefined);
    response
      .writeHead(status, {
        'content-type': status < 400 ? 'application/json' : 'application/problem+json',
      })
      .end(body && JSON.stringify(body));
  }

  private serve(method: string, path: string, isSignedIn: boolean): Answer {
    if (path === '/customers') return [201, { customerId: 'ann' }];
    if (path === '/sessions') return [201, { accessToken: 'a.b.c', tokenType: 'Bearer', expiresIn: 900 }];
    if (path.startsWith('/reviews?')) return [200, { reviews: this.reviews }];
    if (!isSignedIn) return [401, { type: 'urn:shop:unauthenticated', detail: 'This needs a token.' }];
    const { body = {} } = this.requests.at(-1) ?? {};
    const known: Readonly<Record<string, () => Answer>> = {
      'GET /customers/me': () => [200, { customerId: 'ann', name: 'Ann' }],
      'GET /cart': () => [200, this.cart()],
      'PUT /cart/items/tea': () => {
        this.quantity = Number(body.quantity);
        return [200, {}];
      },
      'DELETE /cart/items/tea': () => {
        this.quantity = 0;
        return [204];
      },
      'POST /cart/checkout': () => {
        this.quantity = 0;
        this.orders.unshift(ORDER);
        return [201, ORDER];
      },
      'GET /payment-methods': () => [200, { paymentMethods: this.cards }],
      'POST /payment-methods': () => {
        const card = { paymentMethodId: 'card-1', brand: 'visa', last4: String(body.cardNumber).slice(-4) };
        this.cards.push(card);
        return [201, card];
      },
      'GET /orders?limit=20': () => [200, { orders: this.orders }],
      'PUT /reviews/tea': () => {
        const review = { ...body, productId: 'tea', postedAt: '2026-11-21T15:00:00.000Z' };
        this.reviews.splice(0, this.reviews.length, review);
        return [201, review];
      },
      'DELETE /reviews/tea': () => {
        this.reviews.length = 0;
        return [204];
      },
    };
    return known[`${method} ${path}`]?.() ?? [404, { detail: `nothing at ${method} ${path}` }];
  }

  private cart(): object {
    const line = { productId: 'tea', quantity: this.quantity };
    const priced = { ...line, name: 'Tea', lineTotal: money(500 * this.quantity) };
    const items = this.quantity === 0 ? [] : [this.pricesKnown ? priced : line];
    const { pricesKnown } = this;
    return { items, pricesKnown, ...(pricesKnown && { total: money(500 * this.quantity) }) };
  }
}
