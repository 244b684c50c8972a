import { afterAll, beforeAll, expect, test } from 'vitest';
import { derivedId, newId } from '../../shared/ids';
import { CARD, type Opened, openPayment } from './support/opened';

let opened: Opened;

beforeAll(async () => {
  opened = await openPayment();
});

afterAll(() => opened.close());

const total = { amount: 750, currency: 'JPY' };

test.each([
  ['4242424242424242', { state: 'APPROVED' }],
  ['5555555555554444', { state: 'APPROVED' }],
  ['4000000000000002', { state: 'DECLINED', reason: 'card-declined' }],
  ['4000000000009995', { state: 'DECLINED', reason: 'insufficient-funds' }],
])('a payment by %s is decided', async (cardNumber, decision) => {
  const { paymentMethodId } = (await opened.add({ ...CARD, cardNumber })).json();
  const orderId = derivedId(newId());
  const request = { customerId: 'customer-1', paymentMethodId, total };
  const answer = await opened.pay(orderId, request);
  expect([answer.statusCode, answer.json()]).toEqual([200, { orderId, ...decision }]);
  expect((await opened.pay(orderId, request)).json()).toEqual({ orderId, ...decision });
});

test('a payment that the acquirer does not decide is PENDING until it is voided', async () => {
  const { paymentMethodId } = (await opened.add({ ...CARD, cardNumber: '4000000000000119' })).json();
  const orderId = derivedId(newId());
  const request = { customerId: 'customer-1', paymentMethodId, total };
  const answer = await opened.pay(orderId, request);
  expect([answer.statusCode, answer.json()]).toEqual([202, { orderId, state: 'PENDING' }]);
  expect(opened.payment.lines).toContainEqual(
    expect.objectContaining({ event: 'acquirer', level: 'warn', orderId }),
  );
  const voided = await opened.cancel(orderId);
  expect([voided.statusCode, voided.json()]).toEqual([200, { orderId, state: 'VOIDED' }]);
  expect((await opened.pay(orderId, request)).json()).toEqual({
    orderId,
    state: 'DECLINED',
    reason: 'voided',
  });
});

const REQUEST = { customerId: 'customer-1', paymentMethodId: 'a'.repeat(26), total };

test.each([
  ['no customer', { ...REQUEST, customerId: undefined }],
  ['a strange customer', { ...REQUEST, customerId: 'a b' }],
  ['a card in place of a method', { ...REQUEST, paymentMethodId: '4242424242424242' }],
  ['no total', { ...REQUEST, total: undefined }],
  ['half a yen', { ...REQUEST, total: { ...total, amount: 0.5 } }],
  ['less than nothing', { ...REQUEST, total: { ...total, amount: -1 } }],
  ['dollars', { ...REQUEST, total: { ...total, currency: 'USD' } }],
  ['a decision', { ...REQUEST, state: 'APPROVED' }],
])('a payment with %s is refused', async (_, body) => {
  expect((await opened.pay(derivedId(newId()), body)).statusCode).toBe(400);
});

test('a payment is none of the public', async () => {
  const orderId = derivedId(newId());
  expect((await opened.pay('x', REQUEST)).statusCode).toBe(400);
  const outside = await opened.payment.app.inject({
    method: 'PUT',
    url: `/payments/${orderId}`,
    payload: REQUEST,
  });
  expect(outside.statusCode).toBe(404);
});
