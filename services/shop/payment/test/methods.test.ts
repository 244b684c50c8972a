import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../shared/ids';
import { checkDocument } from '../../shared/test/support/openapi';
import { KEY } from './support/fake-kms';
import { CARD, type Opened, openPayment, TABLE } from './support/opened';

let opened: Opened;

beforeAll(async () => {
  opened = await openPayment();
});

/** What was sent in any request of any test here: none of it may be seen anywhere. */
const NUMBERS = [
  '4242424242424242',
  '4000000000000002',
  '4000000000009995',
  '4000000000000119',
  '4242424242424241',
  '4111111111111111',
  '4242424200080002',
];

afterAll(async () => {
  const kept = JSON.stringify(await opened.aws.items(TABLE));
  const logged = JSON.stringify(opened.payment.lines);
  expect(opened.payment.lines.length).toBeGreaterThan(50);
  for (const number of NUMBERS) {
    expect(kept).not.toContain(number);
    expect(logged).not.toContain(number);
  }
  // The cardholder is a secret, too.
  expect(`${kept}${logged}`).not.toContain('Tanaka');
  const asked = ['PutItem', 'UpdateItem', 'TransactWriteItems', 'Query', 'GetItem'].flatMap((name) =>
    opened.aws.calls(name),
  );
  for (const number of NUMBERS) expect(JSON.stringify(asked)).not.toContain(number);
  await opened.close();
});

test('its documents are what it does', async () => {
  await checkDocument(opened.payment.app, join(__dirname, '..', 'openapi.json'));
  await checkDocument(opened.payment.internal, join(__dirname, '..', 'openapi-internal.json'));
});

test('a card is added once for each key, and shown by its last digits to its customer', async () => {
  const key = newId();
  const [first, second] = await Promise.all([
    opened.add(CARD, key, 'customer-2'),
    opened.add(CARD, key, 'customer-2'),
  ]);
  const third = await opened.add(CARD, key, 'customer-2');
  const method = {
    paymentMethodId: expect.stringMatching(/^[a-z2-7]{26}$/),
    brand: 'visa',
    last4: '4242',
    expiryMonth: 12,
    expiryYear: 2090,
  };
  expect([first.statusCode, first.json()]).toEqual([201, method]);
  expect([second.json(), third.json()]).toEqual([first.json(), first.json()]);
  expect(await opened.list('customer-2')).toEqual([first.json()]);
  expect(await opened.list('customer-3')).toEqual([]);
  expect((await opened.add(CARD, key, 'customer-3')).json().paymentMethodId).not.toBe(
    first.json().paymentMethodId,
  );
});

test.each([
  { cardNumber: '4000000000000002' },
  { cardNumber: '4111111111111111' },
  { expiryMonth: 11 },
  { expiryYear: 2089 },
  { cardholder: 'Tanaka Aoi' },
])('the same key with %j is refused', async (change) => {
  const key = newId();
  await opened.add(CARD, key);
  const again = await opened.add({ ...CARD, ...change }, key);
  expect([again.statusCode, again.json().type]).toEqual([409, 'urn:shop:other-content']);
});

test('the same key with a card that only the acquirer tells from it is refused', async () => {
  const key = newId();
  await opened.add({ ...CARD, cardNumber: '4000000000000002' }, key);
  expect((await opened.add({ ...CARD, cardNumber: '4242424200080002' }, key)).statusCode).toBe(409);
});

test('what was deleted is gone, and a late repetition does not bring it back', async () => {
  const key = newId();
  const { paymentMethodId } = (await opened.add(CARD, key, 'customer-4')).json();
  expect((await opened.remove(paymentMethodId, 'customer-5')).statusCode).toBe(204);
  expect(await opened.list('customer-4')).toHaveLength(1);
  expect((await opened.remove(paymentMethodId, 'customer-4')).statusCode).toBe(204);
  expect((await opened.remove(paymentMethodId, 'customer-4')).statusCode).toBe(204);
  expect(await opened.list('customer-4')).toEqual([]);
  const late = await opened.add(CARD, key, 'customer-4');
  expect([late.statusCode, late.json().type]).toEqual([409, 'urn:shop:deleted']);
  const item = (await opened.aws.items(TABLE)).find(({ sk }) => sk === `method#${paymentMethodId}`);
  expect(Object.keys(item ?? {}).sort()).toEqual(['customerId', 'expiresAt', 'paymentMethodId', 'pk', 'sk']);
  expect(Number(item?.expiresAt) - Date.now() / 1_000).toBeGreaterThan(86_000);
  expect(Number(item?.expiresAt) - Date.now() / 1_000).toBeLessThan(86_401);
});

