import { describe, expect, test } from 'vitest';
import { derivedId, fingerprint } from '../../shared/ids';
import { money } from '../../shared/money';
import { confirmOrder, openCart, TABLE } from './support/cart';

const KEY = 'key-of-this-checkout';
const ORDER_ID = derivedId('ann', KEY);
const REQUEST = { paymentMethodId: 'card-1', expectedTotal: money(1_000) };

async function openFilled() {
  const opened = await openCart();
  await opened.as('PUT', '/cart/items/tea', { quantity: 2 });
  const checkOut = (payload: object = REQUEST, key = KEY, customer = 'ann') =>
    opened.as('POST', '/cart/checkout', payload, { key, customer });
  const lines = async () => (await opened.as('GET', '/cart')).json().items;
  return { ...opened, checkOut, lines };
}

test('a checkout orders what is in the cart, and empties it', async () => {
  const { order, checkOut, lines } = await openFilled();
  const answer = await checkOut();
  expect([answer.statusCode, answer.headers.location]).toEqual([201, `/orders/${ORDER_ID}`]);
  expect(answer.json()).toMatchObject({ orderId: ORDER_ID, state: 'CONFIRMED' });
  expect(order.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
    [
      'PUT',
      `/orders/${ORDER_ID}`,
      { customerId: 'ann', items: [{ productId: 'tea', quantity: 2 }], ...REQUEST },
    ],
  ]);
  expect(await lines()).toEqual([]);
});

test('the total need not be expected', async () => {
  const { order, checkOut } = await openFilled();
  expect((await checkOut({ paymentMethodId: 'card-1' })).statusCode).toBe(201);
  expect(order.requests[0]?.body).not.toHaveProperty('expectedTotal');
});

test('what is ordered is written down before order hears of it', async () => {
  const { aws, order, checkOut } = await openFilled();
  let kept: unknown;
  order.answer(async (request) => {
    kept = (await aws.items(TABLE)).find(({ sk }) => sk === `checkout#${ORDER_ID}`);
    return confirmOrder(request);
  });
  await checkOut();
  expect(kept).toMatchObject({ items: [{ productId: 'tea', quantity: 2 }], ...REQUEST });
  const { expiresAt } = kept as { expiresAt: number };
  expect((expiresAt - Date.now() / 1_000) / 86_400).toBeCloseTo(30, 2);
});

describe('the same key again', () => {
  test('is the same order, whatever has become of the cart', async () => {
    const { as, order, checkOut, lines } = await openFilled();
    const first = await checkOut();
    await as('PUT', '/cart/items/cup', { quantity: 9 });
    const second = await checkOut();
    expect([second.statusCode, second.json()]).toEqual([201, first.json()]);
    expect(order.requests[1]?.body).toEqual(order.requests[0]?.body);
    expect(await lines()).toMatchObject([{ productId: 'cup', quantity: 9 }]);
  });

  test('at the same moment is one order', async () => {
    const { order, checkOut, lines } = await openFilled();
    const answers = await Promise.all([1, 2, 3, 4].map(() => checkOut()));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201, 201, 201]);
    expect(new Set(order.requests.map(({ path, body }) => fingerprint([path, body]))).size).toBe(1);
    expect(await lines()).toEqual([]);
  });

  test('is the same order, also where it comes when the first one has just emptied the cart', async () => {
    const { aws, order, as, checkOut } = await openFilled();
    await as('DELETE', '/cart/items/tea');
    const kept = {
      items: { L: [{ M: { productId: { S: 'tea' }, quantity: { N: '2' } } }] },
      paymentMethodId: { S: 'card-1' },
      expectedTotal: { M: { amount: { N: '1000' }, currency: { S: 'JPY' } } },
    };
    let reads = 0;
    aws.on('DynamoDB_20120810.GetItem', () => {
      reads += 1;
      return reads === 1 ? {} : { Item: kept };
    });
    expect((await checkOut()).statusCode).toBe(201);
    expect(order.requests[0]?.body).toMatchObject({ items: [{ productId: 'tea', quantity: 2 }], ...REQUEST });
  });

  test.each([
    { paymentMethodId: 'card-2', expectedTotal: money(1_000) },
    { paymentMethodId: 'card-1', expectedTotal: money(999) },
    { paymentMethodId: 'card-1' },
  ])('with other content is refused: %j', async (request) => {
    const { order, checkOut } = await openFilled();
    await checkOut();
    const answer = await checkOut(request);
    expect([answer.statusCode, answer.json().type]).toEqual([409, 'urn:shop:other-content']);
    expect(order.requests).toHaveLength(1);
  });

  test('of another customer is another order', async () => {
    const { as, order, checkOut } = await openFilled();
    await as('PUT', '/cart/items/cup', { quantity: 1 }, { customer: 'bob' });
    await checkOut();
    await checkOut(REQUEST, KEY, 'bob');
    expect(order.requests[1]?.path).toBe(`/orders/${derivedId('bob', KEY)}`);
    expect(order.requests[1]?.body).toMatchObject({ customerId: 'bob', items: [{ productId: 'cup' }] });
  });
});

