import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { derivedId, newId } from '../../shared/ids';
import { money } from '../../shared/money';
import type { PaymentRequest } from '../payment';
import { type Bank, mortal, openBank } from './support/bank';

let bank: Bank;
let orderId: string;

beforeAll(async () => {
  bank = await openBank();
});

afterAll(() => bank.close());

beforeEach(() => {
  orderId = derivedId(newId());
});

test('a charge that arrives after its void is refused by the acquirer', async () => {
  const request = await bank.request();
  const late = bank.open((part) => part, {
    acquirer: {
      reverse: (reference) => bank.acquirer.reverse(reference),
      async charge(reference, token, total) {
        await bank.open().cancel(reference);
        return await bank.acquirer.charge(reference, token, total);
      },
    },
  });
  expect(await late.pay(orderId, request)).toEqual({ state: 'DECLINED', reason: 'voided' });
  expect(await bank.outcome(orderId)).toBe('REVERSED');
  expect((await bank.kept(orderId))?.state).toBe('VOIDED');
});

test('a void between the charge and its record wins', async () => {
  const request = await bank.request();
  const overtaken = bank.open((part) => part, {
    acquirer: {
      reverse: (reference) => bank.acquirer.reverse(reference),
      async charge(reference, token, total) {
        const reason = await bank.acquirer.charge(reference, token, total);
        await bank.open().cancel(reference);
        return reason;
      },
    },
  });
  expect(await overtaken.pay(orderId, request)).toEqual({ state: 'DECLINED', reason: 'voided' });
  expect(await bank.outcome(orderId)).toBe('REVERSED');
});

test('a void that comes first is remembered', async () => {
  expect(await bank.open().cancel(orderId)).toEqual({ orderId, state: 'VOIDED' });
  expect(await bank.open().cancel(orderId)).toEqual({ orderId, state: 'VOIDED' });
  const request = await bank.request();
  expect(await bank.open().pay(orderId, request)).toEqual({ state: 'DECLINED', reason: 'voided' });
  expect(await bank.outcome(orderId)).toBeUndefined();
});

test('a declined payment stays declined when it is voided, with its reason', async () => {
  const request = await bank.request('4000000000000002');
  const declined = await bank.open().pay(orderId, request);
  expect((await bank.open().cancel(orderId)).state).toBe('DECLINED');
  expect(await bank.open().pay(orderId, request)).toEqual(declined);
});

describe('a payment method', () => {
  const unknown = { state: 'DECLINED', reason: 'unknown-payment-method' };

  test('that was deleted before is unknown, for ever', async () => {
    const request = await bank.request();
    await bank.methods.remove(request, Date.now());
    expect(await bank.open().pay(orderId, request)).toEqual(unknown);
    expect(await bank.open().pay(orderId, request)).toEqual(unknown);
    expect(await bank.outcome(orderId)).toBeUndefined();
  });

  test('that is deleted at that moment is unknown', async () => {
    const request = await bank.request();
    const methods = {
      async find(owner: PaymentRequest) {
        const method = await bank.methods.find(owner);
        await bank.methods.remove(owner, Date.now());
        return method;
      },
    };
    const payments = bank.open((part) => part, { methods: methods as typeof bank.methods });
    expect(await payments.pay(orderId, request)).toEqual(unknown);
    expect(await bank.outcome(orderId)).toBeUndefined();
  });

  test('that is deleted after the acquirer was asked still gives the same answer', async () => {
    const request = await bank.request();
    await mortal(bank, { at: 5, when: 'after', how: 'dies' }, (payments) => payments.pay(orderId, request));
    expect([await bank.outcome(orderId), (await bank.kept(orderId))?.state]).toEqual(['TAKEN', 'PENDING']);
    await bank.methods.remove(request, Date.now());
    expect(await bank.open().pay(orderId, request)).toEqual({ state: 'APPROVED' });
  });

  test('of somebody else is unknown', async () => {
    const request = await bank.request();
    const other = { ...request, customerId: 'customer-x' };
    expect(await bank.open().pay(orderId, other)).toEqual(unknown);
  });

  test('that has expired meanwhile is declined', async () => {
    const request = await bank.request(undefined, { expiryYear: 2020 });
    expect(await bank.open().pay(orderId, request)).toEqual({ state: 'DECLINED', reason: 'card-expired' });
  });
});

test('another payment for the same order is refused', async () => {
  const request = await bank.request();
  await bank.open().pay(orderId, request);
  for (const change of [{ customerId: 'x' }, { paymentMethodId: 'x' }, { total: money(751) }]) {
    await expect(bank.open().pay(orderId, { ...request, ...change })).rejects.toMatchObject({
      statusCode: 409,
      slug: 'other-content',
    });
  }
  expect(await bank.open().pay(orderId, { ...request })).toEqual({ state: 'APPROVED' });
});

test('KMS in trouble decides nothing', async () => {
  const request = await bank.request();
  bank.aws.fail('Decrypt', 'KMSInternalException');
  await expect(bank.open().pay(orderId, request)).rejects.toMatchObject({ name: 'KMSInternalException' });
  expect((await bank.kept(orderId))?.state).toBe('PENDING');
  expect(await bank.open().pay(orderId, request)).toEqual({ state: 'APPROVED' });
});
