import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { originOf } from '../../shared/deadline';
import { derivedId, newId } from '../../shared/ids';
import { Life } from '../../shared/test/support/mortal';
import type { Stub, StubAnswer, StubRequest } from '../../shared/test/support/stub';
import { waitFor } from '../../shared/test/support/wait-for';
import type { OrderRequest } from '../order';
import { openPlace, type Place, TABLE, TIMES } from './support/instance';
import { METHODS } from './support/world';

let place: Place;
let orderId: string;

beforeAll(async () => {
  place = await openPlace();
});

afterAll(() => place.close());

beforeEach(() => {
  orderId = derivedId(newId());
  place.world.recover();
  place.world.stock.set('cup', { available: 10, reserved: 0 });
  place.aws.forget();
});

const REQUEST: OrderRequest = {
  customerId: 'customer-1',
  items: [{ productId: 'cup', quantity: 3 }],
  paymentMethodId: METHODS.good,
};

const origin = () => originOf('test', 20_000);
const never = new AbortController().signal;

/** Holds the first request with such an end on its way, until the test lets it arrive. */
function hold(stub: Stub, end: RegExp, answer: (request: StubRequest) => StubAnswer) {
  let arrive: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  let held = 0;
  let arrived: StubAnswer;
  stub.answer(async (request) => {
    if (!end.test(request.path) || held > 0) return answer(request);
    held += 1;
    await gate;
    arrived = answer(request);
    return arrived;
  });
  return {
    arrive: () => arrive(),
    isHeld: () => waitFor(() => expect(held).toBe(1)),
    answered: () => waitFor(() => expect(arrived).toBeDefined()).then(() => arrived),
  };
}

function stock(): unknown {
  return place.world.stock.get('cup');
}

test('the same request, many times at once on two replicas, is one order', async () => {
  const replicas = [place.open(), place.open()];
  const orders = await Promise.all(
    [...replicas, ...replicas, ...replicas].map(({ placement }) =>
      placement.place(orderId, REQUEST, origin()),
    ),
  );
  expect(orders.map(({ state }) => state)).toEqual(Array(6).fill('CONFIRMED'));
  expect(stock()).toEqual({ available: 7, reserved: 0 });
  const pays = place.world.payment.requests.filter(({ path }) => path.includes(orderId));
  expect(pays).toHaveLength(1);
  await waitFor(() => expect(place.aws.published).toHaveLength(1));
  const { store } = place.open();
  expect((await store.list('customer-1', 100)).orders.map((order) => order.orderId)).toContain(orderId);
});

test('items in another order are the same request, and another content is none', async () => {
  place.world.stock.set('pot', { available: 10, reserved: 0 });
  const { placement } = place.open();
  const items = [
    { productId: 'cup', quantity: 1 },
    { productId: 'pot', quantity: 2 },
  ];
  await placement.place(orderId, { ...REQUEST, items }, origin());
  const again = await placement.place(orderId, { ...REQUEST, items: [...items].reverse() }, origin());
  expect(again.state).toBe('CONFIRMED');
  expect(stock()).toEqual({ available: 9, reserved: 0 });
  for (const change of [
    { customerId: 'customer-2' },
    { paymentMethodId: METHODS.declined },
    { expectedTotal: { amount: 750, currency: 'JPY' } },
    { items: [{ productId: 'cup', quantity: 2 }] },
  ]) {
    await expect(placement.place(orderId, { ...REQUEST, items, ...change }, origin())).rejects.toMatchObject({
      statusCode: 409,
      slug: 'other-content',
    });
  }
});

test('a run whose lease ends in the middle of a step writes nothing more', async () => {
  const [slow, fast] = [place.open(), place.open()];
  const pay = hold(place.world.payment, /[a-z2-7]{26}$/, (request) => place.world.answerPayment(request));
  const placed = slow.placement.place(orderId, REQUEST, origin());
  await pay.isHeld();
  await fast.recovery.sweep(never);
  expect((await fast.store.get(orderId))?.state).toBe('RESERVED');

  place.time += TIMES.sagaTimeout + 2_000;
  await fast.recovery.sweep(never);
  const ended = await fast.store.get(orderId);
  expect(ended?.state).toBe('CONFIRMED');
  place.time += 1_000;
  pay.arrive();
  expect(await placed).toEqual(ended);
  await slow.runs.stop();
  expect(await fast.store.get(orderId)).toEqual(ended);
  await waitFor(() => expect(place.aws.published).toHaveLength(1));
  expect(stock()).toEqual({ available: 7, reserved: 0 });
});