test('an order that is on its way says where to look, and leaves the cart', async () => {
  const { order, checkOut, lines } = await openFilled();
  order.answer(() => ({ status: 202, body: { orderId: ORDER_ID, state: 'RESERVED' } }));
  const answer = await checkOut();
  expect([answer.statusCode, answer.headers.location]).toEqual([202, `/orders/${ORDER_ID}`]);
  expect(answer.json()).toEqual({ orderId: ORDER_ID, state: 'RESERVED' });
  expect(await lines()).toHaveLength(1);
});

test.each([
  ['payment-declined', 402],
  ['payment-unavailable', 402],
  ['out-of-stock', 409],
  ['unknown-product', 409],
  ['price-changed', 409],
  ['product-unavailable', 409],
])(
  'an order that was rejected for %s is a %i with the order, and leaves the cart',
  async (reason, status) => {
    const { order, checkOut, lines } = await openFilled();
    const rejected = { orderId: ORDER_ID, state: 'REJECTED', reason, detail: 'insufficient-funds' };
    order.answer(() => ({ status: 200, body: rejected }));
    const answer = await checkOut();
    expect([answer.statusCode, answer.json().type]).toEqual([status, `urn:shop:${reason}`]);
    expect(answer.json().order).toEqual(rejected);
    expect(answer.json().detail).not.toBe('The order was rejected.');
    expect(await lines()).toHaveLength(1);
  },
);

test('an empty cart orders nothing, and the key may be used later', async () => {
  const { as, order, checkOut } = await openFilled();
  await as('DELETE', '/cart/items/tea');
  const answer = await checkOut();
  expect([answer.statusCode, answer.json().type]).toEqual([409, 'urn:shop:cart-empty']);
  expect(order.requests).toEqual([]);
  await as('PUT', '/cart/items/cup', { quantity: 1 });
  expect((await checkOut()).statusCode).toBe(201);
});

test('while order is away, nothing is lost: the same key buys what was in the cart then', async () => {
  const { as, order, checkOut } = await openFilled();
  order.answer(() => ({ status: 500 }));
  const answer = await checkOut();
  expect([answer.statusCode, answer.json().type]).toEqual([503, 'urn:shop:dependency-unavailable']);
  expect(answer.headers['retry-after']).toBe('5');
  await as('PUT', '/cart/items/tea', { quantity: 7 });
  order.answer(confirmOrder);
  expect((await checkOut()).statusCode).toBe(201);
  expect(order.requests.at(-1)?.body).toMatchObject({ items: [{ productId: 'tea', quantity: 2 }] });
  expect((await as('GET', '/cart')).json().items).toMatchObject([{ productId: 'tea', quantity: 5 }]);
});

test.each([
  { status: 409, body: {} },
  { status: 200, body: { state: 'CONFIRMED' } },
  { status: 200 },
  { status: 404, body: { orderId: 'a', state: 'CONFIRMED' } },
])('an answer that order should not give is our fault: %j', async (given) => {
  const { order, checkOut, lines } = await openFilled();
  order.answer(() => given);
  expect((await checkOut()).statusCode).toBe(500);
  expect(await lines()).toHaveLength(1);
});

test('a confirmed order is confirmed, also where the cart can not be cleared just now', async () => {
  const { aws, cart, checkOut, lines } = await openFilled();
  aws.fail('TransactWriteItems', 'ValidationException');
  expect((await checkOut()).statusCode).toBe(201);
  expect(await lines()).toHaveLength(1);
  expect(cart.lines).toContainEqual(expect.objectContaining({ level: 'warn', event: 'clear later' }));
});

test('a cart that two requests made too large is not ordered', async () => {
  const { as, product, order, checkOut } = await openFilled();
  product.answer(() => ({ status: 503 }));
  await Promise.all(
    Array.from({ length: 60 }, (_, place) => as('PUT', `/cart/items/p-${place}`, { quantity: 1 })),
  );
  const { items } = (await as('GET', '/cart')).json();
  const answer = await checkOut();
  expect([answer.statusCode, order.requests.length]).toEqual(items.length > 50 ? [409, 0] : [201, 1]);
});

const BAD: readonly (readonly [payload: object | undefined, key: string | undefined])[] = [
  [undefined, KEY],
  [{}, KEY],
  [{ paymentMethodId: '' }, KEY],
  [{ paymentMethodId: 'a b' }, KEY],
  [{ paymentMethodId: '4242424242424242' }, KEY],
  [{ ...REQUEST, expectedTotal: 1_000 }, KEY],
  [{ ...REQUEST, expectedTotal: { amount: 1_000, currency: 'EUR' } }, KEY],
  [{ ...REQUEST, expectedTotal: { amount: -1, currency: 'JPY' } }, KEY],
  [{ ...REQUEST, customerId: 'bob' }, KEY],
  [REQUEST, undefined],
  [REQUEST, 'short'],
  [REQUEST, 'with a space'],
];

test('a checkout that is not as described is refused', async () => {
  const { as, order } = await openFilled();
  for (const [payload, key] of BAD) {
    const answer = await as('POST', '/cart/checkout', payload, key === undefined ? {} : { key });
    expect([answer.statusCode, answer.json().type], JSON.stringify([payload, key])).toEqual([
      400,
      'urn:shop:bad-request',
    ]);
  }
  expect(order.requests).toEqual([]);
});
