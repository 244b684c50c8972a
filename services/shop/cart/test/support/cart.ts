import { money } from '../../../shared/money';
import { type FakeAws, startAws } from '../../../shared/test/support/aws';
import { closeAtEnd } from '../../../shared/test/support/close-at-end';
import type { FakeQueue } from '../../../shared/test/support/queues';
import { type OpenedService, openService } from '../../../shared/test/support/service';
import { type Stub, type StubAnswer, type StubRequest, startStub } from '../../../shared/test/support/stub';
import { startIssuer } from '../../../shared/test/support/tokens';
import { buildCartService } from '../../cart-service';

/** The table of a cart service in a test. */
export const TABLE = 'carts';

const PRODUCTS: Readonly<Record<string, { name: string; amount: number }>> = {
  tea: { name: 'Tea', amount: 500 },
  cup: { name: 'Cup', amount: 1_200 },
};

/** A cart service with all that it asks. */
export interface OpenedCart {
  readonly aws: FakeAws;
  readonly queue: FakeQueue;
  readonly cart: OpenedService;
  readonly product: Stub;
  readonly order: Stub;
  /** Asks as a customer, by default as Ann. */
  as(
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    url: string,
    payload?: object,
    more?: { readonly customer?: string; readonly key?: string },
  ): ReturnType<OpenedService['call']>;
}

/** Opens one for a test. Product knows tea and cups; order confirms everything. */
export async function openCart(): Promise<OpenedCart> {
  const aws = await startAws();
  await aws.createTable(TABLE);
  const queue = aws.queue('orders', 50);
  const [issuer, product, order] = await Promise.all([
    startIssuer(),
    startStub(answerProducts),
    startStub(confirmOrder),
  ]);
  const cart = await openService('cart', (context) =>
    buildCartService(
      {
        tableName: TABLE,
        queueUrl: queue.url,
        productUrl: product.url,
        orderUrl: order.url,
        customerUrl: issuer.url,
      },
      context,
    ),
  );
  closeAtEnd(async () => {
    await cart.close();
    await Promise.all([issuer.close(), product.close(), order.close(), aws.close()]);
  });
  return {
    aws,
    queue,
    cart,
    product,
    order,
    async as(method, url, payload, { customer = 'ann', key } = {}) {
      const headers = {
        ...(await issuer.headersOf(customer)),
        ...(key !== undefined && { 'idempotency-key': key }),
      };
      return await cart.call({ method, url, payload, headers });
    },
  };
}

/** Answers as product does. */
export function answerProducts({ path }: StubRequest): StubAnswer {
  const ids = new URL(path, 'http://product').searchParams.get('ids')?.split(',') ?? [];
  const products = ids.flatMap((productId) => {
    const known = PRODUCTS[productId];
    return known ? [{ productId, name: known.name, price: money(known.amount), available: 7 }] : [];
  });
  return { status: 200, body: { products, categories: [] } };
}

/** Answers as order does where all goes well. */
export function confirmOrder({ path, body }: StubRequest): StubAnswer {
  const { items } = body as { items: unknown };
  return { status: 200, body: { orderId: path.slice('/orders/'.length), state: 'CONFIRMED', items } };
}
