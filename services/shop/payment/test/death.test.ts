import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { derivedId, newId } from '../../shared/ids';
import type { Death } from '../../shared/test/support/mortal';
import { type Bank, mortal, openBank } from './support/bank';

let bank: Bank;
let orderId: string;

beforeAll(async () => {
  bank = await openBank();
});

afterAll(() => bank.close());

/** Runs it for each call that a process makes. */
async function everywhere(check: (fate: Death) => Promise<boolean>): Promise<void> {
  for (const how of ['dies', 'fails'] as const) {
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; ; at += 1) {
        orderId = derivedId(newId());
        if (await check({ at, when, how })) continue;
        expect(at).toBeGreaterThan(4);
        break;
      }
    }
  }
}

test.each([
  ['4242424242424242', { state: 'APPROVED' }, 'TAKEN'],
  ['4000000000009995', { state: 'DECLINED', reason: 'insufficient-funds' }, 'DECLINED'],
])(
  'a payment by %s that dies anywhere is decided once by the next request',
  async (card, answer, outcome) => {
    await everywhere(async (fate) => {
      const request = await bank.request(card);
      const met = await mortal(bank, fate, (payments) => payments.pay(orderId, request));
      expect(await bank.open().pay(orderId, request)).toEqual(answer);
      expect(await bank.open().pay(orderId, request)).toEqual(answer);
      expect(await bank.outcome(orderId)).toBe(outcome);
      expect(await bank.kept(orderId)).not.toHaveProperty('sealed');
      return met;
    });
  },
);

test('a payment that dies anywhere is undone by its void', async () => {
  await everywhere(async (fate) => {
    const request = await bank.request();
    const met = await mortal(bank, fate, (payments) => payments.pay(orderId, request));
    expect((await bank.open().cancel(orderId)).state).toBe('VOIDED');
    expect(await bank.outcome(orderId)).not.toBe('TAKEN');
    expect(await bank.open().pay(orderId, request)).toEqual({ state: 'DECLINED', reason: 'voided' });
    expect(await bank.outcome(orderId)).not.toBe('TAKEN');
    expect(await bank.kept(orderId)).not.toHaveProperty('sealed');
    return met;
  });
});

test('a void that dies anywhere is completed by the next one', async () => {
  await everywhere(async (fate) => {
    const request = await bank.request();
    await bank.open().pay(orderId, request);
    const met = await mortal(bank, fate, (payments) => payments.cancel(orderId));
    expect((await bank.open().cancel(orderId)).state).toBe('VOIDED');
    expect(await bank.outcome(orderId)).toBe('REVERSED');
    return met;
  });
});

const FATE = fc.record({
  at: fc.integer({ min: 1, max: 8 }),
  when: fc.constantFrom('before' as const, 'after' as const),
  how: fc.constantFrom('dies' as const, 'fails' as const),
});

test('payments and voids at once never leave money taken for a voided order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.boolean(), FATE), { minLength: 2, maxLength: 6 }),
      fc.boolean(),
      async (requests, voids) => {
        orderId = derivedId(newId());
        const request = await bank.request();
        await Promise.all(
          requests.map(([pays, fate]) =>
            mortal(bank, fate, (payments) =>
              pays || !voids ? payments.pay(orderId, request) : payments.cancel(orderId),
            ),
          ),
        );
        const answer = await bank.open().pay(orderId, request);
        const isTaken = (await bank.outcome(orderId)) === 'TAKEN';
        expect(isTaken).toBe(answer.state === 'APPROVED');
        if (!voids) expect(answer.state).toBe('APPROVED');
        await bank.open().cancel(orderId);
        expect(await bank.outcome(orderId)).not.toBe('TAKEN');
      },
    ),
    { numRuns: 40 },
  );
});
