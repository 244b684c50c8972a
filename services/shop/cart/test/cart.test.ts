import { expect, test } from 'vitest';
import { money } from '../../shared/money';
import { answerProducts, openCart, TABLE } from './support/cart';

test('a cart shows what was put in, with names and prices', async () => {
  const { as, product } = await openCart();
  const put = await as('PUT', '/cart/items/tea', { quantity: 2 });
  expect([put.statusCode, put.json()]).toEqual([
    200,
    {
      productId: 'tea',
      name: 'Tea',
      quantity: 2,
      unitPrice: money(500),
      lineTotal: money(1_000),
      available: 7,
    },
  ]);
  await as('PUT', '/cart/items/cup', { quantity: 1 });
  await as('PUT', '/cart/items/tea', { quantity: 3 });
  const shown = (await as('GET', '/cart')).json();
  expect(shown).toMatchObject({
    items: [
      { productId: 'cup', quantity: 1, lineTotal: money(1_200) },
      { productId: 'tea', quantity: 3, lineTotal: money(1_500) },
    ],
    pricesKnown: true,
    total: money(2_700),
  });
  expect(product.requests.at(-1)?.path).toBe('/products?ids=cup,tea');
});

test('an empty cart asks nobody', async () => {
  const { as, product } = await openCart();
  expect((await as('GET', '/cart')).json()).toEqual({ items: [], pricesKnown: true, total: money(0) });
  expect(product.requests).toEqual([]);
});

test('each customer has a cart of their own', async () => {
  const { as } = await openCart();
  await as('PUT', '/cart/items/tea', { quantity: 2 });
  expect((await as('GET', '/cart', undefined, { customer: 'bob' })).json().items).toEqual([]);
  await as('DELETE', '/cart/items/tea', undefined, { customer: 'bob' });
  expect((await as('GET', '/cart')).json().items).toHaveLength(1);
});

test('what is taken out is gone, and may be taken out twice', async () => {
  const { as } = await openCart();
  await as('PUT', '/cart/items/tea', { quantity: 2 });
  for (const time of [1, 2]) expect((await as('DELETE', '/cart/items/tea')).statusCode, `${time}`).toBe(204);
  expect((await as('GET', '/cart')).json().items).toEqual([]);
});

test('what product does not know does not get into the cart', async () => {
  const { as } = await openCart();
  const answer = await as('PUT', '/cart/items/pot', { quantity: 1 });
  expect([answer.statusCode, answer.json().type]).toEqual([422, 'urn:shop:unknown-product']);
  expect((await as('GET', '/cart')).json().items).toEqual([]);
});

test('a product that is sold no more stays without a price, and there is no total', async () => {
  const { as, product } = await openCart();
  await as('PUT', '/cart/items/tea', { quantity: 2 });
  await as('PUT', '/cart/items/cup', { quantity: 1 });
  product.answer(({ path, ...request }) => answerProducts({ ...request, path: path.replace('cup', 'x') }));
  const { items, pricesKnown, total } = (await as('GET', '/cart')).json();
  expect(items).toEqual([
    { productId: 'cup', quantity: 1 },
    expect.objectContaining({ productId: 'tea', unitPrice: money(500) }),
  ]);
  expect([pricesKnown, total]).toEqual([true, undefined]);
});

test.each([
  ['is out of order', { status: 503 }],
  ['does not answer', undefined],
  ['says nonsense', { status: 200, body: { products: [{ productId: 'tea', name: 'Tea', price: 5 }] } }],
  ['says nothing', { status: 200, body: {} }],
  ['refuses', { status: 400, body: { products: [] } }],
])('a cart can be filled and shown when product %s', async (_, answer) => {
  const { as, product } = await openCart();
  product.answer(() => answer);
  expect((await as('PUT', '/cart/items/tea', { quantity: 2 })).json()).toEqual({
    productId: 'tea',
    quantity: 2,
  });
  expect((await as('GET', '/cart')).json()).toEqual({
    items: [{ productId: 'tea', quantity: 2 }],
    pricesKnown: false,
  });
});

test('a cart holds fifty products', async () => {
  const { as, product } = await openCart();
  product.answer(() => ({ status: 503 }));
  for (let place = 0; place < 50; place += 1) await as('PUT', `/cart/items/p-${place}`, { quantity: 1 });
  const more = await as('PUT', '/cart/items/tea', { quantity: 1 });
  expect([more.statusCode, more.json().type]).toEqual([409, 'urn:shop:cart-full']);
  expect((await as('PUT', '/cart/items/p-7', { quantity: 99 })).statusCode).toBe(200);
  expect((await as('GET', '/cart')).json().items).toHaveLength(50);
});

test('a line that nobody touches goes after 90 days', async () => {
  const { as, aws } = await openCart();
  await as('PUT', '/cart/items/tea', { quantity: 1 });
  const [item] = await aws.items(TABLE);
  expect((Number(item?.expiresAt) - Date.now() / 1_000) / 86_400).toBeCloseTo(90, 2);
});

test('a line that is not as described is refused', async () => {
  const { as, aws } = await openCart();
  for (const payload of [
    undefined,
    {},
    { quantity: 0 },
    { quantity: 100 },
    { quantity: 1.5 },
    { quantity: '1' },
    { quantity: null },
    { quantity: 1, price: 1 },
  ]) {
    const answer = await as('PUT', '/cart/items/tea', payload);
    expect([answer.statusCode, answer.json().type], JSON.stringify(payload)).toEqual([
      400,
      'urn:shop:bad-request',
    ]);
  }
  expect(await aws.items(TABLE)).toEqual([]);
});

test('what is no id of a product is refused', async () => {
  const { as } = await openCart();
  for (const id of ['Tea', 'a'.repeat(65), '-a', 'a%23b', 'a%0Ab']) {
    expect((await as('PUT', `/cart/items/${id}`, { quantity: 1 })).statusCode, id).toBe(400);
    expect((await as('DELETE', `/cart/items/${id}`)).statusCode, id).toBe(400);
  }
});

test('strangers have no cart', async () => {
  const { cart } = await openCart();
  for (const request of [
    { method: 'GET' as const, url: '/cart' },
    { method: 'PUT' as const, url: '/cart/items/tea', payload: { quantity: 1 } },
    { method: 'DELETE' as const, url: '/cart/items/tea' },
    { method: 'POST' as const, url: '/cart/checkout', payload: {} },
  ]) {
    const answer = await cart.call(request);
    expect([answer.statusCode, answer.json().type]).toEqual([401, 'urn:shop:unauthenticated']);
  }
});
