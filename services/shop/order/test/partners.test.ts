import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCaller } from '../../shared/call';
import { originOf } from '../../shared/deadline';
import { money } from '../../shared/money';
import { quietLog } from '../../shared/test/support/quiet-log';
import { type Stub, startStub } from '../../shared/test/support/stub';
import type { Order } from '../order';
import type { PaymentPartner, ProductPartner } from '../partners';
import { paymentOver } from '../payment-partner';
import { productOver } from '../product-partner';

let stub: Stub;
let product: ProductPartner;
let payment: PaymentPartner;

beforeAll(async () => {
  stub = await startStub(() => undefined);
  const { log } = quietLog();
  const caller = createCaller({ target: 'other', baseUrl: stub.url, log, attempts: 2, failures: 1_000 });
  product = productOver(caller);
  payment = paymentOver(caller);
});

afterAll(() => stub.close());

const ORDER: Order = {
  orderId: 'o'.repeat(26),
  customerId: 'customer-1',
  items: [
    { productId: 'cup', quantity: 2 },
    { productId: 'pot', quantity: 1 },
  ],
  paymentMethodId: 'method-1',
  state: 'PENDING',
  fingerprint: 'f',
  createdAt: '2026-11-21T10:00:00.000Z',
  updatedAt: '2026-11-21T10:00:00.000Z',
  attempts: 1,
};

const LINES = [
  { productId: 'pot', quantity: 1, name: 'Pot', unitPrice: money(1_000) },
  { productId: 'cup', quantity: 2, name: 'Cup', unitPrice: money(250) },
];

const GOOD = { orderId: ORDER.orderId, state: 'RESERVED', items: LINES, total: money(1_500) };

const origin = () => originOf('request-1', 5_000);

/** Answers so from now on; a problem where it has a type. */
function answer(status: number, body?: unknown): void {
  stub.answer(() => ({ status, body }));
}

describe('product', () => {
  test('gives a reservation, of which nothing else is kept', async () => {
    answer(200, { ...GOOD, items: LINES.map((line) => ({ ...line, more: 1 })), more: 2 });
    expect(await product.reserve(ORDER, origin())).toEqual({
      reservation: { lines: LINES, total: money(1_500) },
    });
  });

  test.each([
    ['nothing', undefined],
    ['no items', { total: money(1_500) }],
    ['another total', { ...GOOD, total: money(1_499) }],
    ['another currency', { ...GOOD, total: { amount: 1_500, currency: 'USD' } }],
    ['a line less', { ...GOOD, items: LINES.slice(1), total: money(500) }],
    ['a line more', { ...GOOD, items: [...LINES, { ...LINES[0], productId: 'hat', unitPrice: money(0) }] }],
    ['another quantity', { ...GOOD, items: [LINES[0], { ...LINES[1], quantity: 1 }], total: money(1_250) }],
    ['half a quantity', { ...GOOD, items: [LINES[0], { ...LINES[1], quantity: 0.5 }] }],
    ['no name', { ...GOOD, items: [LINES[0], { ...LINES[1], name: undefined }] }],
    ['no price', { ...GOOD, items: [LINES[0], { ...LINES[1], unitPrice: 250 }] }],
    ['other products', { ...GOOD, items: LINES.map((line) => ({ ...line, productId: 7 })) }],
  ])('is not believed where a reservation has %s', async (_, body) => {
    answer(200, body);
    await expect(product.reserve(ORDER, origin())).rejects.toMatchObject({ name: 'UnexpectedAnswer' });
  });

  test.each([
    [409, 'out-of-stock', { productIds: ['cup'] }],
    [409, 'out-of-stock', {}],
    [422, 'unknown-product', { productIds: ['cup', 'pot'] }],
  ])('refuses with %i %s', async (status, slug, more) => {
    answer(status, { type: `urn:shop:${slug}`, ...more });
    expect(await product.reserve(ORDER, origin())).toEqual({ rejection: { reason: slug, ...more } });
  });

  test('may say nonsense of the products', async () => {
    answer(409, { type: 'urn:shop:out-of-stock', productIds: [7] });
    expect(await product.reserve(ORDER, origin())).toEqual({ rejection: { reason: 'out-of-stock' } });
  });

  test.each([
    [409, 'urn:shop:released'],
    [422, 'urn:shop:out-of-stock'],
    [400, 'urn:shop:bad-request'],
    [404, undefined],
    [201, undefined],
  ])('decides nothing with %i %s', async (status, type) => {
    answer(status, { type });
    await expect(product.reserve(ORDER, origin())).rejects.toThrow(
      `product answered reserve with ${status} ${type ?? ''}`.trim(),
    );
  });

  test.each(['confirm', 'release'] as const)(
    'is asked again to %s where it does not answer',
    async (action) => {
      let asked = 0;
      stub.answer(() => {
        asked += 1;
        return { status: asked === 1 ? 503 : 200, body: {} };
      });
      await expect(product[action](ORDER.orderId, origin())).resolves.toBeUndefined();
      expect(stub.requests.at(-1)).toMatchObject({
        method: 'POST',
        path: `/reservations/${ORDER.orderId}/${action}`,
      });
      expect(asked).toBe(2);
      answer(409, { type: 'urn:shop:released' });
      await expect(product[action](ORDER.orderId, origin())).rejects.toThrow(
        `product answered ${action} with 409 urn:shop:released`,
      );
    },
  );
});

describe('payment', () => {
  const reservation = { lines: LINES, total: money(1_500) };
  const pay = () => payment.pay(ORDER, reservation, origin());

  test('approves, or declines for a reason', async () => {
    answer(200, { state: 'APPROVED' });
    expect(await pay()).toBeUndefined();
    answer(200, { state: 'DECLINED', reason: 'card-declined' });
    expect(await pay()).toEqual({ reason: 'payment-declined', detail: 'card-declined' });
    answer(200, { state: 'DECLINED' });
    expect(await pay()).toEqual({ reason: 'payment-declined' });
  });

  test.each([
    [202, { state: 'PENDING' }, 'payment answered pay with 202 PENDING'],
    [202, { state: 'APPROVED' }, 'payment answered pay with 202 APPROVED'],
    [201, { state: 'DECLINED' }, 'payment answered pay with 201 DECLINED'],
    [200, {}, 'payment answered pay with 200'],
    [409, { type: 'urn:shop:other-content' }, 'payment answered pay with 409 urn:shop:other-content'],
  ])('decides nothing with %i %j', async (status, body, message) => {
    answer(status, body);
    await expect(pay()).rejects.toMatchObject({ name: 'UnexpectedAnswer', message });
  });

  test('is asked again to void where it does not answer', async () => {
    let asked = 0;
    stub.answer(() => {
      asked += 1;
      return { status: asked === 1 ? 500 : 200, body: {} };
    });
    await expect(payment.cancel(ORDER.orderId, origin())).resolves.toBeUndefined();
    expect(stub.requests.at(-1)?.path).toBe(`/payments/${ORDER.orderId}/void`);
    answer(404);
    await expect(payment.cancel(ORDER.orderId, origin())).rejects.toThrow('payment answered void with 404');
  });

  test('that is out of order is unavailable', async () => {
    answer(500);
    await expect(pay()).rejects.toMatchObject({ statusCode: 503, slug: 'dependency-unavailable' });
  });
});
