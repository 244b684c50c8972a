import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SHOP_SERVICES } from '../../lib/microservices/shop-services';
import { promiseIn } from '../support/promises';
import { until } from './support/polling';
import { timed } from './support/progress';
import { bodiesOf, pathsOf } from './support/shop/api-documents';
import { strikeEachCall } from './support/shop/crash';
import { CARDS } from './support/shop/customer';
import { inTurns } from './support/shop/in-turns';
import {
  type Buyer,
  insistOnPurchase,
  newBuyer,
  Purchase,
  QUANTITY,
  SOLD,
  UNTOUCHED,
} from './support/shop/purchase';
import { STRUCK, Trial } from './support/shop/trial';

const promise = promiseIn('microservices');

const step = <T>(what: string, act: () => Promise<T>) => timed('Shop', what, act);

let trial: Trial;
let buyer: Buyer;

beforeAll(async () => {
  trial = await step('started', () => Trial.start());
  buyer = await newBuyer(trial.shop.url);
});

afterAll(async () => {
  await trial?.close();
});

afterEach(({ task }) => {
  if (task.result?.state === 'fail') process.stderr.write(`${trial.lastWords()}\n`);
});

/** That one purchase became one order that was paid once, and that all have heard of it. */
async function expectOneSale(purchase: Purchase, at: string): Promise<void> {
  const orders = await purchase.orders();
  expect(orders, at).toEqual([expect.objectContaining({ state: 'CONFIRMED' })]);
  expect(await trial.books.stockOf(purchase.productId), at).toEqual(SOLD);
  expect(await trial.books.chargesOf(orders[0]?.orderId ?? ''), at).toHaveLength(1);
  await purchase.untilTold();
}

describe('a purchase', () => {
  promise('MS-18', () =>
    step('a purchase, in the end with the right to rate', async () => {
      const purchase = await Purchase.prepare(trial, buyer);
      expect(await buyer.customer.rate(purchase.productId)).toBe(403);
      const { body, status } = await purchase.ask();
      expect([status, body.state]).toEqual([201, 'CONFIRMED']);
      expect(body).toMatchObject({
        items: [{ productId: purchase.productId, quantity: QUANTITY }],
        total: { amount: 2_400, currency: 'JPY' },
      });
      await expectOneSale(purchase, 'at once');
      const rating = await until('the rating shows', async () => {
        const product = await buyer.customer.product(purchase.productId);
        return product.rating.count > 0 ? product.rating : undefined;
      });
      expect(rating).toEqual({ count: 1, average: 5 });
    }),
  );

  for (const cardNumber of [CARDS.declined, CARDS.insufficient]) {
    promise('MS-18', () =>
      step('payment refused', async () => {
        const purchase = await Purchase.prepare(trial, await newBuyer(trial.shop.url, cardNumber));
        const { body, status } = await purchase.ask();
        expect(status).toBe(402);
        expect(body).toMatchObject({ type: 'urn:shop:payment-declined' });
        expect(await purchase.orders()).toEqual([
          expect.objectContaining({
            state: 'REJECTED',
            reason: 'payment-declined',
            detail: expect.any(String),
          }),
        ]);
        expect(await trial.books.stockOf(purchase.productId)).toEqual(UNTOUCHED);
        expect(await purchase.buyer.customer.cart()).toHaveLength(1);
      }),
    );
  }

  test('at another price than the customer saw is refused', () =>
    step('another price', async () => {
      const purchase = await Purchase.prepare(trial, buyer);
      const { status } = await purchase.ask({ expectedTotal: { amount: 1, currency: 'JPY' } });
      expect(status).toBe(409);
      expect(await trial.books.stockOf(purchase.productId)).toEqual(UNTOUCHED);
      await buyer.customer.putBack(purchase.productId);
    }));

  promise('MS-19', () =>
    step('the same request', async () => {
      const purchase = await Purchase.prepare(trial, buyer);
      const atOnce = await Promise.all([purchase.ask(), purchase.ask(), purchase.ask()]);
      await purchase.end();
      const answers = [...atOnce, await purchase.ask(), await purchase.ask()];
      expect(new Set(answers.map(({ body }) => body.orderId)).size).toBe(1);
      expect(answers.slice(-2).map(({ status }) => status)).toEqual([201, 201]);
      await expectOneSale(purchase, 'five times');
    }),
  );
});

describe('a service that dies amid a purchase, at each of its calls', () => {
  for (const service of STRUCK) {
    promise('MS-20', () =>
      step(`${service} dies`, async () => {
        const strikes = await strikeEachCall(trial, buyer, service, expectOneSale);
        // The test of the test: it did strike, and it saw the calls by which something is changed.
        expect(strikes.length).toBeGreaterThanOrEqual(6);
        expect(strikes.join()).toMatch(/aws (TransactWriteItems|PutItem|UpdateItem)/);
      }),
    );
  }
});

