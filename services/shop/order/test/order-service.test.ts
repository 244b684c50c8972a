import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { derivedId, newId } from '../../shared/ids';
import { checkDocument } from '../../shared/test/support/openapi';
import { waitFor } from '../../shared/test/support/wait-for';
import { TOPIC } from './support/instance';
import { type Opened, openOrder, REQUEST } from './support/opened';
import { METHODS } from './support/world';

let opened: Opened;
let put: Opened['put'];
let get: Opened['get'];

beforeAll(async () => {
  opened = await openOrder();
  ({ put, get } = opened);
});

afterAll(() => opened.close());

beforeEach(() => {
  opened.world.recover();
  opened.world.stock.set('cup', { available: 10, reserved: 0 });
  opened.aws.forget();
});

test('its documents are what it does', async () => {
  await checkDocument(opened.order.app, join(__dirname, '..', 'openapi.json'));
  await checkDocument(opened.order.internal, join(__dirname, '..', 'openapi-internal.json'));
});

test('an order is placed, told, and shown to its customer', async () => {
  const orderId = derivedId(newId());
  const expectedTotal = { amount: 750, currency: 'JPY' };
  const placed = await put(orderId, { ...REQUEST, expectedTotal }, { 'x-request-id': 'request-7' });
  expect(placed.statusCode).toBe(200);
  expect(placed.json()).toEqual({
    orderId,
    state: 'CONFIRMED',
    items: [{ productId: 'cup', quantity: 3, name: 'The cup', unitPrice: { amount: 250, currency: 'JPY' } }],
    total: expectedTotal,
    paymentMethodId: METHODS.good,
    createdAt: expect.any(String),
    updatedAt: expect.any(String),
  });
  const asked = [...opened.world.product.requests, ...opened.world.payment.requests].filter(({ path }) =>
    path.includes(orderId),
  );
  expect(asked.map(({ method, path }) => `${method} ${path.replace(orderId, 'id')}`)).toEqual([
    'PUT /reservations/id',
    'POST /reservations/id/confirm',
    'PUT /payments/id',
  ]);
  expect(asked.map(({ headers }) => headers['x-request-id'])).toEqual(Array(3).fill('request-7'));
  expect(asked.at(-1)?.body).toEqual({
    customerId: 'customer-1',
    paymentMethodId: METHODS.good,
    total: expectedTotal,
  });
  expect((await get(`/orders/${orderId}`)).json()).toEqual(placed.json());
  await waitFor(() =>
    expect(opened.aws.published).toMatchObject([
      { topicArn: TOPIC, type: 'order.confirmed', event: { data: { orderId } } },
    ]),
  );
});

test.each([
  [{ paymentMethodId: METHODS.declined }, { reason: 'payment-declined', detail: 'insufficient-funds' }],
  [{ items: [{ productId: 'cup', quantity: 11 }] }, { reason: 'out-of-stock', productIds: ['cup'] }],
  [{ items: [{ productId: 'moon', quantity: 1 }] }, { reason: 'unknown-product', productIds: ['moon'] }],
  [{ expectedTotal: { amount: 1, currency: 'JPY' } }, { reason: 'price-changed' }],
])('an order with %j is rejected and says why', async (change, why) => {
  const orderId = derivedId(newId());
  const placed = await put(orderId, { ...REQUEST, ...change });
  expect([placed.statusCode, placed.json()]).toEqual([
    200,
    expect.objectContaining({ state: 'REJECTED', ...why }),
  ]);
  expect(opened.world.stock.get('cup')).toEqual({ available: 10, reserved: 0 });
  const told = () => opened.aws.published.map(({ event }) => event.data);
  await waitFor(() => expect(told()).toContainEqual(expect.objectContaining({ orderId, ...why })));
});

