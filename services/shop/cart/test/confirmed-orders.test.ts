import { join } from 'node:path';
import { expect, test } from 'vitest';
import { confirmedOrderIn } from '../../shared/confirmed-order';
import { readEnvironment } from '../../shared/environment';
import { newEvent } from '../../shared/events';
import { checkDocument } from '../../shared/test/support/openapi';
import { readCartSettings } from '../settings';
import { openCart, TABLE } from './support/cart';

const DATA = { orderId: 'order-1', customerId: 'ann', items: [{ productId: 'tea', quantity: 2 }] };

async function openListening() {
  const opened = await openCart();
  for (const work of opened.cart.service.background ?? []) work.start();
  async function send(...events: unknown[]) {
    for (const event of events) opened.queue.send(event);
    await expect.poll(() => opened.queue.size, { timeout: 10_000 }).toBe(0);
  }
  const quantities = async (customer = 'ann') => {
    const { items } = (await opened.as('GET', '/cart', undefined, { customer })).json();
    return Object.fromEntries(
      items.map(({ productId, quantity }: { productId: string; quantity: number }) => [productId, quantity]),
    );
  };
  return { ...opened, send, quantities };
}

test('what was bought leaves the cart, once, and the rest stays', async () => {
  const { as, send, quantities } = await openListening();
  await as('PUT', '/cart/items/tea', { quantity: 5 });
  await as('PUT', '/cart/items/cup', { quantity: 1 });
  await as('PUT', '/cart/items/tea', { quantity: 2 }, { customer: 'bob' });
  const event = newEvent('order.confirmed', { ...DATA, total: { amount: 1, currency: 'JPY' } });
  await send(event, event, newEvent('order.confirmed', DATA));
  expect(await quantities()).toEqual({ tea: 3, cup: 1 });
  expect(await quantities('bob')).toEqual({ tea: 2 });
  await send(newEvent('order.confirmed', { ...DATA, orderId: 'order-2' }));
  expect(await quantities()).toEqual({ tea: 1, cup: 1 });
});

test('a cart with no more than what was bought is empty then', async () => {
  const { as, send, quantities } = await openListening();
  await as('PUT', '/cart/items/tea', { quantity: 2 });
  await as('PUT', '/cart/items/cup', { quantity: 1 });
  const items = [
    { productId: 'tea', quantity: 2 },
    { productId: 'cup', quantity: 9 },
    { productId: 'gone', quantity: 1 },
  ];
  await send(newEvent('order.confirmed', { ...DATA, items }));
  expect(await quantities()).toEqual({});
});

test('the event of a checkout that has cleared the cart takes nothing more out', async () => {
  const { as, send, quantities, order } = await openListening();
  await as('PUT', '/cart/items/tea', { quantity: 2 });
  const body = { paymentMethodId: 'card-1' };
  const { orderId } = (await as('POST', '/cart/checkout', body, { key: 'a-key-of-ann' })).json();
  await as('PUT', '/cart/items/tea', { quantity: 2 });
  await send(newEvent('order.confirmed', { ...DATA, orderId }));
  expect(await quantities()).toEqual({ tea: 2 });
  expect(order.requests).toHaveLength(1);
});

test('a cart that changes meanwhile is read again', async () => {
  const { aws, as, send, quantities } = await openListening();
  await as('PUT', '/cart/items/tea', { quantity: 5 });
  aws.fail('TransactWriteItems', 'TransactionCanceledException', 2, {
    CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
  });
  await send(newEvent('order.confirmed', DATA));
  expect(await quantities()).toEqual({ tea: 3 });
});

test('a change of the cart at the same moment is never lost', async () => {
  const { as, send, quantities } = await openListening();
  await as('PUT', '/cart/items/tea', { quantity: 5 });
  await Promise.all([
    send(newEvent('order.confirmed', DATA)),
    ...[6, 7, 8, 9].map((quantity) => as('PUT', '/cart/items/cup', { quantity })),
    as('PUT', '/cart/items/tea', { quantity: 50 }),
  ]);
  expect([48, 50]).toContain((await quantities()).tea);
});

test('an event that can not be handled now comes again', async () => {
  const { aws, as, send, quantities, cart } = await openListening();
  await as('PUT', '/cart/items/tea', { quantity: 5 });
  aws.fail('TransactWriteItems', 'ValidationException');
  await send(newEvent('order.confirmed', DATA));
  expect(await quantities()).toEqual({ tea: 3 });
  expect(cart.lines).toContainEqual(expect.objectContaining({ event: 'message failed' }));
});

test('events of other types change nothing', async () => {
  const { aws, as, send } = await openListening();
  await as('PUT', '/cart/items/tea', { quantity: 5 });
  const before = await aws.items(TABLE);
  await send(newEvent('order.rejected', DATA));
  expect(await aws.items(TABLE)).toEqual(before);
});

test.each<[unknown]>([
  [null],
  [7],
  [{}],
  [{ ...DATA, orderId: '' }],
  [{ ...DATA, customerId: undefined }],
  [{ ...DATA, items: {} }],
  [{ ...DATA, items: [null] }],
  [{ ...DATA, items: [{ productId: 'tea' }] }],
  [{ ...DATA, items: [{ productId: '', quantity: 1 }] }],
  [{ ...DATA, items: [{ productId: 'tea', quantity: 0 }] }],
  [{ ...DATA, items: [{ productId: 'tea', quantity: 0.5 }] }],
])('%j is no confirmed order', (data) => {
  expect(() => confirmedOrderIn(newEvent('order.confirmed', data))).toThrow('without its data');
});

test('the document describes the routes', async () => {
  const { cart } = await openCart();
  await checkDocument(cart.app, join(__dirname, '..', 'openapi.json'));
  expect(cart.internal).toBe(cart.app);
});

test('the service is ready whatever the others do', async () => {
  const { cart, product, order, aws } = await openCart();
  await Promise.all([product.close(), order.close()]);
  expect((await cart.app.inject('/readyz')).statusCode).toBe(200);
  aws.fail('GetItem', 'ResourceNotFoundException');
  expect((await cart.app.inject('/readyz')).statusCode).toBe(503);
});

test('the environment names table, queue and whom to ask', () => {
  const given = {
    TABLE_NAME: 'carts',
    QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/1/orders',
    PRODUCT_URL: 'http://product:8080',
    ORDER_URL: 'http://order:8081',
    CUSTOMER_URL: 'http://customer:8080',
  };
  expect(Object.values(readEnvironment('cart', given, readCartSettings))).toEqual(Object.values(given));
  expect(() => readEnvironment('cart', {}, readCartSettings)).toThrow(
    /TABLE_NAME is missing.*QUEUE_URL is missing.*PRODUCT_URL is missing.*ORDER_URL is missing.*CUSTOMER_URL is missing/,
  );
});
