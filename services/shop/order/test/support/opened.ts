import type { LightMyRequestResponse } from 'fastify';
import { type FakeAws, startAws } from '../../../shared/test/support/aws';
import { type OpenedService, openService } from '../../../shared/test/support/service';
import { type Issuer, startIssuer } from '../../../shared/test/support/tokens';
import { buildOrderService } from '../../order-service';
import { createOrderTable, TABLE, TOPIC } from './instance';
import { METHODS, World } from './world';

/** Three cups. */
export const REQUEST = {
  customerId: 'customer-1',
  items: [{ productId: 'cup', quantity: 3 }],
  paymentMethodId: METHODS.good,
};

/** The order service of a test, with its background work, and what its callers do. */
export interface Opened {
  readonly aws: FakeAws;
  readonly world: World;
  readonly issuer: Issuer;
  readonly order: OpenedService;
  /** Places an order; a text is sent as it is. */
  put(orderId: string, body: unknown, headers?: object): Promise<LightMyRequestResponse>;
  get(url: string, customerId?: string): Promise<LightMyRequestResponse>;
  close(): Promise<void>;
}

/** Opens it. */
export async function openOrder(): Promise<Opened> {
  const aws = await startAws();
  await createOrderTable(aws);
  const world = await World.start();
  const issuer = await startIssuer();
  const order = await openService('order', (context) =>
    buildOrderService(
      {
        tableName: TABLE,
        topicArn: TOPIC,
        productUrl: world.product.url,
        paymentUrl: world.payment.url,
        customerUrl: issuer.url,
        recoveryInterval: 50,
        patience: 60_000,
        sagaTimeout: 5_000,
      },
      context,
    ),
  );
  for (const work of order.service.background ?? []) work.start();
  return {
    aws,
    world,
    issuer,
    order,
    put: (orderId, body, headers = {}) =>
      order.callInternal({
        method: 'PUT',
        url: `/orders/${orderId}`,
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    get: async (url, customerId = 'customer-1') =>
      await order.call({ url, headers: await issuer.headersOf(customerId) }),
    async close() {
      await order.close();
      await issuer.close();
      await world.close();
      await aws.close();
    },
  };
}