test('an order that can not end yet is accepted, and ends later by itself', async () => {
  const orderId = derivedId(newId());
  opened.world.payment.answer(() => ({ status: 202, body: { state: 'PENDING' } }));
  const placed = await put(orderId, REQUEST, { 'x-budget-ms': '400' });
  expect([placed.statusCode, placed.headers.location]).toEqual([202, `/orders/${orderId}`]);
  expect(placed.json().state).toMatch(/^(PENDING|RESERVED)$/);
  opened.world.recover();
  await waitFor(async () =>
    expect((await get(`/orders/${orderId}`)).json()).toMatchObject({ state: 'CONFIRMED' }),
  );
  expect((await put(orderId, REQUEST)).statusCode).toBe(200);
  expect((await put(orderId, { ...REQUEST, customerId: 'customer-2' })).statusCode).toBe(409);
});

test('who waits for an order gets it when the recovery has ended it', async () => {
  const orderId = derivedId(newId());
  let asked = 0;
  opened.world.payment.answer((request) => {
    if (request.path.includes(orderId)) asked += 1;
    return asked < 3 ? { status: 202, body: {} } : opened.world.answerPayment(request);
  });
  expect((await put(orderId, REQUEST)).json()).toMatchObject({ state: 'CONFIRMED' });
  expect(asked).toBe(3);
});

test('customers see their own orders only, newest first, page by page', async () => {
  const mine: string[] = [];
  for (let count = 0; count < 5; count += 1) {
    const orderId = derivedId(newId());
    await put(orderId, { ...REQUEST, customerId: 'customer-5', items: [{ productId: 'cup', quantity: 1 }] });
    mine.unshift(orderId);
  }
  const seen: string[] = [];
  let next = '';
  do {
    const page = (await get(`/orders?limit=2${next}`, 'customer-5')).json();
    expect(page.orders.length).toBeLessThanOrEqual(2);
    seen.push(...page.orders.map((one: { orderId: string }) => one.orderId));
    next = page.next ? `&next=${page.next}` : '';
  } while (next);
  expect(seen).toEqual(mine);
  expect((await get('/orders?limit=5', 'customer-5')).json()).not.toHaveProperty('next');
  expect((await get('/orders', 'customer-6')).json()).toEqual({ orders: [] });
  const others = await get(`/orders/${mine[0]}`, 'customer-6');
  expect([others.statusCode, others.json().type]).toEqual([404, 'urn:shop:unknown-order']);
});

test.each(['limit=0', 'limit=101', 'limit=x', 'next=', 'next=AAAA', 'customerId=customer-5'])(
  'a list with ?%s is refused',
  async (query) => {
    expect((await get(`/orders?${query}`)).statusCode).toBe(400);
  },
);

test('nobody sees orders without a token, and nobody places them from outside', async () => {
  const orderId = derivedId(newId());
  expect((await opened.order.call({ url: '/orders' })).statusCode).toBe(401);
  expect((await opened.order.call({ url: `/orders/${orderId}` })).statusCode).toBe(401);
  const method = 'PUT' as const;
  const outside = await opened.order.app.inject({ method, url: `/orders/${orderId}`, payload: REQUEST });
  expect(outside.statusCode).toBe(404);
});

test('the readiness asks the own table only', async () => {
  opened.world.product.answer(() => ({ status: 500 }));
  opened.world.payment.answer(() => ({ status: 500 }));
  expect((await opened.order.app.inject('/readyz')).statusCode).toBe(200);
  opened.aws.fail('GetItem', 'ResourceNotFoundException');
  expect((await opened.order.app.inject('/readyz')).statusCode).toBe(503);
});

test('a table in trouble is a 503, and the same request works a moment later', async () => {
  const orderId = derivedId(newId());
  opened.aws.fail('TransactWriteItems', 'ProvisionedThroughputExceededException', 3);
  expect((await put(orderId, REQUEST)).statusCode).toBe(503);
  expect((await put(orderId, REQUEST)).json()).toMatchObject({ state: 'CONFIRMED' });
});
