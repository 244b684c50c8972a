import { describe, expect, test } from 'vitest';
import { money } from '../../shared/money';
import { eventOf } from '../announcement';
import { hasEnded, type Order, type OrderState, viewOf } from '../order';
import { mayHavePaid, nextAttempt, nextStep, priceObjection } from '../plan';

const START = Date.parse('2026-11-21T10:00:00.000Z');
const PATIENCE = 900_000;
const TIMES = { interval: 2_000, patience: PATIENCE };

function order(changes: Partial<Order> = {}): Order {
  return {
    orderId: 'o'.repeat(26),
    customerId: 'customer-1',
    items: [{ productId: 'cup', quantity: 2 }],
    paymentMethodId: 'method-1',
    state: 'PENDING',
    fingerprint: 'f',
    createdAt: new Date(START).toISOString(),
    updatedAt: new Date(START).toISOString(),
    attempts: 1,
    ...changes,
  };
}

const RESERVATION = {
  lines: [{ productId: 'cup', quantity: 2, name: 'Cup', unitPrice: money(250) }],
  total: money(500),
};

describe('the next step', () => {
  test.each([
    ['PENDING', 'reserve'],
    ['RESERVED', 'pay'],
    ['PAID', 'confirm'],
  ] as const)('of %s is to %s', (state, kind) => {
    expect(nextStep(order({ state }), START + PATIENCE - 1, PATIENCE)).toEqual({ kind });
  });

  test.each(['CONFIRMED', 'REJECTED'] as const)('of %s is none', (state) => {
    const ended = order({ state, rejection: { reason: 'out-of-stock' } });
    expect([hasEnded(ended), nextStep(ended, START, PATIENCE)]).toEqual([true, undefined]);
  });

  test.each(['PENDING', 'RESERVED'] as const)('of %s that is to be refused is to undo', (state) => {
    const refused = order({ state, rejection: { reason: 'payment-declined' } });
    expect(nextStep(refused, START + PATIENCE, PATIENCE)).toEqual({ kind: 'undo' });
  });

  test.each([
    ['PENDING', 'product-unavailable'],
    ['RESERVED', 'payment-unavailable'],
  ] as const)('of %s is to give up when its time is over', (state, reason) => {
    expect(nextStep(order({ state }), START + PATIENCE, PATIENCE)).toEqual({
      kind: 'reject',
      rejection: { reason },
    });
  });

  test('of PAID stays to confirm: what was paid is delivered', () => {
    expect(nextStep(order({ state: 'PAID' }), START + 100 * PATIENCE, PATIENCE)).toEqual({ kind: 'confirm' });
  });
});

test.each([
  ['PENDING', 'product-unavailable', false],
  ['RESERVED', 'payment-unavailable', true],
  ['RESERVED', 'payment-declined', false],
] as const)('an order in %s refused for %s may have been paid: %s', (state, reason, may) => {
  expect(mayHavePaid(order({ state, rejection: { reason } }))).toBe(may);
});

test('another total than the expected one is refused, be it lower', () => {
  const objections = [499, 500, 501].map((amount) =>
    priceObjection({ expectedTotal: money(amount) }, RESERVATION),
  );
  expect(objections).toEqual([{ reason: 'price-changed' }, undefined, { reason: 'price-changed' }]);
  expect(priceObjection({}, RESERVATION)).toBeUndefined();
});

describe('the next attempt', () => {
  const state = 'PAID' satisfies OrderState;

  test.each([
    [1, 2_000],
    [2, 4_000],
    [5, 32_000],
    [6, 60_000],
    [5_000, 60_000],
  ])(
    'after %i attempts comes in %i ms at the latest, and in half of that at the earliest',
    (attempts, pause) => {
      expect(nextAttempt(order({ state, attempts }), START, TIMES, 0)).toBe(START + pause);
      expect(nextAttempt(order({ state, attempts }), START, TIMES, 1)).toBe(START + pause / 2);
    },
  );

  test('comes at once where patience ends, but not where it has ended or does not count', () => {
    const now = START + PATIENCE - 1_000;
    expect(nextAttempt(order(), now, TIMES, 0)).toBe(START + PATIENCE);
    expect(nextAttempt(order({ state: 'RESERVED' }), now, TIMES, 0)).toBe(START + PATIENCE);
    expect(nextAttempt(order(), START + PATIENCE, TIMES, 0)).toBe(START + PATIENCE + 2_000);
    expect(nextAttempt(order({ state }), now, TIMES, 0)).toBe(now + 2_000);
    const rejection = { reason: 'out-of-stock' } as const;
    expect(nextAttempt(order({ rejection }), now, TIMES, 0)).toBe(now + 2_000);
  });
});

describe('what is told of an order', () => {
  test('has its lines and total once they are known', () => {
    expect(viewOf(order())).toMatchObject({ state: 'PENDING', items: [{ productId: 'cup', quantity: 2 }] });
    expect(viewOf(order())).not.toHaveProperty('total');
    const view = viewOf(order({ state: 'RESERVED', reservation: RESERVATION }));
    expect(view).toMatchObject({ items: RESERVATION.lines, total: money(500) });
  });

  test('has the reason only when everything is undone', () => {
    const rejection = { reason: 'payment-declined', detail: 'card-declined' } as const;
    expect(viewOf(order({ state: 'RESERVED', rejection }))).not.toHaveProperty('reason');
    expect(viewOf(order({ state: 'REJECTED', rejection }))).toMatchObject(rejection);
  });

  test('never has leases, fingerprints and the like', () => {
    const view = viewOf(order({ lease: 'l', nextAttemptAt: 1 }));
    expect(Object.keys(view).sort()).toEqual([
      'createdAt',
      'items',
      'orderId',
      'paymentMethodId',
      'state',
      'updatedAt',
    ]);
  });

  test('is an event whose id comes from the order and its end alone', () => {
    const confirmed = eventOf(order({ state: 'PAID', reservation: RESERVATION }), 'CONFIRMED', START);
    expect(confirmed).toEqual({
      id: expect.stringMatching(/^[a-z2-7]{26}$/),
      type: 'order.confirmed',
      occurredAt: '2026-11-21T10:00:00.000Z',
      data: {
        orderId: 'o'.repeat(26),
        customerId: 'customer-1',
        items: RESERVATION.lines,
        total: money(500),
      },
    });
    const rejection = { reason: 'out-of-stock', productIds: ['cup'] } as const;
    const rejected = eventOf(order({ rejection }), 'REJECTED', START + 1);
    expect(rejected).toMatchObject({ type: 'order.rejected', data: rejection });
    expect(rejected.data).not.toHaveProperty('total');
    expect(eventOf(order({ rejection }), 'REJECTED', START + 2).id).toBe(rejected.id);
    expect(eventOf(order({ orderId: 'p'.repeat(26), rejection }), 'REJECTED', START).id).not.toBe(
      rejected.id,
    );
    expect(rejected.id).not.toBe(confirmed.id);
  });
});
