import { afterAll, beforeAll, expect, test } from 'vitest';
import { derivedId, newId } from '../../shared/ids';
import { type Opened, openOrder, REQUEST } from './support/opened';

let opened: Opened;
let put: Opened['put'];
let get: Opened['get'];

beforeAll(async () => {
  opened = await openOrder();
  ({ put, get } = opened);
});

afterAll(() => opened.close());

const ITEM = { productId: 'cup', quantity: 1 };

test.each([
  ['no JSON', '{"customerId":'],
  ['nothing', '{}'],
  ['no items', { ...REQUEST, items: [] }],
  [
    '51 items',
    { ...REQUEST, items: Array.from({ length: 51 }, (_, n) => ({ ...ITEM, productId: `p${n}` })) },
  ],
  ['a product twice', { ...REQUEST, items: [ITEM, ITEM] }],
  ['no quantity', { ...REQUEST, items: [{ productId: 'cup' }] }],
  ['a quantity of 0', { ...REQUEST, items: [{ ...ITEM, quantity: 0 }] }],
  ['a quantity of 100', { ...REQUEST, items: [{ ...ITEM, quantity: 100 }] }],
  ['half a cup', { ...REQUEST, items: [{ ...ITEM, quantity: 0.5 }] }],
  ['a quantity as text', { ...REQUEST, items: [{ ...ITEM, quantity: '1' }] }],
  ['a price of its own', { ...REQUEST, items: [{ ...ITEM, unitPrice: 1 }] }],
  ['a strange product', { ...REQUEST, items: [{ ...ITEM, productId: '../x' }] }],
  ['a strange customer', { ...REQUEST, customerId: 'a/b' }],
  ['no payment method', { ...REQUEST, paymentMethodId: undefined }],
  ['a card as payment method', { ...REQUEST, paymentMethodId: '4242424242424242' }],
  ['another currency', { ...REQUEST, expectedTotal: { amount: 1, currency: 'USD' } }],
  ['a negative total', { ...REQUEST, expectedTotal: { amount: -1, currency: 'JPY' } }],
  ['a state', { ...REQUEST, state: 'PAID' }],
])('an order with %s is refused, and nothing is kept', async (_, body) => {
  const orderId = derivedId(newId());
  expect((await put(orderId, body)).statusCode).toBe(400);
  expect((await get(`/orders/${orderId}`)).statusCode).toBe(404);
});

test.each(['x', 'A'.repeat(26), `${'a'.repeat(26)}b`])('%j is no id of an order', async (orderId) => {
  expect((await put(orderId, REQUEST)).statusCode).toBe(400);
  expect((await get(`/orders/${orderId}`)).statusCode).toBe(400);
});