describe('with a service down', () => {
  promise('MS-21', () =>
    step('review down', async () => {
      await trial.shop.service('review').kill();
      const purchase = await Purchase.prepare(trial, buyer);
      expect((await purchase.ask()).status).toBe(201);
      await trial.shop.startService('review');
      await expectOneSale(purchase, 'review down');
    }),
  );

  promise('MS-21', () =>
    step('customer down', async () => {
      await trial.shop.service('customer').kill();
      const purchase = await Purchase.prepare(trial, buyer);
      expect((await purchase.ask()).status).toBe(201);
      await trial.shop.startService('customer');
      await expectOneSale(purchase, 'customer down');
    }),
  );

  test('payment: the order waits, and is confirmed when it is back, or refused when that took too long', () =>
    step('payment down', async () => {
      const patient = await Purchase.prepare(trial, buyer);
      const late = await Purchase.prepare(trial, await newBuyer(trial.shop.url));
      await trial.shop.service('payment').kill();
      const answers = await Promise.all([patient.ask(), late.ask()]);
      expect(answers.map(({ status }) => status)).toEqual([202, 202]);
      await trial.books.makeOld(late.productId);
      await late.untilStockIs(UNTOUCHED);
      await trial.shop.startService('payment');
      expect(await late.end()).toMatchObject({ state: 'REJECTED', reason: 'payment-unavailable' });
      expect(await patient.end()).toMatchObject({ state: 'CONFIRMED' });
      await expectOneSale(patient, 'payment down');
      expect(await trial.books.stockOf(late.productId)).toEqual(UNTOUCHED);
    }));
});

const CUSTOMERS = 200;
const PIECES = 50;

/** How many of them do at the same time what is no part of the contest. */
const AT_ONCE = 20;

promise('MS-22', () =>
  step('two hundred customers', async () => {
    const productId = await trial.addProduct(PIECES);
    const buyers = await step('registered', () =>
      inTurns(Array.from({ length: CUSTOMERS }), AT_ONCE, () => newBuyer(trial.shop.url)),
    );
    await inTurns(buyers, AT_ONCE, ({ customer }) => customer.take(productId, 1));
    const answers = await step('bought', () => Promise.all(buyers.map(insistOnPurchase)));
    await until('all orders end', async () => ((await trial.books.hasUnfinishedOrders()) ? undefined : true));
    const orders = (await inTurns(buyers, AT_ONCE, ({ customer }) => customer.orders())).flat();
    expect(orders).toHaveLength(CUSTOMERS);
    const count = (state: string) => orders.filter((order) => order.state === state).length;
    expect([count('CONFIRMED'), count('REJECTED')]).toEqual([PIECES, CUSTOMERS - PIECES]);
    expect(new Set(orders.flatMap(({ reason }) => reason ?? []))).toEqual(new Set(['out-of-stock']));
    expect(answers.filter(({ status }) => ![201, 202, 409].includes(status))).toEqual([]);
    expect(await trial.books.stockOf(productId)).toEqual({ available: 0, reserved: 0, sold: PIECES });
  }),
);

/** After all of the above: also what died between a write and its publication has been told. */
promise('MS-23', () =>
  step('events', async () => {
    await until('all is quiet', async () => (await trial.isQuiet()) || undefined);
    expect(await trial.messages()).toBe(0);
  }),
);

promise('MS-17', () =>
  step('card numbers', async () => {
    const tables = await Promise.all(SHOP_SERVICES.map((service) => trial.books.itemsOf(service)));
    const kept = [...trial.logs, ...tables.flat().map((item) => JSON.stringify(item))];
    expect(kept.length).toBeGreaterThan(200);
    for (const number of Object.values(CARDS))
      expect(kept.filter((text) => text.includes(number))).toEqual([]);
  }),
);

for (const service of SHOP_SERVICES) {
  promise('MS-24', () =>
    step(`bad input for ${service}`, async () => {
      for (const { fields, method, path } of bodiesOf(service)) {
        const wrong = Object.fromEntries(fields.map((field) => [field, { of: 'another kind' }]));
        const { body, status } = await buyer.customer.ask(method, path, wrong);
        expect({ status, type: body.type }, `${method} ${path}`).toEqual({
          status: 400,
          type: 'urn:shop:bad-request',
        });
        const { detail } = body;
        expect(
          fields.filter((field) => String(detail).includes(field)),
          String(detail),
        ).not.toEqual([]);
      }
      const { status } = await buyer.customer.ask('GET', `${pathsOf(service)[0]}/%zz`);
      expect(status).toBe(400);
    }),
  );
}
