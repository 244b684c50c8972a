import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { waitFor } from '../../shared/test/support/wait-for';
import { keyOf } from '../key-derivation';
import { type OpenedCustomers, openCustomers } from './support/customer-service';

const MINUTES = 60_000;

let shop: OpenedCustomers;
beforeEach(async () => {
  shop = await openCustomers();
});
afterEach(async () => {
  vi.useRealTimers();
  await shop.close();
});

const shown = async (from = shop.call): Promise<{ kid: string }[]> =>
  (await from({ url: '/.well-known/jwks.json' })).json().keys;
const tokenOf = async (email: string): Promise<string> => (await shop.signIn(email)).json().accessToken;
const statusWith = async (token: string) =>
  (await shop.call({ url: '/customers/me', headers: { authorization: `Bearer ${token}` } })).statusCode;

test('a token says who, from whom, for whom and how long, and no more', async () => {
  const { customerId, authorization } = await shop.join();
  const token = authorization.slice('Bearer '.length);
  const [key] = await shown();
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', kid: key?.kid, typ: 'JWT' });
  const claims = decodeJwt(token);
  expect(claims).toEqual({
    iss: 'shop',
    aud: 'shop',
    sub: customerId,
    iat: expect.any(Number),
    exp: Number(claims.iat) + 900,
  });
  expect(Math.abs(Number(claims.iat) - Date.now() / 1_000)).toBeLessThan(60);
});

test('the keys are public ones, and may be kept for a minute', async () => {
  const answer = await shop.call({ url: '/.well-known/jwks.json' });
  expect(answer.headers['cache-control']).toBe('public, max-age=60');
  expect(answer.json()).toEqual({
    keys: [
      {
        kty: 'OKP',
        crv: 'Ed25519',
        x: expect.stringMatching(/^[\w-]{43}$/),
        kid: expect.stringMatching(/^[\w-]{43}$/),
        alg: 'EdDSA',
        use: 'sig',
      },
    ],
  });
});

test('all replicas make the same keys of the secret, also in the next release', async () => {
  const replica = await shop.replica();
  expect(await shown(replica.call)).toEqual(await shown());
  expect((await shown())[0]?.kid).toBe('Jj5chA0RhcmJDKNUr0aRP3Fwzm235-noli1tSDv92qs');
  await replica.close();
  expect((await keyOf('b'.repeat(64))).kid).not.toBe((await shown())[0]?.kid);
});

test('a secret that is too short is refused', async () => {
  await expect(keyOf('x'.repeat(31))).rejects.toThrow('has 31 characters: give 32 random ones');
});

test('after a rotation the new key is shown at once, signs ten minutes later, and the old one stays good', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-06-01T00:00:00Z') });
  const { email, authorization } = await shop.join();
  const [old] = await shown();
  shop.secret.rotate('n'.repeat(64), new Date());
  const replica = await shop.replica();
  const [next, before] = await shown(replica.call);
  expect([before, next?.kid === old?.kid]).toEqual([old, false]);
  const signIn = async () => {
    const answer = await replica.call({
      method: 'POST',
      url: '/sessions',
      payload: { email, password: 'correct horse battery' },
    });
    return decodeProtectedHeader(answer.json().accessToken).kid;
  };
  expect(await signIn()).toBe(old?.kid);
  vi.setSystemTime(Date.now() + 10 * MINUTES - 1);
  expect(await signIn()).toBe(old?.kid);
  vi.setSystemTime(Date.now() + 1);
  expect(await signIn()).toBe(next?.kid);
  const answer = await replica.call({ url: '/customers/me', headers: { authorization } });
  expect(answer.statusCode).toBe(200);
  await replica.close();
});

test('a secret without a previous version signs at once', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01T00:00:01Z') });
  const { email } = await shop.join();
  expect(await statusWith(await tokenOf(email))).toBe(200);
});

test('the background reads the secret, and says where that fails', async () => {
  shop.secret.fail(2);
  for (const work of shop.service.background ?? []) work.start();
  await waitFor(() =>
    expect(shop.lines).toContainEqual(
      expect.objectContaining({ level: 'error', event: 'background', name: 'signing keys' }),
    ),
  );
  await waitFor(() => expect(shop.secret.reads).toBeGreaterThanOrEqual(3));
});

test('without the secret it is not ready, and nobody can sign in', async () => {
  const { email } = await shop.join();
  const replica = await shop.replica();
  shop.secret.fail(100);
  expect((await replica.app.inject('/readyz')).statusCode).toBe(503);
  expect((await replica.app.inject('/.well-known/jwks.json')).statusCode).toBe(500);
  shop.secret.fail(0);
  expect((await replica.app.inject('/readyz')).statusCode).toBe(200);
  await replica.close();
  shop.secret.fail(100);
  expect((await shop.signIn(email)).statusCode).toBe(201);
  expect((await shop.app.inject('/readyz')).statusCode).toBe(200);
});

test('without its table it is not ready', async () => {
  shop.aws.fail('GetItem', 'ResourceNotFoundException');
  expect((await shop.app.inject('/readyz')).statusCode).toBe(503);
  expect((await shop.app.inject('/readyz')).statusCode).toBe(200);
});

test('a table that can not keep up is a problem that passes', async () => {
  shop.aws.fail('UpdateItem', 'ProvisionedThroughputExceededException', 3);
  const answer = await shop.signIn('a@b.example');
  expect([answer.statusCode, answer.json().type]).toEqual([503, 'urn:shop:storage-unavailable']);
});