test('nobody has more than twenty, which are shown oldest first', async () => {
  const added: unknown[] = [];
  for (let count = 0; count < 20; count += 1) {
    added.push((await opened.add(CARD, newId(), 'customer-6')).json());
  }
  const one = await opened.add(CARD, newId(), 'customer-6');
  expect([one.statusCode, one.json().type]).toEqual([409, 'urn:shop:too-many-payment-methods']);
  expect(await opened.list('customer-6')).toEqual(added);
});

test.each([
  ['a digit wrong', { cardNumber: '4242424242424241' }, 422],
  ['spaces in the number', { cardNumber: '4242 4242 4242 4242' }, 400],
  ['a number as a number', { cardNumber: 4242424242424242 }, 400],
  ['a short number', { cardNumber: '42' }, 400],
  ['month 0', { expiryMonth: 0 }, 400],
  ['month 13', { expiryMonth: 13 }, 400],
  ['a year of two digits', { expiryYear: 90 }, 400],
  ['an end in the past', { expiryYear: 2020 }, 422],
  ['no name', { cardholder: ' ' }, 400],
  ['the number as name', { cardholder: '4242424242424242' }, 400],
  ['too long a name', { cardholder: 'a'.repeat(101) }, 400],
  ['a security code', { securityCode: '123' }, 400],
  ['the number as a member', { '4242424242424242': 'x' }, 400],
])('a card with %s is refused, and not told again', async (_, change, status) => {
  const answer = await opened.add({ ...CARD, ...change }, newId(), 'customer-7');
  expect(answer.statusCode).toBe(status);
  for (const number of NUMBERS) expect(answer.body).not.toContain(number);
  expect(await opened.list('customer-7')).toEqual([]);
});

test('what is no JSON is refused without telling it', async () => {
  const answer = await opened.add('{"cardNumber":"4242424242424242"', newId(), 'customer-7');
  expect(answer.statusCode).toBe(400);
  expect(answer.body).not.toContain('4242');
});

test('adding needs a key, and everything a token', async () => {
  const headers = await opened.issuer.headersOf('customer-1');
  const method = 'POST' as const;
  expect(
    (await opened.payment.call({ method, url: '/payment-methods', headers, payload: CARD })).statusCode,
  ).toBe(400);
  expect((await opened.payment.call({ method, url: '/payment-methods', payload: CARD })).statusCode).toBe(
    401,
  );
  expect((await opened.payment.call({ url: '/payment-methods' })).statusCode).toBe(401);
  const url = `/payment-methods/${'a'.repeat(26)}`;
  expect((await opened.payment.call({ method: 'DELETE', url })).statusCode).toBe(401);
});

test('a number of a card in a path does not get into the log', async () => {
  expect((await opened.remove('4242424242424242')).statusCode).toBe(400);
  await opened.payment.app.inject('/cards/4242424242424242');
  await opened.payment.app.inject({ url: '/x', headers: { 'x-request-id': 'request-4242' } });
  const paths = opened.payment.lines.map(({ path }) => path);
  expect(paths).toContain('/payment-methods/[card]');
  expect(paths).toContain('/cards/[card]');
});

test('KMS in trouble is a 503, and nothing is kept', async () => {
  opened.aws.fail('Encrypt', 'KMSInternalException');
  const answer = await opened.add(CARD, newId(), 'customer-8');
  expect([answer.statusCode, answer.json().type]).toEqual([503, 'urn:shop:storage-unavailable']);
  expect(await opened.list('customer-8')).toEqual([]);
});

test('what is kept is encrypted for its customer and method', async () => {
  opened.aws.forget();
  const { paymentMethodId } = (await opened.add(CARD, newId(), 'customer-9')).json();
  const [call] = opened.aws.calls('Encrypt');
  expect(call).toMatchObject({
    KeyId: KEY,
    EncryptionContext: { customerId: 'customer-9', paymentMethodId },
  });
  const text = Buffer.from(String(call?.Plaintext), 'base64').toString();
  expect(JSON.parse(text)).toEqual({
    token: `sim_approve_${paymentMethodId}`,
    cardholder: 'Tanaka Yuki',
  });
});