test('a reservation that arrives after its release keeps nothing back', async () => {
  const [slow, fast] = [place.open(), place.open()];
  const reserve = hold(place.world.product, /[a-z2-7]{26}$/, (request) => place.world.answerProduct(request));
  const placed = slow.placement.place(orderId, REQUEST, origin());
  await reserve.isHeld();
  place.time += TIMES.patience;
  await fast.recovery.sweep(never);
  reserve.arrive();
  expect(await reserve.answered()).toMatchObject({ status: 409, body: { type: 'urn:shop:released' } });
  expect(await placed).toMatchObject({ state: 'REJECTED', rejection: { reason: 'product-unavailable' } });
  await slow.runs.stop();
  expect(stock()).toEqual({ available: 10, reserved: 0 });
  expect(place.world.payments.has(orderId)).toBe(false);
});

test('a payment that arrives after its void takes nothing', async () => {
  const [slow, fast] = [place.open(), place.open()];
  const pay = hold(place.world.payment, /[a-z2-7]{26}$/, (request) => place.world.answerPayment(request));
  const placed = slow.placement.place(orderId, REQUEST, origin());
  await pay.isHeld();
  place.time += TIMES.patience;
  await fast.recovery.sweep(never);
  pay.arrive();
  expect(await pay.answered()).toMatchObject({ body: { state: 'DECLINED', reason: 'voided' } });
  expect(await placed).toMatchObject({ state: 'REJECTED', rejection: { reason: 'payment-unavailable' } });
  await slow.runs.stop();
  expect((await fast.store.get(orderId))?.rejection).toEqual({ reason: 'payment-unavailable' });
  expect(place.world.payments.get(orderId)).toBe('VOIDED');
  expect(stock()).toEqual({ available: 10, reserved: 0 });
});

test('the stock comes back though payment can not be asked, and the order ends when it can', async () => {
  place.world.payment.answer(({ path }) => ({ status: path.endsWith('void') ? 503 : 202 }));
  const { placement, recovery, store, runs } = place.open();
  await placement.place(orderId, REQUEST, originOf('test', 260));
  await runs.current(orderId);
  place.time += TIMES.patience;
  await recovery.sweep(never);
  expect(stock()).toEqual({ available: 10, reserved: 0 });
  expect(await store.get(orderId)).toMatchObject({
    state: 'RESERVED',
    rejection: { reason: 'payment-unavailable' },
  });
  place.world.recover();
  place.time += 60_000;
  await recovery.sweep(never);
  expect((await store.get(orderId))?.state).toBe('REJECTED');
  expect(place.world.payments.get(orderId)).toBe('VOIDED');
});

test('an order that came in though its caller was told of a fault is free for the next request', async () => {
  const life = new Life({ at: 1, when: 'after', how: 'fails' });
  await expect(place.open(life).placement.place(orderId, REQUEST, origin())).rejects.toThrow('a fault');
  const { store, placement } = place.open();
  const left = await store.get(orderId);
  expect(left).toMatchObject({ state: 'PENDING', nextAttemptAt: place.time });
  expect(left).not.toHaveProperty('lease');
  expect((await placement.place(orderId, REQUEST, origin())).state).toBe('CONFIRMED');
});

test('a paid order is confirmed however long it takes', async () => {
  const { placement, recovery, store, runs } = place.open();
  place.world.product.answer((request) =>
    request.path.endsWith('confirm') ? { status: 503 } : place.world.answerProduct(request),
  );
  await placement.place(orderId, REQUEST, originOf('test', 260));
  await runs.current(orderId);
  place.time += 10 * TIMES.patience;
  await recovery.sweep(never);
  expect((await store.get(orderId))?.state).toBe('PAID');
  place.world.recover();
  place.time += 60_000;
  await recovery.sweep(never);
  expect((await store.get(orderId))?.state).toBe('CONFIRMED');
  expect((await place.aws.items(TABLE)).filter(({ unfinished }) => unfinished)).toEqual([]);
});
