import { expect, test } from 'vitest';
import { money } from '../../shared/money';
import { make, openProduct, piecesOf, reserve, settle } from './support/product';

test('a reservation says what was reserved, at which prices', async () => {
  const { aws, product } = await openProduct();
  await make(product, 'tea', { stock: 3 });
  await make(product, 'cup', { stock: 3, name: 'Cup', price: money(1_200) });
  const answer = await reserve(product, 'a', { tea: 2, cup: 1 });
  expect([answer.statusCode, answer.json()]).toEqual([
    200,
    {
      orderId: 'a',
      state: 'RESERVED',
      items: [
        { productId: 'tea', name: 'Tea', quantity: 2, unitPrice: money(500) },
        { productId: 'cup', name: 'Cup', quantity: 1, unitPrice: money(1_200) },
      ],
      total: money(2_200),
    },
  ]);
  expect(await piecesOf(aws, 'tea')).toEqual([1, 2, 0]);
});

test('a reservation keeps its prices when the product has others', async () => {
  const { product } = await openProduct();
  await make(product, 'tea', { stock: 3 });
  const first = await reserve(product, 'a', { tea: 2 });
  await product.callInternal({
    method: 'PUT',
    url: '/products/tea',
    payload: { name: 'Tea 2', description: '-', category: 'drinks', price: money(900) },
  });
  expect((await reserve(product, 'a', { tea: 2 })).json()).toEqual(first.json());
  expect((await reserve(product, 'b', { tea: 1 })).json().total).toEqual(money(900));
});

test('a confirmation sells, a release gives back, both as often as they are sent', async () => {
  const { aws, product } = await openProduct();
  await make(product, 'tea', { stock: 9 });
  await reserve(product, 'a', { tea: 2 });
  await reserve(product, 'b', { tea: 3 });
  for (let time = 0; time < 2; time += 1) {
    expect((await settle(product, 'confirm', 'a')).json()).toMatchObject({
      orderId: 'a',
      state: 'CONFIRMED',
      total: money(1_000),
    });
    expect((await settle(product, 'release', 'b')).json()).toMatchObject({ orderId: 'b', state: 'RELEASED' });
    expect(await piecesOf(aws, 'tea')).toEqual([7, 0, 2]);
  }
  expect((await reserve(product, 'a', { tea: 2 })).json().state).toBe('CONFIRMED');
});

test('refusals say why', async () => {
  const { product } = await openProduct();
  await make(product, 'tea', { stock: 4 });
  await make(product, 'cup', { stock: 1 });
  async function refusal(request: ReturnType<typeof reserve>) {
    const { type, status, productIds } = (await request).json();
    return [status, type.replace('urn:shop:', ''), productIds];
  }
  await reserve(product, 'sold', { tea: 1 });
  await settle(product, 'confirm', 'sold');
  await settle(product, 'release', 'gone');
  await reserve(product, 'a', { tea: 1 });
  expect(await refusal(reserve(product, 'b', { tea: 4, cup: 2 }))).toEqual([
    409,
    'out-of-stock',
    ['tea', 'cup'],
  ]);
  expect(await refusal(reserve(product, 'b', { tea: 9, pot: 1 }))).toEqual([422, 'unknown-product', ['pot']]);
  expect(await refusal(reserve(product, 'gone', { tea: 1 }))).toEqual([409, 'released', undefined]);
  expect(await refusal(reserve(product, 'a', { tea: 2 }))).toEqual([409, 'other-content', undefined]);
  expect(await refusal(settle(product, 'release', 'sold'))).toEqual([409, 'confirmed', undefined]);
  expect(await refusal(settle(product, 'confirm', 'gone'))).toEqual([409, 'released', undefined]);
  expect(await refusal(settle(product, 'confirm', 'never'))).toEqual([404, 'not-reserved', undefined]);
});

test('an early release is an empty reservation', async () => {
  const { product } = await openProduct();
  expect((await settle(product, 'release', 'a')).json()).toEqual({
    orderId: 'a',
    state: 'RELEASED',
    items: [],
    total: money(0),
  });
});

test('fifty products go at once', async () => {
  const { aws, product } = await openProduct();
  const pieces: Record<string, number> = {};
  for (let place = 0; place < 50; place += 1) {
    await make(product, `p-${place}`, { stock: 99, name: 'x'.repeat(100) });
    pieces[`p-${place}`] = 99;
  }
  expect((await reserve(product, 'a', pieces)).statusCode).toBe(200);
  expect((await settle(product, 'confirm', 'a')).statusCode).toBe(200);
  expect(await piecesOf(aws, 'p-49')).toEqual([0, 0, 99]);
});

const line = { productId: 'tea', quantity: 1 };
const BAD_RESERVATIONS: readonly (readonly [what: string, payload: object | undefined])[] = [
  ['no content', undefined],
  ['no items', {}],
  ['an empty list', { items: [] }],
  [
    'too many items',
    { items: Array.from({ length: 51 }, (_, place) => ({ ...line, productId: `p${place}` })) },
  ],
  ['a product twice', { items: [line, { ...line, quantity: 2 }] }],
  ['no quantity', { items: [{ productId: 'tea' }] }],
  ['nothing of it', { items: [{ ...line, quantity: 0 }] }],
  ['less than nothing', { items: [{ ...line, quantity: -1 }] }],
  ['a half', { items: [{ ...line, quantity: 0.5 }] }],
  ['too many of it', { items: [{ ...line, quantity: 100 }] }],
  ['a quantity in words', { items: [{ ...line, quantity: '1' }] }],
  ['an id that is none', { items: [{ ...line, productId: 'Tea!' }] }],
  ['more than is known', { items: [{ ...line, price: 1 }] }],
];

test('a reservation that is not as described is refused', async () => {
  const { aws, product } = await openProduct();
  await make(product, 'tea', { stock: 200 });
  for (const [what, payload] of BAD_RESERVATIONS) {
    const answer = await product.callInternal({ method: 'PUT', url: '/reservations/a', payload });
    expect([answer.statusCode, answer.json().type], what).toEqual([400, 'urn:shop:bad-request']);
  }
  expect(await piecesOf(aws, 'tea')).toEqual([200, 0, 0]);
});

test('what is no id of an order is refused', async () => {
  const { product } = await openProduct();
  for (const orderId of ['a%20b', 'a'.repeat(65), '%23']) {
    expect((await reserve(product, orderId, { tea: 1 })).statusCode, orderId).toBe(400);
    for (const kind of ['confirm', 'release'] as const)
      expect((await settle(product, kind, orderId)).statusCode, orderId).toBe(400);
  }
});

test('the public port has no reservations', async () => {
  const { product } = await openProduct();
  for (const request of [
    { method: 'PUT' as const, url: '/reservations/a', payload: { items: [line] } },
    { method: 'POST' as const, url: '/reservations/a/release' },
    { method: 'PUT' as const, url: '/products/tea', payload: {} },
    { method: 'POST' as const, url: '/products/tea/stock', payload: {} },
  ])
    expect((await product.app.inject(request)).statusCode).toBe(404);
});
